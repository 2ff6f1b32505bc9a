import { Button, Input } from 'antd';
import { type FormEvent, type ReactNode, useState } from 'react';
import { ApiError, api } from '../../../../console/api.ts';
import { useText } from '../../../../console/language.tsx';
import { useProblemText } from '../../../../console/parts/Feedback.tsx';
import type { Session } from '../../../../console/session.tsx';

/** Name and password. `fill` puts a demo account in, `username` fixes who signs in again. */
export function SignInForm(props: {
  username?: string;
  fill?: { username: string; password: string } | null;
  done: (session: Session, password: string) => void;
}): ReactNode {
  const { signIn: text } = useText();
  const words = useProblemText();
  const [username, setUsername] = useState(props.username ?? props.fill?.username ?? '');
  const [password, setPassword] = useState(props.fill?.password ?? '');
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (username.trim() === '' || password === '') {
      setProblem(text.both);
      return;
    }
    setBusy(true);
    setProblem('');
    try {
      props.done(
        await api.post<Session>('/session', { username: username.trim(), password }),
        password,
      );
    } catch (error) {
      const wrong = error instanceof ApiError && error.status === 401 && !error.problem.title;
      setProblem(wrong ? text.wrong : words(error));
      setBusy(false);
    }
  };

  return (
    <form className="sign-in-form" onSubmit={(event) => void submit(event)} noValidate>
      <label htmlFor="username">{text.username}</label>
      <Input
        id="username"
        size="large"
        autoComplete="username"
        autoCapitalize="off"
        spellCheck={false}
        readOnly={props.username !== undefined}
        value={username}
        onChange={(event) => setUsername(event.target.value)}
      />
      <label htmlFor="password">{text.password}</label>
      <Input.Password
        id="password"
        size="large"
        autoComplete="current-password"
        value={password}
        onChange={(event) => setPassword(event.target.value)}
      />
      <p className="field-error" role="alert">
        {problem}
      </p>
      <Button type="primary" size="large" htmlType="submit" block loading={busy}>
        {text.submit}
      </Button>
    </form>
  );
}
