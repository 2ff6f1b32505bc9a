import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Button, Input, Modal } from 'antd';
import { type ReactNode, useId, useRef, useState } from 'react';
import { api } from '../../../../../console/api.ts';
import { newKey } from '../../../../../console/ids.ts';
import { useText } from '../../../../../console/language.tsx';
import { useProblemText } from '../../../../../console/parts/Feedback.tsx';
import { useReturnFocus } from '../../../../../console/parts/focus.ts';
import { Panel } from '../../../../../console/parts/Panel.tsx';
import { say } from '../../../../../console/parts/Toast.tsx';
import type { Building } from '../../../buildings/contract.ts';
import type { AreaChange, ChangePreview } from '../../../changes/contract.ts';
import { staleAfterBuilding } from '../buildings/data.ts';
import { type Going, type PlacedHousehold, partsOf, weightOf } from './choose.ts';
import type { Titled } from './Targets.tsx';

interface Props {
  code: string;
  name: string;
  households: readonly PlacedHousehold[];
  buildings: readonly Building[];
  going: Going;
  targets: readonly Titled[];
}

/** Who goes where in figures, as chosen so far; from here it is checked and done. */
export function Result(props: Props): ReactNode {
  const { code, name, households, buildings, going, targets } = props;
  const text = useText().split;
  const words = useProblemText();
  const [preview, setPreview] = useState<ChangePreview | null>(null);
  const [said, setSaid] = useState<{ of: Props; words: string } | null>(null);
  const [busy, setBusy] = useState(false);
  // What was wrong is gone with the next choice.
  const problem = said?.of.going === going && said.of.targets === targets ? said.words : '';
  const setProblem = (found: string) => setSaid({ of: props, words: found });
  const change: AreaChange = {
    kind: 'split',
    code,
    parts: partsOf(households, buildings, going, targets),
  };
  const check = async (): Promise<void> => {
    const lacking =
      (targets.some((target) => target.name.trim() === '') && text.needTarget) ||
      (targets.some(({ key }) => weightOf(households, going, key).households === 0) &&
        text.needHouseholds);
    setProblem(lacking || '');
    if (lacking) return;
    setBusy(true);
    try {
      setPreview(await api.post<ChangePreview>('/areas/changes/preview', { change }));
    } catch (error) {
      setProblem(words(error));
    } finally {
      setBusy(false);
    }
  };
  const lines = [
    ...targets.map(({ key, title }) => ({ key, title, weight: weightOf(households, going, key) })),
    { key: '', title: text.stays(name), weight: weightOf(households, going, null) },
  ];
  return (
    <Panel title={text.result}>
      <ul className="split-result">
        {lines.map(({ key, title, weight }, at) => (
          <li key={key} className={key ? `part-${at % 6}` : ''}>
            <b>{title}</b>
            <span>{text.people(weight.households, weight.residents)}</span>
          </li>
        ))}
      </ul>
      {problem && (
        <p className="map-problem" role="alert">
          {problem}
        </p>
      )}
      <Button type="primary" loading={busy} onClick={() => void check()}>
        {text.check}
      </Button>
      {preview && (
        <Confirm name={name} change={change} preview={preview} close={() => setPreview(null)} />
      )}
    </Panel>
  );
}

function Confirm(props: {
  name: string;
  change: AreaChange;
  preview: ChangePreview;
  close: () => void;
}): ReactNode {
  useReturnFocus();
  const { name, change, preview, close } = props;
  const text = useText();
  const words = useProblemText();
  const client = useQueryClient();
  const navigate = useNavigate();
  const id = useId();
  const key = useRef(newKey());
  const [reason, setReason] = useState('');
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);
  const make = async (): Promise<void> => {
    setBusy(true);
    try {
      await api.post('/areas/changes', { change, reason: reason.trim() }, key.current);
      for (const kind of ['shapes', 'area', 'areas', 'areaChanges', 'book', 'jobs', 'session'])
        void client.invalidateQueries({ queryKey: [kind] });
      for (const kind of staleAfterBuilding) void client.invalidateQueries({ queryKey: [kind] });
      say(text.areaChange.started);
      // There its progress stands.
      await navigate({ to: '/map', search: { area: preview.code.slice(0, 12) } });
    } catch (error) {
      setProblem(words(error));
      key.current = newKey();
      setBusy(false);
    }
  };
  const last = preview.parts.length - 1;
  return (
    <Modal
      open
      title={text.split.titleOf(name)}
      okText={text.split.confirm}
      okButtonProps={{ danger: true, disabled: reason.trim() === '' }}
      cancelText={text.app.cancel}
      confirmLoading={busy}
      onOk={() => void make()}
      onCancel={close}
    >
      <div className="map-effect">
        <h3>{text.areaChange.effect}</h3>
        <ul>
          {preview.parts.map((part, at) => (
            <li key={part.code}>
              {at === last ? text.split.stays(part.name) : `${part.name}（${part.code}）`}：
              {text.split.people(part.households, part.residents)}
              {at !== last && part.buildings > 0 && `，${text.split.buildingsToo(part.buildings)}`}
            </li>
          ))}
        </ul>
      </div>
      <div className="map-form">
        <label htmlFor={id}>{text.areaChange.reason}</label>
        <Input
          id={id}
          value={reason}
          maxLength={200}
          placeholder={text.areaChange.reasonHelp}
          onChange={({ target }) => setReason(target.value)}
        />
        {problem && (
          <p className="map-problem" role="alert">
            {problem}
          </p>
        )}
      </div>
    </Modal>
  );
}
