import { Button, Modal } from 'antd';
import type { ReactNode } from 'react';
import { useText } from '../../../../../console/language.tsx';
import { say } from '../../../../../console/parts/Toast.tsx';

/** A secret, shown once: it closes by the button alone, when it was handed over. */
export function SecretShown(props: {
  title: string;
  id: string;
  secret: string;
  done: () => void;
}): ReactNode {
  const { systems: text } = useText();
  const copy = (words: string): void => {
    void navigator.clipboard?.writeText(words).then(() => say(text.copied));
  };
  return (
    <Modal
      open
      title={props.title}
      footer={null}
      closable={false}
      mask={{ closable: false }}
      keyboard={false}
      width={520}
    >
      <div className="stack">
        <dl className="secret">
          <dt>{text.id}</dt>
          <dd>
            <code>{props.id}</code>
          </dd>
          <dt>{text.secret}</dt>
          <dd>
            <code>{props.secret}</code>
          </dd>
        </dl>
        <p className="help">{text.secretHelp}</p>
        <p className="buttons">
          <Button onClick={() => copy(`${props.id}\n${props.secret}`)}>{text.copy}</Button>
          <Button type="primary" onClick={props.done}>
            {text.known}
          </Button>
        </p>
      </div>
    </Modal>
  );
}
