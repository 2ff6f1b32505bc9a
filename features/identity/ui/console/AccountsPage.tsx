import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { lazy, type ReactNode, Suspense, useState } from 'react';
import { api } from '../../../../console/api.ts';
import { minute } from '../../../../console/format.ts';
import { useText } from '../../../../console/language.tsx';
import { usePage } from '../../../../console/page.ts';
import { type Column, DataTable } from '../../../../console/parts/DataTable.tsx';
import { Failed, Loading, Nothing, useProblemText } from '../../../../console/parts/Feedback.tsx';
import { say } from '../../../../console/parts/Toast.tsx';
import type { Account } from '../../contract.ts';
import './identity.css';

const NewAccountDialog = lazy(() => import('./NewAccountDialog.tsx'));
const NewPostDialog = lazy(() => import('./NewPostDialog.tsx'));
const EndPostDialog = lazy(() => import('./EndPostDialog.tsx'));
type Posted = Account['posts'][number];

interface Page {
  items: Account[];
  next: string | null;
}

/** Accounts and their posts, for the security administrator. */
export function AccountsPage(): ReactNode {
  const text = useText();
  const words = useProblemText();
  const client = useQueryClient();
  const [creating, setCreating] = useState(false);
  const [posting, setPosting] = useState<Account | null>(null);
  const [ending, setEnding] = useState<{ account: Account; post: Posted } | null>(null);
  usePage(text.nav.accounts);
  const query = useInfiniteQuery({
    queryKey: ['accounts'],
    queryFn: ({ pageParam, signal }) => api.get<Page>('/accounts', { cursor: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
  });
  const accounts = query.data?.pages.flatMap((page) => page.items) ?? [];
  const again = (said: string): void => {
    void client.invalidateQueries({ queryKey: ['accounts'] });
    say(said);
  };
  const setActive = (account: Account): void => {
    const active = !account.active;
    api
      .patch(`/accounts/${account.id}`, { active })
      .then(() =>
        again(
          active ? text.accounts.activated(account.name) : text.accounts.deactivated(account.name),
        ),
      )
      .catch((error) => say(words(error)));
  };

  const columns: Column<Account>[] = [
    {
      key: 'name',
      title: text.accounts.name,
      heading: true,
      cell: (account) => (
        <>
          <b>{account.name}</b> <small>{account.username}</small>
        </>
      ),
    },
    {
      key: 'state',
      title: text.accounts.state,
      cell: (account) => (
        <>
          {account.active ? (
            text.accounts.active
          ) : (
            <em className="stale-mark">{text.accounts.inactive}</em>
          )}
          {account.lockedUntil && (
            <small> {text.accounts.locked(minute(account.lockedUntil))}</small>
          )}
        </>
      ),
    },
    {
      key: 'posts',
      title: text.accounts.posts,
      cell: (account) => (
        <ul className="posts">
          {account.posts.map((post) => (
            <li key={post.id} data-ended={post.ended}>
              <span>
                {text.roles[post.role]} · {post.area.name}
              </span>
              <small>
                {post.from} – {post.until ?? text.accounts.open}
              </small>
              {post.ended ? (
                <small>{text.accounts.ended}</small>
              ) : (
                <button
                  type="button"
                  className="link quiet"
                  aria-label={text.accounts.endOf(`${text.roles[post.role]} · ${post.area.name}`)}
                  onClick={() => setEnding({ account, post })}
                >
                  {text.accounts.end}
                </button>
              )}
            </li>
          ))}
        </ul>
      ),
    },
    {
      key: 'created',
      title: text.accounts.created,
      cell: (account) => minute(account.createdAt).slice(0, 10),
    },
    {
      key: 'actions',
      title: text.members.actions,
      cell: (account) => (
        <span className="row-actions">
          <button type="button" className="link" onClick={() => setPosting(account)}>
            {text.accounts.addPost}
          </button>
          <button type="button" className="link quiet" onClick={() => setActive(account)}>
            {account.active ? text.accounts.deactivate : text.accounts.activate}
          </button>
        </span>
      ),
    },
  ];

  return (
    <div className="page">
      <header className="page-head row">
        <h1>{text.nav.accounts}</h1>
        <Button type="primary" onClick={() => setCreating(true)}>
          {text.accounts.create}
        </Button>
      </header>
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
      {query.data && accounts.length === 0 && <Nothing>{text.accounts.none}</Nothing>}
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
            done={() => again(text.accounts.createdDone)}
          />
        )}
        {posting && (
          <NewPostDialog
            account={posting}
            close={() => setPosting(null)}
            done={() => again(text.accounts.postDone)}
          />
        )}
        {ending && (
          <EndPostDialog
            {...ending}
            close={() => setEnding(null)}
            done={() => again(text.accounts.endDone)}
          />
        )}
      </Suspense>
    </div>
  );
}
