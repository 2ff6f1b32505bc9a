import { Alert, Modal } from 'antd';
import { type ReactNode, useState } from 'react';
import { ApiError } from '../../../../console/api.ts';
import { useText } from '../../../../console/language.tsx';
import { useProblemText } from '../../../../console/parts/Feedback.tsx';
import { useReturnFocus } from '../../../../console/parts/focus.ts';

/** A small form in a dialog; it stays open, with everything typed, until the server agrees. */
export function FormDialog(props: {
  title: string;
  help?: string;
  save: () => Promise<unknown>;
  done: () => void;
  close: () => void;
  /** Whoever opened it goes on by itself after a good answer. */
  stay?: boolean;
  /** The word on the button; “save” where it is left out. */
  ok?: string;
  /** The fields; none for a mere question. */
  children?: (errorOf: (field: string) => ReactNode) => ReactNode;
}): ReactNode {
  useReturnFocus();
  const { app } = useText();
  const words = useProblemText();
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const fields = error instanceof ApiError ? (error.problem.errors ?? []) : [];
  const send = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      await props.save();
      props.done();
      if (!props.stay) props.close();
    } catch (problem) {
      setError(problem);
      setBusy(false);
    }
  };
  return (
    <Modal
      open
      title={props.title}
      okText={props.ok ?? app.save}
      cancelText={app.cancel}
      confirmLoading={busy}
      onOk={() => void send()}
      onCancel={props.close}
    >
      {props.help && <p className="help">{props.help}</p>}
      {error !== null && <Alert type="error" showIcon title={words(error)} role="alert" />}
      <div className="stack">
        {props.children?.((field) => {
          const found = fields.find((one) => one.field.split(/[./]/).at(-1) === field);
          return found && <p className="field-error">{found.message}</p>;
        })}
      </div>
    </Modal>
  );
}
