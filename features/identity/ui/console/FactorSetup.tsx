import { useQuery } from '@tanstack/react-query';
import { Button, Input } from 'antd';
import { type FormEvent, type ReactNode, useState } from 'react';
import { api } from '../../../../console/api.ts';
import { useText } from '../../../../console/language.tsx';
import { Failed, Loading, useProblemText } from '../../../../console/parts/Feedback.tsx';
import type { Session } from '../../../../console/session.tsx';
import type { NewSecret } from '../../contract.ts';
import { QrCode } from './QrCode.tsx';
import { RecoveryCodes } from './RecoveryCodes.tsx';

interface Confirmed {
  session: Session;
  recoveryCodes: string[];
}

/**
 * Sets the second factor up: scan, type the first code, save the recovery codes. `secret` is the new one where it
 * was made already; `confirmed` hears of the session once the code was right.
 */
export function FactorSetup(props: {
  secret?: NewSecret;
  confirmed: (session: Session) => void;
  done: () => void;
}): ReactNode {
  const [codes, setCodes] = useState<string[] | null>(null);
  const made = useQuery({
    queryKey: ['new-secret'],
    queryFn: () => api.post<NewSecret>('/session/second-factor', {}),
    enabled: props.secret === undefined,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    retry: false,
  });
  const secret = props.secret ?? made.data;
  if (codes) return <RecoveryCodes codes={codes} done={props.done} />;
  if (made.error) return <Failed error={made.error} />;
  if (!secret) return <Loading rows={6} />;
  return (
    <Scan
      {...secret}
      confirmed={({ session, recoveryCodes }) => {
        setCodes(recoveryCodes);
        props.confirmed(session);
      }}
    />
  );
}

function Scan(props: NewSecret & { confirmed: (answer: Confirmed) => void }): ReactNode {
  const { factor: text, steps } = useText();
  const words = useProblemText();
  const [code, setCode] = useState('');
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (code.trim() === '') return setProblem(steps.codeNeeded);
    setBusy(true);
    setProblem('');
    try {
      props.confirmed(await api.put<Confirmed>('/session/second-factor', { code }));
    } catch (error) {
      setProblem(words(error));
      setBusy(false);
    }
  };

  return (
    <form className="factor-setup" onSubmit={(event) => void submit(event)} noValidate>
      <h3>{text.scan}</h3>
      <p className="help">{text.apps}</p>
      <QrCode text={props.uri} label={text.qr} />
      <details>
        <summary>{text.byHand}</summary>
        <code>{props.secret.match(/.{1,4}/g)?.join(' ')}</code>
      </details>
      <label htmlFor="first-code">{text.type}</label>
      <Input
        id="first-code"
        className="code-input"
        size="large"
        inputMode="numeric"
        autoComplete="one-time-code"
        maxLength={8}
        value={code}
        onChange={({ target }) => setCode(target.value)}
      />
      <p className="field-error" role="alert">
        {problem}
      </p>
      <Button type="primary" size="large" htmlType="submit" block loading={busy}>
        {steps.confirm}
      </Button>
    </form>
  );
}
