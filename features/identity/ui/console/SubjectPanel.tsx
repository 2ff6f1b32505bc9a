import { useQuery } from '@tanstack/react-query';
import { Button, Input } from 'antd';
import { type ReactNode, useState } from 'react';
import { api } from '../../../../console/api.ts';
import { minute } from '../../../../console/format.ts';
import { useText } from '../../../../console/language.tsx';
import { Nothing } from '../../../../console/parts/Feedback.tsx';
import { Panel } from '../../../../console/parts/Panel.tsx';
import type { Account } from '../../contract.ts';
import { aboutQuery } from './about.ts';
import { FormDialog } from './FormDialog.tsx';

/** Who at the provider of single sign-on opens the account; nothing where there is neither provider nor binding. */
export function SubjectPanel(props: {
  account: Account;
  again: (said: string) => void;
}): ReactNode {
  const { accounts: text } = useText();
  const [asked, setAsked] = useState(false);
  const { account } = props;
  const about = useQuery(aboutQuery);
  const bound = account.singleSignOn;
  if (!bound && !about.data?.singleSignOn) return null;
  return (
    <Panel
      title={text.subject}
      extra={
        bound && account.inCharge && <Button onClick={() => setAsked(true)}>{text.release}</Button>
      }
    >
      {bound ? (
        <>
          <dl className="subject">
            <dt>{text.subjectId}</dt>
            <dd>
              <code>{bound.subject}</code>
            </dd>
            <dt>{text.issuer}</dt>
            <dd>
              <code>{bound.issuer}</code>
            </dd>
            <dt>{text.subjectSince}</dt>
            <dd className="figures-font">{minute(bound.since)}</dd>
          </dl>
          <p className="help">{text.subjectHelp}</p>
        </>
      ) : (
        <Nothing>{text.subjectNone}</Nothing>
      )}
      {asked && <Release account={account} close={() => setAsked(false)} again={props.again} />}
    </Panel>
  );
}

function Release(props: {
  account: Account;
  close: () => void;
  again: (said: string) => void;
}): ReactNode {
  const { accounts: text } = useText();
  const [reason, setReason] = useState('');
  const { account } = props;
  return (
    <FormDialog
      title={text.releaseTitle(account.name)}
      help={text.releaseHelp}
      ok={text.release}
      close={props.close}
      done={() => props.again(text.released)}
      save={() => api.post(`/accounts/${account.id}/single-sign-on/release`, { reason })}
    >
      {(errorOf) => (
        <div>
          <label htmlFor="release-reason">{text.releaseReason}</label>
          <Input
            id="release-reason"
            maxLength={200}
            autoComplete="off"
            value={reason}
            onChange={({ target }) => setReason(target.value)}
          />
          {errorOf('reason')}
        </div>
      )}
    </FormDialog>
  );
}
