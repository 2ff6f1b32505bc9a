import { useQueryClient } from '@tanstack/react-query';
import { Input, Modal } from 'antd';
import { type ReactNode, useId, useState } from 'react';
import { api } from '../../../../../console/api.ts';
import { figure } from '../../../../../console/format.ts';
import { useText } from '../../../../../console/language.tsx';
import { AreaPicker } from '../../../../../console/parts/AreaPicker.tsx';
import { isCategory } from '../../../../../console/parts/categories.ts';
import { useProblemText } from '../../../../../console/parts/Feedback.tsx';
import { useReturnFocus } from '../../../../../console/parts/focus.ts';
import { say } from '../../../../../console/parts/Toast.tsx';
import type { AreaChange, ChangePreview } from '../../../changes/contract.ts';
import type { AreaShape } from '../../../shapes/contract.ts';

export type ChangeKind = 'add' | 'rename' | 'merge' | 'retire';

/** Changes an area: shows first what that does to records and posts, then does it. */
export function ChangeDialog(props: {
  kind: ChangeKind;
  area: AreaShape;
  close: () => void;
}): ReactNode {
  useReturnFocus();
  const { kind, area, close } = props;
  const text = useText();
  const words = useProblemText();
  const client = useQueryClient();
  const ids = { name: useId(), reason: useId(), into: useId() };
  const [name, setName] = useState(kind === 'rename' ? area.name : '');
  const [into, setInto] = useState<string | undefined>();
  const [reason, setReason] = useState('');
  const [preview, setPreview] = useState<ChangePreview | null>(null);
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);
  const change = changeOf(kind, area.code, name, into);
  const titles = {
    add: text.areaChange.addTo(area.name),
    rename: text.areaChange.renameOf(area.name),
    merge: text.areaChange.mergeOf(area.name),
    retire: text.areaChange.retireOf(area.name),
  };
  const attempt = async (work: () => Promise<void>): Promise<void> => {
    setBusy(true);
    setProblem('');
    try {
      await work();
    } catch (error) {
      setProblem(words(error));
    } finally {
      setBusy(false);
    }
  };
  const check = () =>
    attempt(async () => {
      setPreview(await api.post<ChangePreview>('/areas/changes/preview', { change }));
    });
  const make = () =>
    attempt(async () => {
      const { job } = await api.post<{ job: string | null }>('/areas/changes', { change, reason });
      for (const key of ['shapes', 'area', 'areas', 'areaChanges', 'book', 'jobs', 'session'])
        void client.invalidateQueries({ queryKey: [key] });
      say(job ? text.areaChange.started : text.areaChange.done);
      close();
    });
  const edited = (set: () => void) => {
    set();
    setPreview(null);
  };
  return (
    <Modal
      open
      title={titles[kind]}
      okText={preview ? text.areaChange.confirm : text.areaChange.check}
      okButtonProps={{
        disabled: !change || (preview !== null && reason.trim() === ''),
        danger: preview !== null && kind !== 'add' && kind !== 'rename',
      }}
      cancelText={text.app.cancel}
      confirmLoading={busy}
      onOk={() => void (preview ? make() : check())}
      onCancel={close}
    >
      <div className="map-form">
        {kind === 'merge' && (
          <>
            <p className="help">{text.areaChange.mergeHelp}</p>
            <label htmlFor={ids.into}>{text.areaChange.into}</label>
            <AreaPicker
              id={ids.into}
              value={into}
              label={text.areaChange.into}
              onChange={(code) => edited(() => setInto(code))}
            />
          </>
        )}
        {(kind === 'add' || kind === 'rename') && (
          <>
            <label htmlFor={ids.name}>{text.areaChange.name}</label>
            <Input
              id={ids.name}
              value={name}
              maxLength={40}
              onChange={(event) => edited(() => setName(event.target.value))}
            />
          </>
        )}
        {preview && <Effect preview={preview} />}
        {preview && (
          <>
            <label htmlFor={ids.reason}>{text.areaChange.reason}</label>
            <Input
              id={ids.reason}
              value={reason}
              maxLength={200}
              placeholder={text.areaChange.reasonHelp}
              onChange={(event) => setReason(event.target.value)}
            />
          </>
        )}
        {problem && (
          <p className="map-problem" role="alert">
            {problem}
          </p>
        )}
      </div>
    </Modal>
  );
}

function changeOf(
  kind: ChangeKind,
  code: string,
  name: string,
  into: string | undefined,
): AreaChange | null {
  switch (kind) {
    case 'add':
      return name.trim() ? { kind, parent: code, name: name.trim() } : null;
    case 'rename':
      return name.trim() ? { kind, code, name: name.trim() } : null;
    case 'merge':
      return into ? { kind, codes: [code], into: { code: into } } : null;
    case 'retire':
      return { kind, code };
  }
}

/** What the change does: codes and names, records, posts. */
function Effect({ preview }: { preview: ChangePreview }): ReactNode {
  const text = useText();
  const records = Object.entries(preview.records)
    .map(
      ([category, n]) =>
        `${isCategory(category) ? text.categories[category] : category} ${figure(n)}`,
    )
    .join('，');
  return (
    <div className="map-effect">
      <h3>{text.areaChange.effect}</h3>
      <ul>
        {preview.codes.map(({ code, name, to, toName }) => (
          <li key={code}>
            {to === code && name === toName
              ? `${name}（${code}）`
              : text.areaChange.moves(`${name}（${code}）`, to ? `${toName}（${to}）` : '—')}
          </li>
        ))}
        <li>{records ? text.areaChange.records(records) : text.areaChange.nothing}</li>
        {preview.posts > 0 && <li>{text.areaChange.posts(preview.posts)}</li>}
      </ul>
    </div>
  );
}
