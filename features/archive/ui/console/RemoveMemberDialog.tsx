import { useQueryClient } from '@tanstack/react-query';
import { Modal } from 'antd';
import { type ReactNode, useState } from 'react';
import { api } from '../../../../console/api.ts';
import { useText } from '../../../../console/language.tsx';
import { useProblemText } from '../../../../console/parts/Feedback.tsx';
import { useReturnFocus } from '../../../../console/parts/focus.ts';
import { say } from '../../../../console/parts/Toast.tsx';
import { Reason } from './Reason.tsx';

/** Ends a membership; the resident's own file stays. */
export default function RemoveMemberDialog(props: {
  household: string;
  member: { resident: string; name: string };
  close: () => void;
}): ReactNode {
  useReturnFocus();
  const text = useText();
  const words = useProblemText();
  const client = useQueryClient();
  const [reason, setReason] = useState('');
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);
  const remove = async (): Promise<void> => {
    if (reason.trim() === '') return setProblem(text.edit.reasonNeeded);
    setBusy(true);
    try {
      await api.delete(`/households/${props.household}/members/${props.member.resident}`, {
        reason: reason.trim(),
      });
      for (const kind of ['file', 'changes', 'list', 'book', 'search']) {
        void client.invalidateQueries({ queryKey: [kind] });
      }
      say(text.members.removed);
      props.close();
    } catch (error) {
      setProblem(words(error));
      setBusy(false);
    }
  };
  return (
    <Modal
      open
      title={text.members.removeOf(props.member.name)}
      okText={text.members.remove}
      cancelText={text.app.cancel}
      confirmLoading={busy}
      onOk={() => void remove()}
      onCancel={props.close}
    >
      <p className="help">{text.members.removeHelp}</p>
      <Reason
        reason={reason}
        set={(change) => setReason(change.reason ?? '')}
        errors={problem ? { reason: problem } : {}}
      />
    </Modal>
  );
}
