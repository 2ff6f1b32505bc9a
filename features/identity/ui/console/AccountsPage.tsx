import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Button } from 'antd';
import { lazy, type ReactNode, Suspense, useState } from 'react';
import { api } from '../../../../console/api.ts';
import { useText } from '../../../../console/language.tsx';
import { usePage } from '../../../../console/page.ts';
import { type Column, DataTable } from '../../../../console/parts/DataTable.tsx';
import { Failed, Loading, Nothing } from '../../../../console/parts/Feedback.tsx';
import { TakeOut } from '../../../../console/parts/TakeOut.tsx';
import type { Account } from '../../contract.ts';
import { AccountFilterBar } from './AccountFilterBar.tsx';
import { AccountMarks } from './AccountMarks.tsx';
import { type AccountFilters, queryOf } from './accountFilters.ts';
import './identity.css';

const NewAccountDialog = lazy(() => import('./NewAccountDialog.tsx'));

interface Page {
  items: Account[];
  next: string | null;
  total: number | null;
}

/** Accounts and their posts, for the security administrator. */
export function AccountsPage(): ReactNode {
  const text = useText();
  const filters = useSearch({ strict: false }) as AccountFilters;
  const navigate = useNavigate();
  const [creating, setCreating] = useState(false);
  usePage(text.nav.accounts);
  const query = useInfiniteQuery({
    queryKey: ['accounts', filters],
    queryFn: ({ pageParam, signal }) =>
      api.get<Page>('/accounts', { ...queryOf(filters), cursor: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
  });
  const accounts = query.data?.pages.flatMap((page) => page.items) ?? [];
  const total = query.data?.pages[0]?.total;
  const columns = useColumns();
  const narrowed = Object.values(filters).some((value) => value !== undefined);
  return (
    <div className="page">
      <header className="page-head row">
        <h1>{text.nav.accounts}</h1>
        <div className="buttons">
          <TakeOut list="accounts" path="/accounts/export" filter={queryOf(filters)} />
          <Button onClick={() => void navigate({ to: '/accounts/import' })}>
            {text.staff.open}
          </Button>
          <Button type="primary" onClick={() => setCreating(true)}>
            {text.accounts.create}
          </Button>
        </div>
      </header>
      <AccountFilterBar
        filters={filters}
        set={(change) => void navigate({ to: '/accounts', search: { ...filters, ...change } })}
        clear={() => void navigate({ to: '/accounts', search: {} })}
      />
      <p className="list-count" role="status">
        {typeof total === 'number' && text.list.total(String(accounts.length), String(total))}
      </p>
      {query.isPending && <Loading rows={8} />}
      {query.error && <Failed error={query.error} retry={() => void query.refetch()} />}
      {accounts.length > 0 && (
        <DataTable
          caption={text.nav.accounts}
          columns={columns}
          rows={accounts}
          rowKey={(account) => account.id}
        />
      )}
      {query.data && accounts.length === 0 && (
        <Nothing>{narrowed ? text.list.noneFiltered : text.accounts.none}</Nothing>
      )}
      {query.hasNextPage && (
        <div className="more">
          <Button loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            {text.list.more}
          </Button>
        </div>
      )}
      <Suspense>
        {creating && (
          <NewAccountDialog
            close={() => setCreating(false)}
            made={(id) => void navigate({ to: '/accounts/$id', params: { id } })}
          />
        )}
      </Suspense>
    </div>
  );
}

function useColumns(): Column<Account>[] {
  const text = useText();
  return [
    {
      key: 'name',
      title: text.accounts.name,
      heading: true,
      cell: (account) => (
        <>
          <Link to="/accounts/$id" params={{ id: account.id }}>
            {account.name}
          </Link>
          <small>{account.username}</small>
        </>
      ),
    },
    {
      key: 'posts',
      title: text.accounts.posts,
      cell: (account) => {
        const current = account.posts.filter(({ state }) => state !== 'past');
        if (current.length === 0) return <span className="help">{text.accounts.noPostsShort}</span>;
        return (
          <ul className="posts">
            {current.map((post) => (
              <li key={post.id}>
                {text.roles[post.role]} · {post.area.name}
                {post.state === 'future' && (
                  <small className="tag">{text.accounts.groups.future}</small>
                )}
              </li>
            ))}
          </ul>
        );
      },
    },
    {
      key: 'state',
      title: text.accounts.state,
      cell: (account) => <AccountMarks account={account} />,
    },
    {
      key: 'created',
      title: text.accounts.created,
      cell: (account) => <span className="figures-font">{account.createdAt.slice(0, 10)}</span>,
    },
  ];
}
