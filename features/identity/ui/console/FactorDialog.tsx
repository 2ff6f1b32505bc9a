import { Button, Input, Modal } from 'antd';
import { type FormEvent, type ReactNode, useState } from 'react';
import { api } from '../../../../console/api.ts';
import { useText } from '../../../../console/language.tsx';
import { useProblemText } from '../../../../console/parts/Feedback.tsx';
import { say } from '../../../../console/parts/Toast.tsx';
import { useSession } from '../../../../console/session.tsx';
import type { NewSecret } from '../../contract.ts';
import { FactorSetup } from './FactorSetup.tsx';
import { RecoveryCodes } from './RecoveryCodes.tsx';

/** What can be done with one's own second factor. */
export type FactorAct = 'set' | 'replace' | 'renew' | 'remove';

interface Proof {
  password?: string;
  code?: string;
}

/** First who is there, then the act on the second factor. */
export default function FactorDialog(props: {
  act: FactorAct;
  /** Whether there is a second factor already, so that its code is asked for. */
  coded: boolean;
  close: () => void;
}): ReactNode {
  const { factor: text } = useText();
  const [secret, setSecret] = useState<NewSecret | null>(null);
  const [codes, setCodes] = useState<string[] | null>(null);
  const { act, close } = props;

  /** What needs no further page is done with the proof itself. */
  const proven = async (given: Proof): Promise<void> => {
    if (act === 'remove') {
      await api.delete('/session/second-factor', given);
      say(text.removed);
      close();
    } else if (act === 'renew') {
      const path = '/session/second-factor/recovery-codes';
      setCodes((await api.post<{ recoveryCodes: string[] }>(path, given)).recoveryCodes);
    } else {
      setSecret(await api.post<NewSecret>('/session/second-factor', given));
    }
  };

  return (
    <Modal
      open
      title={`${text.title} · ${text[act]}`}
      footer={null}
      mask={{ closable: false }}
      onCancel={close}
      width={440}
      className="factor-dialog"
    >
      {!secret && !codes && <Prove coded={props.coded} proven={proven} />}
      {secret && <FactorSetup secret={secret} confirmed={() => {}} done={close} />}
      {codes && <RecoveryCodes codes={codes} done={close} />}
    </Modal>
  );
}

function Prove(props: { coded: boolean; proven: (proof: Proof) => Promise<void> }): ReactNode {
  const { factor: text, signIn } = useText();
  const words = useProblemText();
  const { method } = useSession();
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);
  const byPassword = method === 'password';

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setProblem('');
    try {
      await props.proven({
        ...(byPassword ? { password } : {}),
        ...(props.coded ? { code } : {}),
      });
    } catch (error) {
      setProblem(words(error));
      setBusy(false);
    }
  };

  return (
    <form className="stack" onSubmit={(event) => void submit(event)} noValidate>
      <p className="help">{text.prove}</p>
      {byPassword && (
        <div>
          <label htmlFor="prove-password">{signIn.password}</label>
          <Input.Password
            id="prove-password"
            autoComplete="current-password"
            value={password}
            onChange={({ target }) => setPassword(target.value)}
          />
        </div>
      )}
      {props.coded && (
        <div>
          <label htmlFor="prove-code">{text.proveCode}</label>
          <Input
            id="prove-code"
            autoComplete="one-time-code"
            maxLength={20}
            value={code}
            onChange={({ target }) => setCode(target.value)}
          />
        </div>
      )}
      <p className="field-error" role="alert">
        {problem}
      </p>
      <Button
        type="primary"
        htmlType="submit"
        block
        loading={busy}
        disabled={(byPassword && !password) || (props.coded && !code)}
      >
        {text.go}
      </Button>
    </form>
  );
}
