import { Button, Input, Modal } from 'antd';
import { type ReactNode, useState } from 'react';
import { api } from '../../../../console/api.ts';
import { useText } from '../../../../console/language.tsx';
import { useProblemText } from '../../../../console/parts/Feedback.tsx';
import { say } from '../../../../console/parts/Toast.tsx';
import type { Account, OneTimePassword as Given } from '../../contract.ts';
import { FormDialog } from './FormDialog.tsx';
import { OneTimePassword } from './OneTimePassword.tsx';

type Asked = 'reset' | 'factor' | 'withdraw' | 'rename';

/** What the security administrator may do with an account; what cannot be taken back is asked first. */
export function AccountActs(props: {
  account: Account;
  again: (said?: string) => void;
}): ReactNode {
  const { accounts: text } = useText();
  const words = useProblemText();
  const [asked, setAsked] = useState<Asked | null>(null);
  const [password, setPassword] = useState<string | null>(null);
  const { account, again } = props;
  const path = `/accounts/${account.id}`;
  const close = (): void => setAsked(null);
  const at = (act: Promise<unknown>, said: string): void => {
    act.then(() => again(said)).catch((error) => say(words(error)));
  };
  return (
    <div className="buttons">
      {account.lockedUntil && (
        <Button onClick={() => at(api.post(`${path}/unlock`, undefined), text.unlocked)}>
          {text.unlock}
        </Button>
      )}
      {!account.demo && <Button onClick={() => setAsked('reset')}>{text.reset}</Button>}
      {account.secondFactorSince && (
        <Button onClick={() => setAsked('factor')}>{text.resetFactor}</Button>
      )}
      <Button onClick={() => setAsked('rename')}>{text.rename}</Button>
      {account.active ? (
        <Button danger onClick={() => setAsked('withdraw')}>
          {text.deactivate}
        </Button>
      ) : (
        <Button onClick={() => at(api.patch(path, { active: true }), text.activated(account.name))}>
          {text.activate}
        </Button>
      )}
      {asked === 'reset' && (
        <FormDialog
          title={text.resetTitle(account.name)}
          help={text.resetHelp}
          ok={text.reset}
          close={close}
          done={again}
          save={async () =>
            setPassword((await api.post<Given>(`${path}/password`, undefined)).password)
          }
        />
      )}
      {asked === 'factor' && (
        <FormDialog
          title={text.resetFactorTitle(account.name)}
          help={text.resetFactorHelp}
          ok={text.resetFactor}
          close={close}
          done={() => again(text.resetFactorDone)}
          save={() => api.delete(`${path}/second-factor`)}
        />
      )}
      {asked === 'withdraw' && (
        <FormDialog
          title={text.deactivateTitle(account.name)}
          help={text.deactivateHelp}
          ok={text.deactivate}
          close={close}
          done={() => again(text.deactivated(account.name))}
          save={() => api.patch(path, { active: false })}
        />
      )}
      {asked === 'rename' && <Rename account={account} close={close} again={again} />}
      {password !== null && (
        <Modal
          open
          title={text.oneTime}
          footer={null}
          closable={false}
          mask={{ closable: false }}
          keyboard={false}
          width={420}
        >
          <OneTimePassword
            username={account.username}
            password={password}
            done={() => setPassword(null)}
          />
        </Modal>
      )}
    </div>
  );
}

function Rename(props: {
  account: Account;
  close: () => void;
  again: (said: string) => void;
}): ReactNode {
  const { accounts: text } = useText();
  const [name, setName] = useState(props.account.name);
  return (
    <FormDialog
      title={text.rename}
      close={props.close}
      done={() => props.again(text.renamed)}
      save={() => api.patch(`/accounts/${props.account.id}`, { name: name.trim() })}
    >
      {(errorOf) => (
        <div>
          <label htmlFor="rename">{text.name}</label>
          <Input
            id="rename"
            maxLength={60}
            value={name}
            onChange={({ target }) => setName(target.value)}
          />
          {errorOf('name')}
        </div>
      )}
    </FormDialog>
  );
}
