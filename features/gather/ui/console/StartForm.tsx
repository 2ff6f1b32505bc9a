import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { Alert, Button, DatePicker, Radio } from 'antd';
import dayjs from 'dayjs';
import { type ReactNode, useState } from 'react';
import type { Static } from 'typebox';
import { api } from '../../../../console/api.ts';
import { today } from '../../../../console/format.ts';
import { useLanguage } from '../../../../console/language.tsx';
import { useProblemText } from '../../../../console/parts/Feedback.tsx';
import { say } from '../../../../console/parts/Toast.tsx';
import { jobStarted } from '../../../jobs/ui/console/polling.ts';
import type { BatchStarted, FileLook, ProfileList } from '../../contract.ts';
import { Written } from './Written.tsx';

/** What a file that was handed in is gathered by: the profile whose header it has, and its day. */
export function StartForm(props: { look: FileLook; another: () => void }): ReactNode {
  const { look } = props;
  const { text: all } = useLanguage();
  const { handIn: text } = all.gather;
  const words = useProblemText();
  const navigate = useNavigate();
  const client = useQueryClient();
  const fitting = look.fits.find(({ fit }) => fit !== 'wrong');
  const [profile, setProfile] = useState(fitting?.profile);
  const [day, setDay] = useState(today());
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);
  const start = async (): Promise<void> => {
    setBusy(true);
    setProblem('');
    try {
      const body = { file: look.id, profile, day };
      const { number } = await api.post<Static<typeof BatchStarted>>('/gather/batches', body);
      void jobStarted(client);
      void client.invalidateQueries({ queryKey: ['batches'] });
      say(text.started(number));
      await navigate({ to: '/gather/batches/$number', params: { number: String(number) } });
    } catch (error) {
      setProblem(words(error));
      setBusy(false);
    }
  };
  return (
    <div className="gather-stack">
      <div className="file-line">
        <div>
          <b>{look.fileName}</b>
          <Written look={look} />
        </div>
        <Button onClick={props.another}>{text.again}</Button>
      </div>
      {look.same !== null && <Same number={look.same} />}
      {problem && <Alert type="error" showIcon title={problem} role="alert" />}
      <Profiles look={look} chosen={profile} choose={setProfile} />
      <div className="field gather-day">
        <label htmlFor="gather-day">{text.day}</label>
        <DatePicker
          id="gather-day"
          format={['YYYY-MM-DD', 'YYYYMMDD']}
          maxDate={dayjs(today())}
          allowClear={false}
          value={dayjs(day)}
          onChange={(value) => value && setDay(value.format('YYYY-MM-DD'))}
        />
        <p className="help">{text.dayHelp}</p>
      </div>
      <div className="head-acts">
        <Button
          type="primary"
          loading={busy}
          disabled={profile === undefined || look.same !== null}
          onClick={() => void start()}
        >
          {text.start}
        </Button>
        <Link className="gather-link" to="/gather/profiles/new" search={{ file: look.id }}>
          {text.make}
        </Link>
      </div>
    </div>
  );
}

function Same({ number }: { number: number }): ReactNode {
  const { text: all } = useLanguage();
  const { handIn: text } = all.gather;
  return (
    <Alert
      type="warning"
      showIcon
      title={text.same(number)}
      action={
        <Link to="/gather/batches/$number" params={{ number: String(number) }}>
          {text.seeBatch}
        </Link>
      }
    />
  );
}

/** The profiles of the department, each with how the file's header fits it. */
function Profiles(props: {
  look: FileLook;
  chosen: string | undefined;
  choose: (profile: string) => void;
}): ReactNode {
  const { text: all, language } = useLanguage();
  const { handIn: text } = all.gather;
  const { data } = useQuery({
    queryKey: ['gather', 'profiles'],
    queryFn: ({ signal }) => api.get<Static<typeof ProfileList>>('/gather/profiles', {}, signal),
  });
  const known = new Map(data?.items.map((one) => [one.key, one]));
  const { fits } = props.look;
  return (
    <fieldset className="profiles">
      <legend>{text.profile}</legend>
      {!fits.some(({ fit }) => fit !== 'wrong') && <p className="caution">{text.noneFits}</p>}
      <Radio.Group
        value={props.chosen}
        onChange={({ target }) => props.choose(String(target.value))}
        options={fits.map(({ profile, fit, words }) => ({
          value: profile,
          disabled: fit === 'wrong',
          label: (
            <span className="profile-choice">
              <b>{known.get(profile)?.label[language] ?? all.gather.batch.profile}</b>
              {known.get(profile)?.own && <span className="tag">{text.own}</span>}
              <span className={`tag ${fit === 'wrong' ? 'tag-red' : 'tag-green'}`}>
                {text.fits[fit]}
              </span>
              {words && <span className="help">{words}</span>}
            </span>
          ),
        }))}
      />
    </fieldset>
  );
}
