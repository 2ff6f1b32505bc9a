import { useQuery } from '@tanstack/react-query';
import { DatePicker } from 'antd';
import dayjs from 'dayjs';
import { type ReactNode, useState } from 'react';
import type { Static } from 'typebox';
import { api } from '../../../../../console/api.ts';
import { figure, today } from '../../../../../console/format.ts';
import { useText } from '../../../../../console/language.tsx';
import { Failed, Loading } from '../../../../../console/parts/Feedback.tsx';
import { Panel } from '../../../../../console/parts/Panel.tsx';
import type { PastBook } from '../../../life/contract.ts';
import './life.css';

/** Above the township a past day would read too many moves (life/past-book.ts). */
const townshipDigits = 9;

/** 历史人口: how many lived in a village or township on a chosen day, and what happened since. */
export function BookPast({ code }: { code: string }): ReactNode {
  const text = useText();
  const [on, setOn] = useState<string>();
  const { data, error, isFetching, refetch } = useQuery({
    queryKey: ['past', 'book', code, on],
    queryFn: ({ signal }) =>
      api.get<Static<typeof PastBook>>(`/areas/${code}/past`, { on }, signal),
    enabled: on !== undefined,
    staleTime: 120_000,
  });
  if (code.length < townshipDigits) return null;
  return (
    <Panel
      title={text.past.book}
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
      {!on && <p className="help">{text.past.bookHelp}</p>}
      {error && on && <Failed error={error} retry={() => void refetch()} />}
      {isFetching && !data && <Loading rows={2} />}
      {data && on && <Counts past={data} />}
    </Panel>
  );
}

function Counts({ past }: { past: Static<typeof PastBook> }): ReactNode {
  const text = useText();
  const { counts, today: now, since } = past;
  const shown = (n: number | null): string => (n === null ? '—' : figure(n));
  return (
    <>
      <p className="past-counts">
        {text.past.countsOn(past.on, figure(counts.households), figure(counts.residents))}
      </p>
      <p>{text.past.nowCounts(figure(now.households), figure(now.residents))}</p>
      {since.births !== null || since.deaths !== null || since.movedIn !== null ? (
        <p className="help">
          {text.past.since(
            shown(since.births),
            shown(since.deaths),
            shown(since.movedIn),
            shown(since.movedOut),
          )}
        </p>
      ) : null}
    </>
  );
}
