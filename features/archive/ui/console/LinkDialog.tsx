import { useQueryClient } from '@tanstack/react-query';
import { Alert, Modal, Select } from 'antd';
import { type ReactNode, useState } from 'react';
import { api } from '../../../../console/api.ts';
import { useText } from '../../../../console/language.tsx';
import { useProblemText } from '../../../../console/parts/Feedback.tsx';
import { useReturnFocus } from '../../../../console/parts/focus.ts';
import { say } from '../../../../console/parts/Toast.tsx';
import type { CategoryKey } from '../../contract.ts';
import { RecordFinder } from './RecordFinder.tsx';
import { useSendKey } from './submit.ts';
import type { Hit } from './types.ts';

/** Links a record found by search to another, as one of several kinds. */
export default function LinkDialog(props: {
  title: string;
  category: CategoryKey;
  kinds: Record<string, string>;
  path: string;
  body: (id: string, kind: string) => Record<string, string>;
  close: () => void;
}): ReactNode {
  useReturnFocus();
  const text = useText();
  const words = useProblemText();
  const client = useQueryClient();
  const sendKey = useSendKey();
  const [chosen, setChosen] = useState<Hit | null>(null);
  const [kind, setKind] = useState(Object.keys(props.kinds)[0] ?? '');
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);
  const link = async (): Promise<void> => {
    if (!chosen) return setProblem(text.members.chooseFirst);
    setBusy(true);
    const body = props.body(chosen.id, kind);
    try {
      await api.post(props.path, body, sendKey(body));
      for (const key of ['file', 'changes']) void client.invalidateQueries({ queryKey: [key] });
      say(text.edit.saved);
      props.close();
    } catch (error) {
      setProblem(words(error));
      setBusy(false);
    }
  };
  return (
    <Modal
      open
      title={props.title}
      okText={text.app.save}
      cancelText={text.app.cancel}
      confirmLoading={busy}
      onOk={() => void link()}
      onCancel={props.close}
    >
      {problem && <Alert type="error" showIcon title={problem} role="alert" />}
      <div className="field">
        <label htmlFor="link-kind">{text.linked.kind}</label>
        <Select
          id="link-kind"
          value={kind}
          onChange={setKind}
          options={Object.entries(props.kinds).map(([value, label]) => ({ value, label }))}
        />
      </div>
      <RecordFinder category={props.category} chosen={chosen} choose={setChosen} />
    </Modal>
  );
}
