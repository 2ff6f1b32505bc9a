import { Input } from 'antd';
import { type ReactNode, useState } from 'react';
import { api } from '../../../../console/api.ts';
import { useText } from '../../../../console/language.tsx';
import { FormDialog } from './FormDialog.tsx';

/** A new account, without a post yet. */
export default function NewAccountDialog(props: {
  close: () => void;
  done: () => void;
}): ReactNode {
  const { accounts: text } = useText();
  const [username, setUsername] = useState('');
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  return (
    <FormDialog
      {...props}
      title={text.create}
      help={text.createHelp}
      save={() => api.post('/accounts', { username: username.trim(), name: name.trim(), password })}
    >
      {(errorOf) => (
        <>
          <div>
            <label htmlFor="account-name">{text.name}</label>
            <Input
              id="account-name"
              autoComplete="off"
              maxLength={60}
              value={name}
              onChange={({ target }) => setName(target.value)}
            />
            {errorOf('name')}
          </div>
          <div>
            <label htmlFor="account-username">{text.username}</label>
            <Input
              id="account-username"
              autoComplete="off"
              autoCapitalize="off"
              maxLength={32}
              value={username}
              onChange={({ target }) => setUsername(target.value.toLowerCase())}
            />
            <p className="help">{text.usernameHelp}</p>
            {errorOf('username')}
          </div>
          <div>
            <label htmlFor="account-password">{text.password}</label>
            <Input.Password
              id="account-password"
              autoComplete="new-password"
              value={password}
              onChange={({ target }) => setPassword(target.value)}
            />
            <p className="help">{text.passwordHelp}</p>
            {errorOf('password')}
          </div>
        </>
      )}
    </FormDialog>
  );
}
