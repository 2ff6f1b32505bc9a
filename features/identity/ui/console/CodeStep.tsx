import { Button, Input } from 'antd';
import { type FormEvent, type ReactNode, useState } from 'react';
import { api } from '../../../../console/api.ts';
import { useText } from '../../../../console/language.tsx';
import { useProblemText } from '../../../../console/parts/Feedback.tsx';
import type { Session } from '../../../../console/session.tsx';

/** The second step of signing in: six digits, or a recovery code. */
export function CodeStep({ goOn }: { goOn: (session: Session) => void }): ReactNode {
  const { steps: text } = useText();
  const words = useProblemText();
  const [recovery, setRecovery] = useState(false);
  const [code, setCode] = useState('');
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (code.trim() === '') return setProblem(recovery ? text.recoveryNeeded : text.codeNeeded);
    setBusy(true);
    setProblem('');
    try {
      goOn(await api.post<Session>('/session/second-factor/pass', { code }));
    } catch (error) {
      setProblem(words(error));
      setCode('');
      setBusy(false);
    }
  };
  const change = (): void => {
    setRecovery(!recovery);
    setCode('');
    setProblem('');
  };

  return (
    <form className="sign-in-form" onSubmit={(event) => void submit(event)} noValidate>
      <h2>{text.codeTitle}</h2>
      <p className="help" id="code-help">
        {recovery ? text.recoveryHelp : text.codeHelp}
      </p>
      <label htmlFor="code">{recovery ? text.recovery : text.code}</label>
      <Input
        id="code"
        key={String(recovery)}
        size="large"
        autoFocus
        className="code-input"
        inputMode={recovery ? 'text' : 'numeric'}
        autoComplete="one-time-code"
        autoCapitalize="characters"
        spellCheck={false}
        maxLength={recovery ? 20 : 8}
        aria-describedby="code-help"
        value={code}
        onChange={({ target }) => setCode(target.value)}
      />
      <p className="field-error" role="alert">
        {problem}
      </p>
      <Button type="primary" size="large" htmlType="submit" block loading={busy}>
        {text.confirm}
      </Button>
      <Button type="link" onClick={change}>
        {recovery ? text.useCode : text.useRecovery}
      </Button>
    </form>
  );
}
