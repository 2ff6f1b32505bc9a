import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { Button, Input } from 'antd';
import { type ReactNode, useState } from 'react';
import type { Static } from 'typebox';
import { ApiError, api } from '../../../../../console/api.ts';
import { useDictionary } from '../../../../../console/dictionary.tsx';
import { figure, today } from '../../../../../console/format.ts';
import { useText } from '../../../../../console/language.tsx';
import { NotFound, PageError } from '../../../../../console/layout/Plain.tsx';
import { usePage } from '../../../../../console/page.ts';
import { DataTable } from '../../../../../console/parts/DataTable.tsx';
import { Loading, Nothing, useProblemText } from '../../../../../console/parts/Feedback.tsx';
import { FileLink } from '../../../../../console/parts/FileLink.tsx';
import { handOutFile } from '../../../../../console/parts/handOut.ts';
import { Panel } from '../../../../../console/parts/Panel.tsx';
import { say } from '../../../../../console/parts/Toast.tsx';
import type { Job } from '../../../../jobs/contract.ts';
import type { BulkPage as BulkPageSchema, BulkRow, BulkStatus } from '../../../bulk/contract.ts';
import { inWords } from '../values.ts';
import './bulk.css';

type Page = Static<typeof BulkPageSchema>;
const statuses: readonly BulkStatus[] = ['changed', 'claim', 'moved', 'faulty', 'refused', 'same'];
const colours: Record<BulkStatus, string> = {
  same: '',
  changed: 'tag-green',
  claim: 'tag-gold',
  moved: 'tag-orange',
  faulty: 'tag-red',
  refused: 'tag-red',
};

/** What an edited sheet comes to, row by row; then it is carried out, and told what became of each. */
export function BulkPage(): ReactNode {
  const { bulk: text } = useText();
  const id = useParams({ strict: false }).id ?? '';
  const [status, setStatus] = useState<BulkStatus>();
  usePage(text.title, null);
  const query = useInfiniteQuery({
    queryKey: ['bulk', id, status ?? null],
    queryFn: ({ pageParam, signal }) =>
      api.get<Page>(`/edits/${id}`, { status, from: pageParam, limit: 50 }, signal),
    initialPageParam: 0,
    getNextPageParam: (last) => last.next ?? undefined,
    placeholderData: (old) => old,
  });
  const { error } = query;
  if (error instanceof ApiError && [400, 403, 404].includes(error.status)) return <NotFound />;
  if (error && !query.data) return <PageError error={error} reset={() => void query.refetch()} />;
  const [first] = query.data?.pages ?? [];
  if (!first) return <Loading rows={10} />;
  const rows = query.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <div className="page">
      <header className="page-head row">
        <div>
          <h1>{text.title}</h1>
          <p>{text.looked}</p>
        </div>
        <Link to="/bulk-edit" search={{ category: first.category }}>
          {text.again}
        </Link>
      </header>
      <fieldset className="bulk-counts">
        <legend className="unseen">{text.narrow}</legend>
        {statuses.map((one) => (
          <button
            key={one}
            type="button"
            aria-pressed={status === one}
            disabled={!first.counts[one]}
            onClick={() => setStatus(status === one ? undefined : one)}
          >
            <b>{figure(first.counts[one] ?? 0)}</b>
            <span className={`tag ${colours[one]}`}>{text.statuses[one]}</span>
          </button>
        ))}
      </fieldset>
      <Apply page={first} refetch={() => void query.refetch()} />
      <Rows page={first} rows={rows} />
      {query.hasNextPage && (
        <div className="more">
          <Button loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            {text.more}
          </Button>
        </div>
      )}
    </div>
  );
}

