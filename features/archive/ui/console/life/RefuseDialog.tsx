import { useQueryClient } from '@tanstack/react-query';
import { Modal } from 'antd';
import { type ReactNode, useState } from 'react';
import { api } from '../../../../../console/api.ts';
import { useText } from '../../../../../console/language.tsx';
import { useProblemText } from '../../../../../console/parts/Feedback.tsx';
import { say } from '../../../../../console/parts/Toast.tsx';
import type { Arrival } from '../../../life/contract.ts';
import { TextRow } from './fields.tsx';
// Opened from the workbench too, where no file's styles are loaded.
import '../archive.css';

/** Sends an arrival back: the file stays with the old village. */
export default function RefuseDialog(props: { arrival: Arrival; close: () => void }): ReactNode {
  const text = useText();
  const words = useProblemText();
  const client = useQueryClient();
  const [reason, setReason] = useState('');
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);
  const refuse = async (): Promise<void> => {
    if (reason.trim() === '') return setProblem(text.edit.reasonNeeded);
    setBusy(true);
    try {
      await api.post(`/arrivals/${props.arrival.id}/refusal`, { reason: reason.trim() });
      void client.invalidateQueries({ queryKey: ['arrivals'] });
      say(text.handover.refused);
      props.close();
    } catch (error) {
      setProblem(words(error));
      setBusy(false);
    }
  };
  return (
    <Modal
      open
      title={text.handover.refuseTitle(props.arrival.name)}
      okText={text.handover.refuse}
      cancelText={text.app.cancel}
      confirmLoading={busy}
      onOk={() => void refuse()}
      onCancel={props.close}
    >
      <p className="help">{text.handover.refuseHelp}</p>
      <TextRow
        id="refusal"
        label={text.edit.reason}
        required
        wide
        value={reason}
        set={setReason}
        error={problem || undefined}
      />
    </Modal>
  );
}
