import { useQueryClient } from '@tanstack/react-query';
import { Modal } from 'antd';
import { type ReactNode, useState } from 'react';
import { api } from '../../../../../console/api.ts';
import { useText } from '../../../../../console/language.tsx';
import { useProblemText } from '../../../../../console/parts/Feedback.tsx';
import { say } from '../../../../../console/parts/Toast.tsx';
import { Reason } from '../Reason.tsx';
import { useSendKey } from '../submit.ts';
import type { Document } from './types.ts';

/** Takes a document out of use, with a reason; it stays readable. */
export default function RetireDialog(props: {
  document: Document;
  name: string;
  close: () => void;
  done: () => void;
}): ReactNode {
  const text = useText();
  const words = useProblemText();
  const client = useQueryClient();
  const sendKey = useSendKey();
  const [reason, setReason] = useState('');
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);
  const retire = async (): Promise<void> => {
    const body = { reason: reason.trim() };
    if (body.reason === '') return setProblem(text.edit.reasonNeeded);
    setBusy(true);
    try {
      await api.post(`/documents/${props.document.id}/retirement`, body, sendKey(body));
      for (const key of ['documents', 'looks']) void client.invalidateQueries({ queryKey: [key] });
      say(text.documents.retired);
      props.done();
    } catch (error) {
      setProblem(words(error));
      setBusy(false);
    }
  };
  return (
    <Modal
      open
      title={text.documents.retireOf(props.name)}
      okText={text.documents.retire}
      okButtonProps={{ danger: true }}
      cancelText={text.app.cancel}
      confirmLoading={busy}
      onOk={() => void retire()}
      onCancel={props.close}
    >
      <p className="help">{text.documents.retireHelp}</p>
      <Reason
        reason={reason}
        set={(change) => setReason(change.reason ?? '')}
        errors={problem ? { reason: problem } : {}}
      />
    </Modal>
  );
}
