import { useQueryClient } from '@tanstack/react-query';
import { Modal } from 'antd';
import { type ReactNode, useState } from 'react';
import { useText } from '../../../../console/language.tsx';
import { useProblemText } from '../../../../console/parts/Feedback.tsx';
import { useReturnFocus } from '../../../../console/parts/focus.ts';
import { say } from '../../../../console/parts/Toast.tsx';
import { Reason } from './Reason.tsx';
// Opened from the workbench too, where no file's styles are loaded.
import './archive.css';

/** Asks for a reason, sends an act with it, and stays open with what went wrong. */
export function ReasonDialog(props: {
  title: string;
  help: string;
  /** Words on the button that acts, and on the one that doesn't. */
  act: string;
  leave?: string;
  danger?: boolean;
  send: (reason: string) => Promise<unknown>;
  /** Keys of what is read anew afterwards. */
  changes: readonly string[];
  /** What is said afterwards. */
  done: string;
  close: () => void;
  /** Instead of `close`, when the act was done. */
  after?: () => void;
}): ReactNode {
  useReturnFocus();
  const text = useText();
  const words = useProblemText();
  const client = useQueryClient();
  const [reason, setReason] = useState('');
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);
  const act = async (): Promise<void> => {
    if (reason.trim() === '') return setProblem(text.edit.reasonNeeded);
    setBusy(true);
    try {
      await props.send(reason.trim());
      for (const key of props.changes) void client.invalidateQueries({ queryKey: [key] });
      say(props.done);
      (props.after ?? props.close)();
    } catch (error) {
      setProblem(words(error));
      setBusy(false);
    }
  };
  return (
    <Modal
      open
      title={props.title}
      okText={props.act}
      okButtonProps={{ danger: props.danger ?? false }}
      cancelText={props.leave ?? text.app.cancel}
      confirmLoading={busy}
      onOk={() => void act()}
      onCancel={props.close}
    >
      <p className="help">{props.help}</p>
      <Reason
        reason={reason}
        set={(change) => setReason(change.reason ?? '')}
        errors={problem ? { reason: problem } : {}}
      />
    </Modal>
  );
}
