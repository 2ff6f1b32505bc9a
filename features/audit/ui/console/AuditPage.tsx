import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Button, Select } from 'antd';
import type { ReactNode } from 'react';
import type { Static } from 'typebox';
import { api } from '../../../../console/api.ts';
import { useDictionary } from '../../../../console/dictionary.tsx';
import { minute } from '../../../../console/format.ts';
import { useText } from '../../../../console/language.tsx';
import { usePage } from '../../../../console/page.ts';
import { type Column, DataTable } from '../../../../console/parts/DataTable.tsx';
import { Failed, Loading, Nothing } from '../../../../console/parts/Feedback.tsx';
import type { AuditEntry, AuditPage as Schema } from '../../contract.ts';

interface Filters {
  action?: string;
  account?: string;
  subject?: string;
}

/** What was seen and done, newest first; an account or a subject narrows it. */
export function AuditPage(): ReactNode {
  const text = useText();
  const filters = useSearch({ strict: false }) as Filters;
  const navigate = useNavigate();
  usePage(text.nav.audit);
  const set = (change: Filters): void =>
    void navigate({ to: '/audit', search: { ...filters, ...change } });
  const query = useInfiniteQuery({
    queryKey: ['audit', filters],
    queryFn: ({ pageParam, signal }) =>
      api.get<Static<typeof Schema>>(
        '/audit',
        { ...filters, cursor: pageParam, limit: 50 },
        signal,
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
  });
  const entries = query.data?.pages.flatMap((page) => page.items) ?? [];
  const columns = useColumns(set);
  return (
    <div className="page">
      <header className="page-head">
        <h1>{text.nav.audit}</h1>
        <p>{text.audit.help}</p>
      </header>
      <search className="filters" data-open="true" aria-label={text.list.filterLabel}>
        <div className="filter">
          <label htmlFor="audit-action">{text.audit.action}</label>
          <Select
            id="audit-action"
            allowClear
            showSearch={{ optionFilterProp: 'label' }}
            placeholder={text.list.any}
            value={filters.action}
            onChange={(action?: string) => set({ action })}
            options={Object.entries(text.audit.actions).map(([value, label]) => ({ value, label }))}
          />
        </div>
        {(filters.account || filters.subject) && (
          <Button onClick={() => set({ account: undefined, subject: undefined })}>
            {text.list.clear}
          </Button>
        )}
      </search>
      {query.isPending && <Loading rows={10} />}
      {query.error && <Failed error={query.error} retry={() => void query.refetch()} />}
      {entries.length > 0 && (
        <DataTable
          caption={text.nav.audit}
          columns={columns}
          rows={entries}
          rowKey={(entry) => entry.id}
        />
      )}
      {query.data && entries.length === 0 && <Nothing>{text.audit.none}</Nothing>}
      {query.hasNextPage && (
        <div className="more">
          <Button loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            {text.list.more}
          </Button>
        </div>
      )}
    </div>
  );
}

function useColumns(set: (change: Filters) => void): Column<AuditEntry>[] {
  const text = useText();
  const dictionary = useDictionary();
  const actions: Record<string, string> = text.audit.actions;
  const roles: Record<string, string> = text.roles;
  const names: Record<string, string> = text.categories;
  return [
    {
      key: 'at',
      title: text.audit.at,
      heading: true,
      cell: (entry) => <span className="figures-font">{minute(entry.at)}</span>,
    },
    {
      key: 'account',
      title: text.audit.account,
      cell: (entry) =>
        entry.account && (
          <button
            type="button"
            className="link"
            onClick={() => set({ account: entry.account?.id })}
          >
            {entry.account.name} <small>{entry.account.username}</small>
          </button>
        ),
    },
    {
      key: 'role',
      title: text.audit.role,
      cell: (entry) => entry.role && (roles[entry.role] ?? entry.role),
    },
    {
      key: 'action',
      title: text.audit.action,
      cell: (entry) => actions[entry.action] ?? entry.action,
    },
    {
      key: 'subject',
      title: text.audit.subject,
      cell: (entry) =>
        entry.subject && (
          <button
            type="button"
            className="link"
            title={entry.subject}
            onClick={() => set({ subject: entry.subject ?? undefined })}
          >
            {entry.category && (names[entry.category] ?? entry.category)}{' '}
            <small className="figures-font">…{entry.subject.slice(-8)}</small>
          </button>
        ),
    },
    {
      key: 'item',
      title: text.audit.item,
      cell: (entry) => entry.item && entry.category && dictionary.item(entry.category, entry.item),
    },
    {
      key: 'purpose',
      title: text.audit.purpose,
      cell: (entry) => entry.purpose && dictionary.purpose(entry.purpose),
    },
    { key: 'area', title: text.area.label, cell: (entry) => entry.area?.name },
  ];
}
