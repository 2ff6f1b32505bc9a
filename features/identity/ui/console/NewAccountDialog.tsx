import { useQueryClient } from '@tanstack/react-query';
import { Input, Modal } from 'antd';
import { type ReactNode, useState } from 'react';
import { api } from '../../../../console/api.ts';
import { useText } from '../../../../console/language.tsx';
import type { MadeAccount } from '../../contract.ts';
import { FormDialog } from './FormDialog.tsx';
import { OneTimePassword } from './OneTimePassword.tsx';

/** A new account, without a post yet; then its one-time password, and on to its page. */
export default function NewAccountDialog(props: {
  close: () => void;
  made: (id: string) => void;
}): ReactNode {
  const { accounts: text } = useText();
  const client = useQueryClient();
  const [username, setUsername] = useState('');
  const [name, setName] = useState('');
  const [made, setMade] = useState<MadeAccount | null>(null);
  if (made?.password)
    return (
      <Modal
        open
        title={text.createdDone}
        footer={null}
        closable={false}
        mask={{ closable: false }}
        keyboard={false}
        width={420}
      >
        <OneTimePassword
          username={username.trim()}
          password={made.password}
          done={() => props.made(made.id)}
        />
      </Modal>
    );
  return (
    <FormDialog
      title={text.create}
      help={text.createHelp}
      close={props.close}
      stay
      save={async () => {
        const body = { username: username.trim(), name: name.trim() };
        setMade(await api.post<MadeAccount>('/accounts', body));
      }}
      done={() => void client.invalidateQueries({ queryKey: ['accounts'] })}
    >
      {(errorOf) => (
        <>
          <div>
            <label htmlFor="new-name">{text.name}</label>
            <Input
              id="new-name"
              autoComplete="off"
              maxLength={60}
              value={name}
              onChange={({ target }) => setName(target.value)}
            />
            {errorOf('name')}
          </div>
          <div>
            <label htmlFor="new-username">{text.username}</label>
            <Input
              id="new-username"
              autoComplete="off"
              autoCapitalize="off"
              maxLength={32}
              value={username}
              onChange={({ target }) => setUsername(target.value.toLowerCase())}
            />
            <p className="help">{text.usernameHelp}</p>
            {errorOf('username')}
          </div>
        </>
      )}
    </FormDialog>
  );
}
