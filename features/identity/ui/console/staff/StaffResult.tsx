import { Link, useBlocker } from '@tanstack/react-router';
import { Button } from 'antd';
import { type ReactNode, useState } from 'react';
import { useText } from '../../../../../console/language.tsx';
import { DataTable } from '../../../../../console/parts/DataTable.tsx';
import { Panel } from '../../../../../console/parts/Panel.tsx';
import type { StaffDone } from '../../../staff/contract.ts';
import { type Holder, passwordSheet } from '../../../staff/rules/handout.ts';
import { handOut } from '../download.ts';

/** What was done, the phones of the list beside the passwords. */
export type Finished = Omit<StaffDone, 'made'> & { made: Holder[] };

/** What was done, and the one-time passwords, shown this once. */
export function StaffResult(props: { done: Finished; again: () => void }): ReactNode {
  const { staff: text, nav } = useText();
  const { made, posts, ended, left } = props.done;
  return (
    <>
      <Panel title={text.doneTitle}>
        <p role="status">{text.doneWords(made.length, posts, ended, left)}</p>
        <p className="buttons">
          <Button onClick={props.again}>{text.next}</Button>
          <Link to="/accounts">{nav.accounts}</Link>
        </p>
      </Panel>
      {made.length > 0 && <Passwords made={made} />}
    </>
  );
}

function Passwords({ made }: { made: Holder[] }): ReactNode {
  const text = useText();
  const [kept, setKept] = useState(false);
  useBlocker({
    shouldBlockFn: () => !window.confirm(text.staff.notKept),
    enableBeforeUnload: true,
    disabled: kept,
  });
  const heading = {
    name: text.accounts.name,
    username: text.accounts.username,
    password: text.accounts.oneTime,
    phone: text.staff.phone,
  };
  const download = (): void => {
    handOut(`${text.staff.passwordsName}.csv`, passwordSheet(heading, made));
    setKept(true);
  };
  return (
    <Panel
      title={text.staff.passwords(made.length)}
      extra={
        <Button type={kept ? 'default' : 'primary'} onClick={download}>
          {text.staff.download}
        </Button>
      }
    >
      <p className="caution">{text.staff.passwordsHelp}</p>
      <DataTable
        caption={text.accounts.oneTime}
        rows={made}
        rowKey={({ username }) => username}
        columns={[
          { key: 'name', title: heading.name, heading: true, cell: ({ name }) => name },
          { key: 'username', title: heading.username, cell: ({ username }) => username },
          {
            key: 'password',
            title: heading.password,
            cell: ({ password }) => <code>{password}</code>,
          },
          {
            key: 'phone',
            title: heading.phone,
            cell: ({ phone }) => <span className="figures-font">{phone}</span>,
          },
        ]}
      />
    </Panel>
  );
}
