import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { Button } from 'antd';
import { lazy, type ReactNode, Suspense, useState } from 'react';
import { api } from '../../../../console/api.ts';
import { minute } from '../../../../console/format.ts';
import { useText } from '../../../../console/language.tsx';
import { usePage } from '../../../../console/page.ts';
import { Failed, Loading, Nothing } from '../../../../console/parts/Feedback.tsx';
import { Panel } from '../../../../console/parts/Panel.tsx';
import { say } from '../../../../console/parts/Toast.tsx';
import { useSession } from '../../../../console/session.tsx';
import type { Account, GivenPost } from '../../contract.ts';
import { AccountActs } from './AccountActs.tsx';
import { AccountMarks } from './AccountMarks.tsx';
import { SubjectPanel } from './SubjectPanel.tsx';
import './identity.css';

const NewPostDialog = lazy(() => import('./NewPostDialog.tsx'));
const EndPostDialog = lazy(() => import('./EndPostDialog.tsx'));

/** One account: its state, what may be done with it, and its posts, past and future ones too. */
export function AccountPage(): ReactNode {
  const text = useText();
  const { id = '' } = useParams({ strict: false });
  const client = useQueryClient();
  const { account: own } = useSession();
  const query = useQuery({
    queryKey: ['account', id],
    queryFn: ({ signal }) => api.get<Account>(`/accounts/${id}`, undefined, signal),
  });
  const account = query.data;
  usePage(account?.name ?? text.nav.accounts);
  const again = (said?: string): void => {
    void client.invalidateQueries({ queryKey: ['account', id] });
    void client.invalidateQueries({ queryKey: ['accounts'] });
    if (said) say(said);
  };
  if (query.error)
    return (
      <div className="page">
        <Failed error={query.error} retry={() => void query.refetch()} />
      </div>
    );
  if (!account) return <Loading rows={8} />;
  return (
    <div className="page">
      <header className="page-head row">
        <div>
          <p>
            <Link to="/accounts">{text.nav.accounts}</Link>
          </p>
          <h1>
            {account.name} <small>{account.username}</small>
          </h1>
          <AccountMarks account={account} />
        </div>
        {account.inCharge && <AccountActs account={account} again={again} />}
      </header>
      {account.demo && <p className="caution">{text.accounts.demoHelp}</p>}
      {!account.inCharge && (
        <p className="caution">
          {account.id === own.id ? text.accounts.notMine : text.accounts.notInCharge}
        </p>
      )}
      <Posts account={account} own={account.id === own.id} again={again} />
      <SubjectPanel account={account} again={again} />
      <p>
        <Link to="/access" search={{ account: id }}>
          {text.accounts.accessOf}
        </Link>
      </p>
      <p className="help">
        {text.accounts.created} {minute(account.createdAt).slice(0, 10)}
      </p>
    </div>
  );
}

function Posts(props: {
  account: Account;
  own: boolean;
  again: (said: string) => void;
}): ReactNode {
  const { accounts: text } = useText();
  const [giving, setGiving] = useState(false);
  const [ending, setEnding] = useState<GivenPost | null>(null);
  const { account, own, again } = props;
  return (
    <Panel
      title={text.posts}
      extra={
        !own && (
          <Button type="primary" onClick={() => setGiving(true)}>
            {text.addPost}
          </Button>
        )
      }
    >
      {account.posts.length === 0 && <Nothing>{text.noPosts}</Nothing>}
      {(['present', 'future', 'past'] as const).map((state) => (
        <PostGroup
          key={state}
          title={text.groups[state]}
          posts={account.posts.filter((post) => post.state === state)}
          end={own || state === 'past' ? undefined : setEnding}
        />
      ))}
      <Suspense>
        {giving && (
          <NewPostDialog
            account={account}
            close={() => setGiving(false)}
            done={() => again(text.postDone)}
          />
        )}
        {ending && (
          <EndPostDialog
            account={account}
            post={ending}
            close={() => setEnding(null)}
            done={() => again(text.endDone)}
          />
        )}
      </Suspense>
    </Panel>
  );
}

function PostGroup(props: {
  title: string;
  posts: GivenPost[];
  end: ((post: GivenPost) => void) | undefined;
}): ReactNode {
  const text = useText();
  const departments: Record<string, string> = text.departments;
  if (props.posts.length === 0) return null;
  return (
    <section className="post-group" aria-label={props.title}>
      <h3>{props.title}</h3>
      <ul>
        {props.posts.map((post) => (
          <li key={post.id} data-state={post.state}>
            <b>{text.roles[post.role]}</b>
            <span>
              {post.area.name} <small>{post.area.code}</small>
            </span>
            <span>{post.department && (departments[post.department] ?? post.department)}</span>
            <span className="figures-font">
              {post.from} – {post.until ?? text.accounts.open}
            </span>
            {props.end && (
              <button
                type="button"
                className="link"
                aria-label={text.accounts.endOf(`${text.roles[post.role]} · ${post.area.name}`)}
                onClick={() => props.end?.(post)}
              >
                {text.accounts.end}
              </button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
