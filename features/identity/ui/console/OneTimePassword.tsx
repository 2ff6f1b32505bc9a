import { Button } from 'antd';
import type { ReactNode } from 'react';
import { useText } from '../../../../console/language.tsx';
import { say } from '../../../../console/parts/Toast.tsx';

/** A one-time password, shown once: to be told in person. */
export function OneTimePassword(props: {
  username: string;
  password: string;
  done: () => void;
}): ReactNode {
  const { accounts: text } = useText();
  const copy = (): void => {
    void navigator.clipboard?.writeText(props.password).then(() => say(text.copied));
  };
  return (
    <div className="stack">
      <dl className="one-time">
        <dt>{text.username}</dt>
        <dd>
          <code>{props.username}</code>
        </dd>
        <dt>{text.oneTime}</dt>
        <dd>
          <code>{props.password}</code>
        </dd>
      </dl>
      <p className="help">{text.oneTimeHelp}</p>
      <p className="buttons">
        <Button onClick={copy}>{text.copy}</Button>
        <Button type="primary" onClick={props.done}>
          {text.known}
        </Button>
      </p>
    </div>
  );
}
