import { useInfiniteQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { type ReactNode, useState } from 'react';
import { api } from '../../../../console/api.ts';
import { useDictionary } from '../../../../console/dictionary.tsx';
import { minute } from '../../../../console/format.ts';
import { useText } from '../../../../console/language.tsx';
import { pathOf } from '../../../../console/parts/categories.ts';
import { Failed, Loading, Nothing } from '../../../../console/parts/Feedback.tsx';
import { Panel } from '../../../../console/parts/Panel.tsx';
import type { LookEntry } from '../../../audit/contract.ts';
import type { CategoryKey } from '../../contract.ts';
import { type Sitting, sittingsOf } from './sittings.ts';
import type { Page } from './types.ts';

/** 谁看过: asked for by a press, since asking is on record too. */
export function Looks(props: {
  category: CategoryKey;
  id: string;
  purpose: string | undefined;
}): ReactNode {
  const { looks: text } = useText();
  const [open, setOpen] = useState(false);
  return (
    <Panel
      title={text.title}
      extra={
        <Button size="small" aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? text.hide : text.show}
        </Button>
      }
    >
      <p className="help">{text.help}</p>
      {open && <LookList {...props} />}
    </Panel>
  );
}

function LookList(props: {
  category: CategoryKey;
  id: string;
  purpose: string | undefined;
}): ReactNode {
  const text = useText();
  const { category, id, purpose } = props;
  const query = useInfiniteQuery({
    queryKey: ['looks', category, id, purpose ?? null],
    queryFn: ({ pageParam, signal }) =>
      api.get<Page<LookEntry>>(
        `${pathOf[category]}/${id}/looks`,
        { cursor: pageParam, limit: 50, purpose },
        signal,
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    staleTime: 0,
  });
  const sittings = sittingsOf(query.data?.pages.flatMap((page) => page.items) ?? []);
  return (
    <>
      {query.isPending && <Loading rows={3} />}
      {query.error && <Failed error={query.error} retry={() => void query.refetch()} />}
      {query.data && sittings.length === 0 && <Nothing>{text.looks.none}</Nothing>}
      <ol className="timeline">
        {sittings.map((sitting) => (
          <SittingLine key={sitting.first.id} category={category} sitting={sitting} />
        ))}
      </ol>
      {query.hasNextPage && (
        <Button loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {text.list.more}
        </Button>
      )}
    </>
  );
}

function SittingLine({
  category,
  sitting,
}: {
  category: CategoryKey;
  sitting: Sitting;
}): ReactNode {
  const text = useText();
  const dictionary = useDictionary();
  const roles: Record<string, string> = text.roles;
  const actions: Record<string, string> = text.audit.actions;
  const numbers: Record<string, string> = text.audit.numbers;
  const { last, first, acts, purposes } = sitting;
  const { post } = last;
  const words = acts.map(({ action, item, times }) => {
    const act = actions[action] ?? action;
    const named =
      item === null
        ? act
        : text.looks.withItem(act, numbers[item] ?? dictionary.item(category, item));
    return times > 1 ? text.looks.often(named, times) : named;
  });
  const about = [
    post && (roles[post.role] ?? post.role),
    post?.department && dictionary.source(post.department),
    post?.area.name,
    purposes.length > 0 && text.looks.purposes(purposes.map((key) => dictionary.purpose(key))),
  ].filter(Boolean);
  const [from, until] = [minute(first.at), minute(last.at)];
  return (
    <li>
      <time dateTime={first.at}>{from === until ? from : `${from} – ${until.slice(11)}`}</time>
      <div>
        <p>
          <b>{last.account?.name ?? last.system ?? text.audit.commandLine}</b>
          {last.own && <span className="own">{text.looks.own}</span>} {words.join(text.looks.comma)}
        </p>
        <small>{about.join(' · ')}</small>
      </div>
    </li>
  );
}
