import { useQueryClient } from '@tanstack/react-query';
import { Modal } from 'antd';
import { type ReactNode, useState } from 'react';
import { api } from '../../../../../console/api.ts';
import { useText } from '../../../../../console/language.tsx';
import { useProblemText } from '../../../../../console/parts/Feedback.tsx';
import { say } from '../../../../../console/parts/Toast.tsx';
import { Reason } from '../Reason.tsx';
import { afterAct } from './afterAct.ts';

/** Cancels an act of life that was registered by mistake. */
export default function CancelDialog(props: { event: string; close: () => void }): ReactNode {
  const text = useText();
  const words = useProblemText();
  const client = useQueryClient();
  const [reason, setReason] = useState('');
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);
  const cancel = async (): Promise<void> => {
    if (reason.trim() === '') return setProblem(text.edit.reasonNeeded);
    setBusy(true);
    try {
      await api.post(`/life-events/${props.event}/cancellation`, { reason: reason.trim() });
      for (const key of afterAct) void client.invalidateQueries({ queryKey: [key] });
      say(text.life.cancelled);
      props.close();
    } catch (error) {
      setProblem(words(error));
      setBusy(false);
    }
  };
  return (
    <Modal
      open
      title={text.life.cancelTitle}
      okText={text.life.cancel}
      cancelText={text.app.close}
      confirmLoading={busy}
      onOk={() => void cancel()}
      onCancel={props.close}
    >
      <p className="help">{text.life.cancelHelp}</p>
      <Reason
        reason={reason}
        set={(change) => setReason(change.reason ?? '')}
        errors={problem ? { reason: problem } : {}}
      />
    </Modal>
  );
}
