import { Input, Modal } from 'antd';
import { type ReactNode, useState } from 'react';
import { ApiError, api } from '../../../../console/api.ts';
import { useText } from '../../../../console/language.tsx';
import { useProblemText } from '../../../../console/parts/Feedback.tsx';
import { say } from '../../../../console/parts/Toast.tsx';

/** Changes one's own password. */
export default function PasswordDialog({ close }: { close: () => void }): ReactNode {
  const { password: text, app } = useText();
  const words = useProblemText();
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const [again, setAgain] = useState('');
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);

  const save = async (): Promise<void> => {
    if (next.length < 12) return setProblem(text.short);
    if (next !== again) return setProblem(text.differ);
    setBusy(true);
    try {
      await api.post('/session/password', { current, next });
      say(text.done);
      close();
    } catch (error) {
      const first = error instanceof ApiError ? error.problem.errors?.[0]?.message : undefined;
      setProblem(first ?? words(error));
      setBusy(false);
    }
  };

  const fields = [
    {
      id: 'current',
      label: text.current,
      value: current,
      set: setCurrent,
      complete: 'current-password',
    },
    { id: 'next', label: text.next, value: next, set: setNext, complete: 'new-password' },
    { id: 'again', label: text.again, value: again, set: setAgain, complete: 'new-password' },
  ];
  return (
    <Modal
      open
      title={text.title}
      okText={app.save}
      cancelText={app.cancel}
      confirmLoading={busy}
      onOk={() => void save()}
      onCancel={close}
      width={420}
    >
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        {fields.map((field) => (
          <div key={field.id}>
            <label htmlFor={`password-${field.id}`}>{field.label}</label>
            <Input.Password
              id={`password-${field.id}`}
              autoComplete={field.complete}
              value={field.value}
              onChange={(event) => field.set(event.target.value)}
            />
          </div>
        ))}
        <p className="help">{text.help}</p>
        <p className="field-error" role="alert">
          {problem}
        </p>
        <button type="submit" hidden />
      </form>
    </Modal>
  );
}
