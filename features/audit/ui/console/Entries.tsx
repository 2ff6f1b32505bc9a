import { useInfiniteQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import type { ReactNode } from 'react';
import type { Static } from 'typebox';
import { api } from '../../../../console/api.ts';
import { minute } from '../../../../console/format.ts';
import { useText } from '../../../../console/language.tsx';
import { Failed, Loading, Nothing } from '../../../../console/parts/Feedback.tsx';
import type { AuditEntry, AuditPage } from '../../contract.ts';
import { AuditFilterBar } from './AuditFilterBar.tsx';
import type { AuditFilters } from './filters.ts';
import { Sentence } from './Sentence.tsx';

/** The record, newest first, each entry a sentence; who, post and file in it narrow the list. */
export function Entries(props: {
  filters: AuditFilters;
  set: (change: AuditFilters) => void;
  clear: () => void;
}): ReactNode {
  const text = useText();
  const { filters, set } = props;
  const query = useInfiniteQuery({
    queryKey: ['audit', filters],
    queryFn: ({ pageParam, signal }) =>
      api.get<Static<typeof AuditPage>>(
        '/audit',
        { ...filters, cursor: pageParam, limit: 50 },
        signal,
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    // Every reading is recorded: the same page isn't fetched again for nothing.
    staleTime: 60_000,
  });
  const entries = query.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <>
      <AuditFilterBar filters={filters} set={set} clear={props.clear} />
      {query.isPending && <Loading rows={10} />}
      {query.error && <Failed error={query.error} retry={() => void query.refetch()} />}
      {entries.length > 0 && (
        <section className="panel" aria-label={text.audit.entries}>
          <ol className="entries">
            {entries.map((entry) => (
              <EntryLine key={entry.id} entry={entry} set={set} />
            ))}
          </ol>
        </section>
      )}
      {query.data && entries.length === 0 && (
        <Nothing>{query.hasNextPage ? text.audit.noneYet : text.audit.none}</Nothing>
      )}
      {query.hasNextPage && (
        <div className="more">
          <Button loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            {text.audit.earlier}
          </Button>
        </div>
      )}
    </>
  );
}

function EntryLine(props: { entry: AuditEntry; set: (change: AuditFilters) => void }): ReactNode {
  const { entry } = props;
  return (
    <li data-kind={entry.kind}>
      <time dateTime={entry.at}>{minute(entry.at)}</time>
      <Sentence entry={entry} set={props.set} />
    </li>
  );
}
