import { Alert, Modal, Radio } from 'antd';
import { type ReactNode, useState } from 'react';
import { api } from '../../../../../console/api.ts';
import { useText } from '../../../../../console/language.tsx';
import { useProblemText } from '../../../../../console/parts/Feedback.tsx';
import { useReturnFocus } from '../../../../../console/parts/focus.ts';
import { say } from '../../../../../console/parts/Toast.tsx';
import { useSendKey } from '../submit.ts';
import type { Resident } from '../types.ts';
import { AskerField } from './AskerField.tsx';
import type { Asked } from './types.ts';

const askers = ['self', 'guardian', 'relative', 'agent', 'village'] as const;
const grounds = [
  'purpose_ended',
  'retention_over',
  'consent_withdrawn',
  'unlawful',
  'other_law',
] as const;

/** 申请删除: on a ground of the law; the township decides. */
export default function DeletionDialog(props: { file: Resident; close: () => void }): ReactNode {
  useReturnFocus();
  const text = useText();
  const words = useProblemText();
  const sendKey = useSendKey();
  const [asker, setAsker] = useState<(typeof askers)[number]>('self');
  const [ground, setGround] = useState<string>();
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);
  const send = async (): Promise<void> => {
    setBusy(true);
    const body = { asker, ground };
    try {
      const path = `/residents/${props.file.id}/deletion`;
      const { dueOn } = await api.post<Asked>(path, body, sendKey(body));
      say(text.rights.askedUntil(dueOn));
      props.close();
    } catch (error) {
      setProblem(words(error));
      setBusy(false);
    }
  };
  return (
    <Modal
      open
      title={text.rights.deleteOf(props.file.name)}
      okText={text.rights.send}
      okButtonProps={{ danger: true, disabled: ground === undefined }}
      cancelText={text.app.cancel}
      confirmLoading={busy}
      onOk={() => void send()}
      onCancel={props.close}
    >
      {problem && <Alert type="error" showIcon title={problem} role="alert" />}
      <p className="help">{text.rights.deleteHelp}</p>
      <AskerField askers={askers} asker={asker} set={setAsker} />
      <fieldset className="fields purposes one">
        <legend>{text.rights.ground}</legend>
        <Radio.Group
          value={ground}
          onChange={({ target }) => setGround(String(target.value))}
          options={grounds.map((value) => ({ value, label: text.rights.grounds[value] }))}
        />
      </fieldset>
    </Modal>
  );
}
