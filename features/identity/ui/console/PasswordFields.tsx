import { Button, Input } from 'antd';
import { type FormEvent, type ReactNode, useState } from 'react';
import { ApiError, api } from '../../../../console/api.ts';
import { useText } from '../../../../console/language.tsx';
import { useProblemText } from '../../../../console/parts/Feedback.tsx';

/**
 * The form that changes one's own password. `known` is the present one where it was typed a moment ago;
 * `submit` draws the button, for dialogs that have their own.
 */
export function PasswordFields(props: {
  known?: string | undefined;
  currentLabel?: string;
  done: () => void | Promise<void>;
}): ReactNode {
  const { password: text, app } = useText();
  const words = useProblemText();
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const [again, setAgain] = useState('');
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);

  const save = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if ([...next].length < 12) return setProblem(text.short);
    if (next !== again) return setProblem(text.differ);
    setBusy(true);
    setProblem('');
    try {
      await api.post('/session/password', { current: props.known ?? current, next });
      await props.done();
    } catch (error) {
      const first = error instanceof ApiError ? error.problem.errors?.[0]?.message : undefined;
      const wrong = error instanceof ApiError && error.kind === 'wrong-credentials';
      setProblem(first ?? (wrong ? text.wrongCurrent : words(error)));
      setBusy(false);
    }
  };

  const fields = [
    ...(props.known === undefined
      ? [
          {
            id: 'current',
            label: props.currentLabel ?? text.current,
            value: current,
            set: setCurrent,
            complete: 'current-password',
          },
        ]
      : []),
    { id: 'next', label: text.next, value: next, set: setNext, complete: 'new-password' },
    { id: 'again', label: text.again, value: again, set: setAgain, complete: 'new-password' },
  ];
  return (
    <form className="stack" onSubmit={(event) => void save(event)} noValidate>
      {fields.map((field) => (
        <div key={field.id}>
          <label htmlFor={`password-${field.id}`}>{field.label}</label>
          <Input.Password
            id={`password-${field.id}`}
            autoComplete={field.complete}
            value={field.value}
            onChange={({ target }) => field.set(target.value)}
          />
        </div>
      ))}
      <p className="help">{text.help}</p>
      <p className="field-error" role="alert">
        {problem}
      </p>
      <Button type="primary" htmlType="submit" block loading={busy}>
        {app.save}
      </Button>
    </form>
  );
}