function Rows({ page, rows }: { page: Page; rows: BulkRow[] }): ReactNode {
  const text = useText();
  const dictionary = useDictionary();
  if (rows.length === 0) return <Nothing>{text.bulk.none}</Nothing>;
  const value = (item: string, what: BulkRow['changes'][number]['after']): string =>
    inWords(dictionary, text, dictionary.find(page.category, item), what) || text.bulk.empty;
  return (
    <DataTable
      caption={text.bulk.rows}
      rows={rows}
      rowKey={(row) => String(row.row)}
      columns={[
        { key: 'row', title: text.bulk.row, card: 'corner', cell: (row) => row.row },
        {
          key: 'record',
          title: text.bulk.record,
          heading: true,
          cell: (row) =>
            row.id === null ? (
              row.title || text.bulk.unknown
            ) : (
              <FileLink category={page.category} id={row.id}>
                {row.title || text.list.unnamed}
              </FileLink>
            ),
        },
        {
          key: 'status',
          title: text.bulk.result,
          card: 'line',
          cell: (row) => (
            <span className={`tag ${colours[row.status]}`}>
              {row.outcome === null || row.outcome === 'same'
                ? text.bulk.statuses[row.status]
                : (text.bulk.outcomes[row.outcome as keyof typeof text.bulk.outcomes] ??
                  row.outcome)}
            </span>
          ),
        },
        {
          key: 'changes',
          title: text.bulk.changes,
          card: 'line',
          cell: (row) => (
            <ul className="bulk-changes">
              {row.changes.map((change) => (
                <li key={change.item}>
                  <b>{dictionary.item(page.category, change.item)}</b>{' '}
                  <del>{value(change.item, change.before)}</del> →{' '}
                  <ins>{value(change.item, change.after)}</ins>
                  {change.claim && <em>{text.bulk.claim}</em>}
                </li>
              ))}
              {row.problems.map(({ item, message }) => (
                <li key={item ?? message} className="field-error">
                  {message}
                </li>
              ))}
            </ul>
          ),
        },
      ]}
    />
  );
}

/** One reason for all, and the way to carry it out; afterwards how far it is, and the report. */
function Apply({ page, refetch }: { page: Page; refetch: () => void }): ReactNode {
  const { bulk: text } = useText();
  const words = useProblemText();
  const client = useQueryClient();
  const [reason, setReason] = useState('');
  const [job, setJob] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const due = (page.counts.changed ?? 0) + (page.counts.claim ?? 0);
  const running = useQuery({
    queryKey: ['jobs', 'one', job],
    enabled: job !== null && page.job === null,
    queryFn: async ({ signal }) => {
      const found = await api.get<Job>(`/jobs/${job}`, undefined, signal);
      if (found.endedAt !== null) refetch();
      return found;
    },
    refetchInterval: 1000,
  });
  const apply = async (): Promise<void> => {
    setBusy(true);
    try {
      const answer = await api.post<{ job: string }>(`/edits/${page.id}/application`, { reason });
      setJob(answer.job);
      void client.invalidateQueries({ queryKey: ['jobs'] });
    } catch (error) {
      say(words(error));
    }
    setBusy(false);
  };
  const report = async (): Promise<void> => {
    try {
      handOutFile(await api.blob(`/edits/${page.id}/report`), `${text.report}-${today()}.xlsx`);
    } catch (error) {
      say(words(error));
    }
  };
  const reportButton = <Button onClick={() => void report()}>{text.report}</Button>;
  if (page.job !== null)
    return (
      <Panel title={text.doneTitle}>
        <p>{text.done}</p>
        {reportButton}
      </Panel>
    );
  if (job !== null)
    return (
      <Panel title={text.applyTitle}>
        <p role="status">
          {running.data?.state === 'failed' || running.data?.state === 'refused'
            ? text.failed
            : text.running(figure(running.data?.progress.done ?? 0), figure(page.total))}
        </p>
      </Panel>
    );
  if (due === 0)
    return (
      <Panel title={text.applyTitle}>
        <p>{text.nothingDue}</p>
        {reportButton}
      </Panel>
    );
  return (
    <Panel title={text.applyTitle}>
      <div className="field">
        <label htmlFor="bulk-reason">{text.reason}</label>
        <Input
          id="bulk-reason"
          maxLength={200}
          autoComplete="off"
          value={reason}
          onChange={({ target }) => setReason(target.value)}
        />
        <p className="help">{text.reasonHelp}</p>
      </div>
      <div className="head-acts">
        <Button
          type="primary"
          loading={busy}
          disabled={reason.trim() === ''}
          onClick={() => void apply()}
        >
          {text.apply(figure(due))}
        </Button>
        {reportButton}
      </div>
    </Panel>
  );
}
