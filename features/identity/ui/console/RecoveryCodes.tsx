import { Button } from 'antd';
import type { ReactNode } from 'react';
import { useText } from '../../../../console/language.tsx';
import { handOut } from './download.ts';

/** Ten codes for the day the phone is lost, shown this once. */
export function RecoveryCodes(props: { codes: readonly string[]; done: () => void }): ReactNode {
  const { factor: text } = useText();
  return (
    <div className="recovery-codes">
      <h3>{text.codesTitle}</h3>
      <p className="help">{text.codesHelp}</p>
      <ol>
        {props.codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ol>
      <p className="buttons">
        <Button onClick={() => handOut(`${text.fileName}.txt`, `${props.codes.join('\r\n')}\r\n`)}>
          {text.download}
        </Button>
        <Button onClick={() => window.print()}>{text.print}</Button>
        <Button type="primary" onClick={props.done}>
          {text.saved}
        </Button>
      </p>
    </div>
  );
}
