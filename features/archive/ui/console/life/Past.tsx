import { useQuery } from '@tanstack/react-query';
import { DatePicker, Tag } from 'antd';
import dayjs from 'dayjs';
import { type ReactNode, useState } from 'react';
import type { Static } from 'typebox';
import { ApiError, api } from '../../../../../console/api.ts';
import { useDictionary } from '../../../../../console/dictionary.tsx';
import { minute, today } from '../../../../../console/format.ts';
import { useText } from '../../../../../console/language.tsx';
import { pathOf } from '../../../../../console/parts/categories.ts';
import { Failed, Loading, Nothing } from '../../../../../console/parts/Feedback.tsx';
import { FileLink } from '../../../../../console/parts/FileLink.tsx';
import { Panel } from '../../../../../console/parts/Panel.tsx';
import type { PastHousehold, PastResident } from '../../../life/contract.ts';
import type { AnyFile, Household } from '../types.ts';
import { inWords } from '../values.ts';
import './life.css';

type House = Static<typeof PastHousehold>;
type Person = Static<typeof PastResident>;

/** 历史: a record as it was on a chosen day, with what differs from today marked. */
export function Past(props: {
  category: 'household' | 'resident';
  file: AnyFile;
  purpose: string | undefined;
}): ReactNode {
  const text = useText();
  const { category, file, purpose } = props;
  const [on, setOn] = useState<string>();
  const { data, error, isFetching } = useQuery({
    queryKey: ['past', category, file.id, on, purpose ?? null],
    queryFn: ({ signal }) =>
      api.get<House & Person>(`${pathOf[category]}/${file.id}/past`, { on, purpose }, signal),
    enabled: on !== undefined,
    staleTime: 120_000,
  });
  return (
    <Panel
      title={text.past.title}
      className="past"
      extra={
        <DatePicker
          aria-label={text.past.pick}
          placeholder={text.past.pick}
          format={['YYYY-MM-DD', 'YYYYMMDD']}
          maxDate={dayjs(today())}
          value={on ? dayjs(on) : null}
          onChange={(day) => setOn(day?.format('YYYY-MM-DD'))}
        />
      }
    >
      <p className="help">{text.past.help}</p>
      {error && on && <Failed error={error instanceof ApiError ? error : error} />}
      {isFetching && !data && <Loading rows={4} />}
      {data && on && <State category={category} file={file} past={data} />}
    </Panel>
  );
}

function State(props: {
  category: 'household' | 'resident';
  file: AnyFile;
  past: House & Person;
}): ReactNode {
  const text = useText();
  const { category, past } = props;
  if (!past.here) return <Nothing>{text.past.notHere}</Nothing>;
  return (
    <>
      {past.area && <p>{text.past.in(past.area.name)}</p>}
      {category === 'household' ? (
        <Members past={past} today={(props.file as Household).members} />
      ) : (
        <Households past={past} />
      )}
      <Values {...props} />
    </>
  );
}

/** Who lived in the household on the day, and how they stand to the head today where that is otherwise. */
function Members({
  past,
  today: members,
}: {
  past: House;
  today: Household['members'];
}): ReactNode {
  const text = useText();
  const dictionary = useDictionary();
  return (
    <>
      <h3>{text.past.members}</h3>
      {past.members.length === 0 && <Nothing>{text.past.noMembers}</Nothing>}
      <dl className="past-items">
        {past.members.map(({ resident, name, relation, now }) => {
          const still = members.find((one) => one.resident === resident);
          return (
            <div key={resident} className={now ? undefined : 'differs'}>
              <dt>
                {name === null ? (
                  text.past.handed
                ) : (
                  <FileLink category="resident" id={resident}>
                    {name}
                  </FileLink>
                )}
              </dt>
              <dd>
                {dictionary.code('family_relation', relation)}
                {!now && (
                  <small>
                    {still
                      ? `${text.past.now}：${dictionary.code('family_relation', still.relation)}`
                      : text.past.left}
                  </small>
                )}
              </dd>
            </div>
          );
        })}
      </dl>
      {past.joined.length > 0 && (
        <p className="help">
          {text.past.joined}：
          {past.joined
            .map(({ name, since }) => `${name ?? text.past.handed}${since ? `（${since}）` : ''}`)
            .join('、')}
        </p>
      )}
    </>
  );
}

function Households({ past }: { past: Person }): ReactNode {
  const text = useText();
  const dictionary = useDictionary();
  if (past.households.length === 0) return null;
  return (
    <>
      <h3>{text.past.households}</h3>
      <ul className="lines">
        {past.households.map((one) => (
          <li key={one.id} className={one.now ? undefined : 'differs'}>
            <FileLink category="household" id={one.id}>
              <span>{one.address ?? text.list.unnamed}</span>
              <small>{dictionary.code('family_relation', one.relation)}</small>
            </FileLink>
          </li>
        ))}
      </ul>
    </>
  );
}

/** Values in force on the day; what is otherwise today is marked and shown beside. */
function Values(props: {
  category: 'household' | 'resident';
  file: AnyFile;
  past: House & Person;
}): ReactNode {
  const text = useText();
  const dictionary = useDictionary();
  const { category, file, past } = props;
  const shown = dictionary.items(category).filter(({ key }) => past.items[key]);
  return (
    <>
      <dl className="past-items">
        {shown.map((item) => {
          const view = past.items[item.key];
          if (!view) return null;
          const typed = view.changedAt && minute(view.changedAt).slice(0, 10);
          return (
            <div key={item.key} className={view.differs ? 'differs' : undefined}>
              <dt>{dictionary.label(item.label)}</dt>
              <dd>
                {inWords(dictionary, text, item, view.value)}
                {view.differs && (
                  <>
                    <Tag className="differing">{text.past.differs}</Tag>
                    <small>
                      {text.past.now}：
                      {inWords(dictionary, text, item, file.items[item.key]?.value ?? null) ||
                        text.timeline.empty}
                    </small>
                  </>
                )}
                <small>
                  {view.later ? text.past.later(view.asOf) : text.timeline.asOf(view.asOf)}
                  {typed && typed !== view.asOf && ` · ${text.past.typed(typed)}`}
                </small>
              </dd>
            </div>
          );
        })}
      </dl>
      {past.absent.length > 0 && (
        <p className="help">
          {text.past.absent}：{past.absent.map((key) => dictionary.item(category, key)).join('、')}
        </p>
      )}
    </>
  );
}
