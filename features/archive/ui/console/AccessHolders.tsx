import type { ReactNode } from 'react';
import { useText } from '../../../../console/language.tsx';
import { type Column, DataTable } from '../../../../console/parts/DataTable.tsx';
import { Nothing } from '../../../../console/parts/Feedback.tsx';
import type { AccessToRecord, Reach } from '../../access/contract.ts';
import { Where } from './AccessReasons.tsx';

type Holder = AccessToRecord['holders'][number];

/** Which accounts see the file: how many by group of items, and by name. */
export function AccessHolders(props: {
  found: AccessToRecord;
  ask: (account: string) => void;
}): ReactNode {
  const text = useText();
  const { record, counts, holders } = props.found;
  const columns = useColumns(props.ask);
  return (
    <div className="stack">
      <Where record={record} />
      <table className="plain-table access-counts">
        <caption className="unseen">{text.access.counts}</caption>
        <thead>
          <tr>
            <th scope="col">{text.access.group}</th>
            <th scope="col">{text.access.openCount}</th>
            <th scope="col">{text.access.purposeCount}</th>
          </tr>
        </thead>
        <tbody>
          {counts.map(({ group, open, purpose }) => (
            <tr key={group}>
              <th scope="row">{text.access.groups[group]}</th>
              <td>{text.access.people(open)}</td>
              <td>{text.access.people(purpose)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {holders.length === 0 && <Nothing>{text.access.nobody}</Nothing>}
      {holders.length > 0 && (
        <DataTable
          caption={text.access.holders}
          columns={columns}
          rows={holders}
          rowKey={(holder) => `${holder.account.id} ${holder.role} ${holder.area.code}`}
        />
      )}
    </div>
  );
}

function useColumns(ask: (account: string) => void): Column<Holder>[] {
  const text = useText();
  const departments: Record<string, string> = text.departments;
  const named = (holder: Holder, reach: Reach): string =>
    holder.groups
      .filter((one) => one.reach === reach)
      .map(({ group }) => text.access.groups[group])
      .join(text.file.comma);
  return [
    {
      key: 'name',
      title: text.accounts.name,
      heading: true,
      cell: ({ account }) => (
        <>
          {account.name} <small>{account.username}</small>
        </>
      ),
    },
    {
      key: 'post',
      title: text.access.post,
      cell: ({ role, department, area }) =>
        [text.roles[role], department && (departments[department] ?? department), area.name]
          .filter(Boolean)
          .join(' · '),
    },
    {
      key: 'open',
      title: text.access.reach.open,
      cell: (holder) => named(holder, 'open'),
    },
    {
      key: 'purpose',
      title: text.access.reach.purpose,
      cell: (holder) => named(holder, 'purpose'),
    },
    {
      key: 'why',
      title: text.members.actions,
      cell: ({ account }) => (
        <button
          type="button"
          className="link"
          aria-label={text.access.whyOf(account.name)}
          onClick={() => ask(account.id)}
        >
          {text.access.whyShort}
        </button>
      ),
    },
  ];
}
