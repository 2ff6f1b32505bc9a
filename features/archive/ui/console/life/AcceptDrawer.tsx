import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Alert, Button, Drawer, Radio } from 'antd';
import { type ReactNode, useState } from 'react';
import { api } from '../../../../../console/api.ts';
import { today } from '../../../../../console/format.ts';
import { useText } from '../../../../../console/language.tsx';
import { useProblemText } from '../../../../../console/parts/Feedback.tsx';
import { say } from '../../../../../console/parts/Toast.tsx';
import { useSession } from '../../../../../console/session.tsx';
import type { Arrival, NewEvent } from '../../../life/contract.ts';
import { RecordFinder } from '../RecordFinder.tsx';
import { fieldErrors, useSendKey } from '../submit.ts';
import type { Hit } from '../types.ts';
import { afterAct } from './afterAct.ts';
import { RelationRow } from './fields.tsx';
import { type Filled, newHousehold, nothingFilled, proofOf, usualProof } from './form.ts';
import { Proof } from './LifeDrawer.tsx';
import { NewHouseholdRows } from './NewHousehold.tsx';
// Opened from the workbench too, where no file's styles are loaded.
import '../archive.css';

/** Takes over a file: into a household of the village, or a new one. */
export default function AcceptDrawer(props: { arrival: Arrival; close: () => void }): ReactNode {
  const text = useText();
  const words = useProblemText();
  const client = useQueryClient();
  const navigate = useNavigate();
  const sendKey = useSendKey();
  const { acting } = useSession();
  const { arrival, close } = props;
  const [way, setWay] = useState<'existing' | 'fresh'>('existing');
  const [target, setTarget] = useState<Hit | null>(null);
  const [filled, setFilled] = useState(() => nothingFilled(today(), usualProof.move_in));
  const [problem, setProblem] = useState('');
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [busy, setBusy] = useState(false);
  const set = (change: Partial<Filled>): void => setFilled({ ...filled, ...change });

  const accept = async (): Promise<void> => {
    if (way === 'existing' && !target) return setProblem(text.members.chooseFirst);
    setBusy(true);
    const grid = filled.grid ?? acting?.area.code;
    const body: NewEvent = {
      kind: 'move_in',
      day: filled.day,
      proof: proofOf(filled),
      ...(filled.reason ? { reason: filled.reason } : {}),
      people: [{ arrival: arrival.id, relation: way === 'fresh' ? '02' : (filled.relation ?? '') }],
      ...(way === 'fresh'
        ? { newHousehold: newHousehold({ ...filled, grid }) }
        : { household: target?.id ?? '' }),
    };
    try {
      const { household } = await api.post<{ household: string }>(
        '/life-events',
        body,
        sendKey(body),
      );
      for (const key of afterAct) void client.invalidateQueries({ queryKey: [key] });
      say(text.handover.accepted);
      await navigate({ to: '/households/$id', params: { id: household } });
    } catch (error) {
      const named = fieldErrors(error);
      setErrors(named);
      setProblem([...new Set([words(error), ...Object.values(named)])].join(' '));
      setBusy(false);
    }
  };

  return (
    <Drawer
      open
      size={720}
      title={text.handover.acceptTitle(arrival.name)}
      onClose={close}
      footer={
        <div className="drawer-foot">
          <span />
          <Button onClick={close}>{text.app.close}</Button>
          <Button type="primary" loading={busy} onClick={() => void accept()}>
            {text.handover.accept}
          </Button>
        </div>
      }
    >
      {problem && <Alert type="error" showIcon title={problem} role="alert" />}
      <fieldset className="fields">
        <legend>{text.handover.into}</legend>
        <Radio.Group
          className="ways wide"
          optionType="button"
          aria-label={text.handover.into}
          value={way}
          onChange={({ target: chosen }) => setWay(chosen.value)}
          options={[
            { value: 'existing', label: text.handover.existing },
            { value: 'fresh', label: text.handover.fresh },
          ]}
        />
        {way === 'existing' ? (
          <RelationRow
            id="relation"
            name={arrival.name}
            value={filled.relation}
            set={(relation) => set({ relation })}
            error={errors.relation}
          />
        ) : (
          <NewHouseholdRows filled={filled} set={set} errors={errors} start={acting?.area.code} />
        )}
      </fieldset>
      {way === 'existing' && (
        <RecordFinder category="household" chosen={target} choose={setTarget} />
      )}
      <Proof
        filled={filled}
        set={set}
        errors={errors}
        keepers={
          way === 'existing' && target
            ? [{ category: 'household', id: target.id, name: target.title }]
            : []
        }
        none={text.life.proofPaper.afterwards}
      />
    </Drawer>
  );
}
