import { Button } from 'antd';
import type { ReactNode } from 'react';
import { useText } from '../../../../console/language.tsx';
import { Nothing } from '../../../../console/parts/Feedback.tsx';
import { Panel } from '../../../../console/parts/Panel.tsx';
import type { AccessOfAccount, GroupReach, Reach } from '../../access/contract.ts';

type ExplainedPost = AccessOfAccount['posts'][number];

/** Why one account sees the file, or does not: by post, by group of items. */
export function Explained(props: { explained: AccessOfAccount; close: () => void }): ReactNode {
  const text = useText();
  const { account, posts, overall } = props.explained;
  return (
    <Panel
      title={text.access.reasonsOf(`${account.name} ${account.username}`)}
      extra={<Button onClick={props.close}>{text.app.close}</Button>}
    >
      <Where record={props.explained.record} />
      {!account.active && <p className="caution">{text.access.withdrawn}</p>}
      {posts.length === 0 && <Nothing>{text.access.noPost}</Nothing>}
      {posts.length > 1 && account.active && (
        <section aria-label={text.access.overall}>
          <h3>{text.access.overall}</h3>
          <ul className="reaches">
            {overall.map(({ group, reach }) => (
              <li key={group}>
                <span>{text.access.groups[group]}</span>
                <ReachMark reach={reach} />
              </li>
            ))}
          </ul>
        </section>
      )}
      {posts.map((explained) => (
        <OnePost key={explained.post.id} explained={explained} />
      ))}
    </Panel>
  );
}

/** Where the file lies: all that is shown of it. */
export function Where({ record }: { record: AccessOfAccount['record'] }): ReactNode {
  const text = useText();
  return (
    <p className="help">
      {text.access.where(
        text.categories[record.category],
        `${record.area.name} ${record.area.code}`,
      )}
    </p>
  );
}

function OnePost({ explained }: { explained: ExplainedPost }): ReactNode {
  const text = useText();
  const departments: Record<string, string> = text.departments;
  const { post, inside, groups } = explained;
  const title = [
    text.roles[post.role],
    post.department && (departments[post.department] ?? post.department),
    post.area.name,
  ]
    .filter(Boolean)
    .join(' · ');
  return (
    <section className="reasons" aria-label={title}>
      <h3>{title}</h3>
      <p className="help">
        {post.from} – {post.until ?? text.accounts.open} ·{' '}
        {inside ? text.access.inside : text.access.outside}
      </p>
      <ul className="reaches">
        {groups.map((one) => (
          <li key={one.group}>
            <span>{text.access.groups[one.group]}</span>
            <ReachMark reach={one.reach} />
            <small>{whyWords(text.access.why, one)}</small>
          </li>
        ))}
      </ul>
    </section>
  );
}

function whyWords(
  words: Record<GroupReach['why'], Record<Reach, string>>,
  { why, reach }: GroupReach,
): string {
  return words[why][reach];
}

const tags: Record<Reach, string> = {
  open: 'tag tag-green',
  purpose: 'tag tag-orange',
  no: 'tag',
};

/** Read at once, for a purpose, or not at all. */
export function ReachMark({ reach }: { reach: Reach }): ReactNode {
  const { access: text } = useText();
  return <span className={tags[reach]}>{text.reach[reach]}</span>;
}
