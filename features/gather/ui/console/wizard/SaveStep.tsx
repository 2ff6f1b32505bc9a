import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Alert, Button, DatePicker, Input } from 'antd';
import dayjs from 'dayjs';
import { type ReactNode, useState } from 'react';
import type { Static } from 'typebox';
import { ApiError, api } from '../../../../../console/api.ts';
import { today } from '../../../../../console/format.ts';
import { useText } from '../../../../../console/language.tsx';
import { useProblemText } from '../../../../../console/parts/Feedback.tsx';
import { Panel } from '../../../../../console/parts/Panel.tsx';
import { say } from '../../../../../console/parts/Toast.tsx';
import { jobStarted } from '../../../../jobs/ui/console/polling.ts';
import type { BatchStarted, Draft, FileLook, ProfileSaved } from '../../../contract.ts';

/** The profile gets its name, is saved, and the sample gathered with it where that is wanted. */
export function SaveStep(props: {
  look: FileLook;
  draft: Draft;
  change: (draft: Draft) => void;
}): ReactNode {
  const { gather } = useText();
  const { profile: text, handIn } = gather;
  const words = useProblemText();
  const navigate = useNavigate();
  const client = useQueryClient();
  const { look, draft, change } = props;
  const [day, setDay] = useState(today());
  const [saved, setSaved] = useState<string>();
  const [problems, setProblems] = useState<string[]>([]);
  const [busy, setBusy] = useState(false);

  const save = async (): Promise<string> => {
    if (saved !== undefined) return saved;
    const made = await api.post<Static<typeof ProfileSaved>>('/gather/profiles', { draft });
    setSaved(made.key);
    void client.invalidateQueries({ queryKey: ['gather', 'profiles'] });
    say(text.saved);
    return made.key;
  };
  const gatherIt = async (profile: string): Promise<void> => {
    const body = { file: look.id, profile, day };
    const { number } = await api.post<Static<typeof BatchStarted>>('/gather/batches', body);
    void jobStarted(client);
    void client.invalidateQueries({ queryKey: ['batches'] });
    await navigate({ to: '/gather/batches/$number', params: { number: String(number) } });
  };
  const go = async (isGathered: boolean): Promise<void> => {
    setBusy(true);
    setProblems([]);
    try {
      const profile = await save();
      if (isGathered) await gatherIt(profile);
      else await navigate({ to: '/gather' });
    } catch (error) {
      const fields = error instanceof ApiError ? (error.problem.errors ?? []) : [];
      setProblems(fields.length > 0 ? fields.map(({ message }) => message) : [words(error)]);
      setBusy(false);
    }
  };
  return (
    <Panel title={text.steps[3] ?? ''}>
      <div className="gather-stack">
        {problems.map((one) => (
          <Alert key={one} type="error" showIcon role="alert" title={one} />
        ))}
        <div className="field">
          <label htmlFor="profile-name">{text.name}</label>
          <Input
            id="profile-name"
            maxLength={60}
            autoComplete="off"
            disabled={saved !== undefined}
            value={draft.label}
            onChange={({ target }) => change({ ...draft, label: target.value })}
          />
          <p className="help">{text.nameHelp}</p>
        </div>
        <div className="field gather-day">
          <label htmlFor="wizard-day">{handIn.day}</label>
          <DatePicker
            id="wizard-day"
            format={['YYYY-MM-DD', 'YYYYMMDD']}
            maxDate={dayjs(today())}
            allowClear={false}
            value={dayjs(day)}
            onChange={(value) => value && setDay(value.format('YYYY-MM-DD'))}
          />
          <p className="help">{handIn.dayHelp}</p>
        </div>
        {look.same !== null && <p className="caution">{handIn.same(look.same)}</p>}
        <div className="head-acts">
          <Button
            type="primary"
            loading={busy}
            disabled={draft.label.trim() === '' || look.same !== null}
            onClick={() => void go(true)}
          >
            {text.saveAndGather}
          </Button>
          <Button
            disabled={busy || draft.label.trim() === '' || saved !== undefined}
            onClick={() => void go(false)}
          >
            {text.save}
          </Button>
        </div>
      </div>
    </Panel>
  );
}
