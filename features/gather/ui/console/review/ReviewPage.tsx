import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Button, Segmented, Select } from 'antd';
import { type ReactNode, useState } from 'react';
import { api } from '../../../../../console/api.ts';
import { useDictionary } from '../../../../../console/dictionary.tsx';
import { useText } from '../../../../../console/language.tsx';
import { NotFound } from '../../../../../console/layout/Plain.tsx';
import { usePage } from '../../../../../console/page.ts';
import { Failed, Loading, Nothing } from '../../../../../console/parts/Feedback.tsx';
import { useSession } from '../../../../../console/session.tsx';
import type { QueuePage, WaitingList } from '../../../review/contract.ts';
import { keyOf, Queue } from './Queue.tsx';
import { type Done, RowReview } from './RowReview.tsx';
import type { ReviewSearch } from './search.ts';
import { useTakeBack } from './takeBack.ts';
import { waitingQuery } from './waiting.ts';
import './review.css';

/** 待核比对: rows of departments' files that may mean more than one person. */
export function ReviewPage(): ReactNode {
  const { review: text } = useText();
  const { abilities } = useSession();
  const search = useSearch({ strict: false }) as ReviewSearch;
  usePage(text.title, null);
  if (!abilities.decideRows) return <NotFound />;
  return (
    <div className="page review" data-open={search.row !== undefined}>
      <header className="page-head row">
        <div>
          <h1>{text.title}</h1>
          <p>{text.about}</p>
        </div>
        <Filters search={search} />
      </header>
      <Desk key={`${search.source} ${search.state}`} search={search} />
    </div>
  );
}

function Filters({ search }: { search: ReviewSearch }): ReactNode {
  const { review: text } = useText();
  const dictionary = useDictionary();
  const navigate = useNavigate();
  const { data } = useQuery(waitingQuery);
  const set = (change: Partial<ReviewSearch>): void =>
    void navigate({
      to: '/gather/review',
      search: { source: search.source, state: search.state, ...change },
      replace: true,
    });
  return (
    <div className="review-filters">
      <div className="filter">
        <label htmlFor="review-source">{text.source}</label>
        <Select
          id="review-source"
          value={search.source ?? ''}
          onChange={(source: string) => set({ source: source || undefined })}
          options={[
            { value: '', label: text.all },
            ...(data?.items ?? []).map(({ source, waiting }) => ({
              value: source,
              label: `${dictionary.source(source)} ${waiting}`,
            })),
          ]}
        />
      </div>
      <Segmented<'waiting' | 'later' | 'decided'>
        aria-label={text.which}
        value={search.state ?? 'waiting'}
        onChange={(state) => set({ state: state === 'waiting' ? undefined : state })}
        options={[
          { value: 'waiting', label: `${text.waiting} ${countOf(data, 'waiting')}` },
          { value: 'later', label: `${text.later} ${countOf(data, 'later')}` },
          { value: 'decided', label: text.done },
        ]}
      />
    </div>
  );
}

const countOf = (list: WaitingList | undefined, which: 'waiting' | 'later'): string =>
  list ? String(list[which]) : '';

/** The queue at the left, the open row beside it; on a phone one after the other. */
function Desk({ search }: { search: ReviewSearch }): ReactNode {
  const { review: text } = useText();
  const navigate = useNavigate();
  const client = useQueryClient();
  const [done, setDone] = useState<Done | null>(null);
  const { source, state } = search;
  const query = useInfiniteQuery({
    queryKey: ['waiting-rows', source, state],
    queryFn: ({ pageParam, signal }) =>
      api.get<QueuePage>('/gather/review', { source, state, cursor: pageParam, limit: 30 }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
  });
  const rows = query.data?.pages.flatMap(({ items }) => items) ?? [];
  const open = (row: string | undefined): void =>
    void navigate({ to: '/gather/review', search: { source, state, row } });
  const at = rows.findIndex((row) => keyOf(row) === search.row);
  const beside = (step: number): string | undefined => {
    const row = rows[at < 0 ? 0 : at + step];
    return row && keyOf(row);
  };
  const step = (by: number): void => {
    const next = beside(by);
    if (next) open(next);
  };
  const decided = (one: Done): void => {
    setDone(one);
    open(beside(1) ?? beside(-1));
    for (const key of ['waiting-rows', 'waiting-figures'])
      void client.invalidateQueries({ queryKey: [key] });
  };
  if (query.error) return <Failed error={query.error} retry={() => void query.refetch()} />;
  if (query.isPending) return <Loading rows={8} />;
  return (
    <>
      {done && <LastDone done={done} forget={() => setDone(null)} />}
      {rows.length === 0 && !search.row ? (
        <Nothing>{state ? text.noneOf[state] : text.none}</Nothing>
      ) : (
        <div className="review-desk">
          <Queue
            rows={rows}
            search={search}
            more={query.hasNextPage ? () => void query.fetchNextPage() : null}
            loading={query.isFetchingNextPage}
          />
          {search.row ? (
            <RowReview
              key={search.row}
              row={search.row}
              decided={decided}
              next={() => step(1)}
              previous={() => step(-1)}
              back={() => open(undefined)}
            />
          ) : (
            <Nothing action={<Button onClick={() => step(0)}>{text.next}</Button>}>
              {text.choose}
            </Nothing>
          )}
        </div>
      )}
    </>
  );
}

/** What was decided last, and the way to take it back. */
function LastDone({ done, forget }: { done: Done; forget: () => void }): ReactNode {
  const { review: text } = useText();
  const takeBack = useTakeBack(done, forget);
  return (
    <p className="last-done" role="status">
      {done.words} {done.remembered && <small>{text.remembered}</small>}{' '}
      {done.decision !== 'ask' && (
        <button type="button" className="link" onClick={() => void takeBack()}>
          {text.takeBack}
        </button>
      )}
    </p>
  );
}
