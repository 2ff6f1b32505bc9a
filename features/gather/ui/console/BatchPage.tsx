import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { Alert } from 'antd';
import type { ReactNode } from 'react';
import { ApiError, api } from '../../../../console/api.ts';
import { figure, minute } from '../../../../console/format.ts';
import { useLanguage } from '../../../../console/language.tsx';
import { NotFound, PageError } from '../../../../console/layout/Plain.tsx';
import { usePage } from '../../../../console/page.ts';
import { Loading } from '../../../../console/parts/Feedback.tsx';
import { Panel } from '../../../../console/parts/Panel.tsx';
import type { BatchView } from '../../contract.ts';
import { sizeOf } from './amounts.ts';
import { BatchActs } from './BatchActs.tsx';
import { Faults } from './Faults.tsx';
import { StepBars } from './StepBars.tsx';
import { isMoving, StateTag, useSourceName } from './state.tsx';
import './gather.css';

/** One batch: how far each step is, what came of its rows, what was not taken, and what may be done with it. */
export function BatchPage(): ReactNode {
  const { text, language } = useLanguage();
  const number = useParams({ strict: false }).number ?? '';
  usePage(text.gather.batch.title(Number(number)), null);
  const query = useQuery({
    queryKey: ['batches', 'one', number, language],
    queryFn: ({ signal }) => api.get<BatchView>(`/gather/batches/${number}`, {}, signal),
    refetchInterval: ({ state }) =>
      state.data && (isMoving(state.data.state) || state.data.state === 'paused') ? 1_000 : false,
  });
  const { error, data: batch } = query;
  if (error instanceof ApiError && [400, 403, 404].includes(error.status)) return <NotFound />;
  if (error && !batch) return <PageError error={error} reset={() => void query.refetch()} />;
  if (!batch) return <Loading rows={10} />;
  return (
    <div className="page">
      <Head batch={batch} />
      <Notes batch={batch} />
      <Panel title={text.gather.batch.progress} extra={<BatchActs batch={batch} />}>
        <StepBars batch={batch} />
      </Panel>
      <Counts batch={batch} />
      {batch.can.takeRejected || batch.state !== 'queued' ? <Faults batch={batch} /> : null}
    </div>
  );
}

function Head({ batch }: { batch: BatchView }): ReactNode {
  const { text } = useLanguage();
  const { batch: words, list } = text.gather;
  const sourceName = useSourceName();
  return (
    <header className="page-head row">
      <div>
        <h1>
          {words.title(batch.number)} <small>{batch.fileName}</small>
        </h1>
        <p className="batch-about">
          <StateTag state={batch.state} />
          <span>{sourceName(batch.source)}</span>
          <span>
            {words.profile}：{batch.profileLabel ?? words.ownProfile}
          </span>
          <span>
            {words.day}：{batch.day}
          </span>
          <span>{sizeOf(batch.bytes)}</span>
          <span>{batch.by ?? (batch.house ? list.house : '')}</span>
          <span>{minute(batch.at)}</span>
        </p>
      </div>
      <Link to="/gather">{words.back}</Link>
    </header>
  );
}

function Notes({ batch }: { batch: BatchView }): ReactNode {
  const { text } = useLanguage();
  const { batch: words } = text.gather;
  if (batch.problem)
    return (
      <Alert
        type="error"
        showIcon
        role="alert"
        title={`${words.refused}：${batch.problem}`}
        description={words.refusedHelp}
      />
    );
  if (batch.state !== 'stopped') return null;
  return <Alert type="warning" showIcon title={words.stopped} />;
}

const counted = ['staged', 'linked', 'asked', 'unmatched', 'aside', 'made', 'changed'] as const;

function Counts({ batch }: { batch: BatchView }): ReactNode {
  const { text } = useLanguage();
  const { batch: words } = text.gather;
  return (
    <section aria-label={words.counts}>
      <ul className="figures plain-figures">
        {counted.map((key) => (
          <li key={key}>
            <b>{figure(batch[key])}</b>
            <span>{words.figures[key]}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
