import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { type ReactNode, useEffect } from 'react';
import { useLanguage } from '../../../../console/language.tsx';
import { usePage } from '../../../../console/page.ts';
import { Failed, Loading, Nothing } from '../../../../console/parts/Feedback.tsx';
import { Panel } from '../../../../console/parts/Panel.tsx';
import { useSession } from '../../../../console/session.tsx';
import { JobLine } from './JobLine.tsx';
import { endedJobs, liveJobs } from './polling.ts';
import './jobs.css';

/** Long work: what is under way, and what has ended. */
export function JobsPage(): ReactNode {
  const { text } = useLanguage();
  const { abilities } = useSession();
  usePage(text.nav.jobs);
  return (
    <div className="page">
      <header className="page-head">
        <h1>{text.nav.jobs}</h1>
        <p>{abilities.manageSystem ? text.jobs.helpAdmin : text.jobs.help}</p>
      </header>
      <Live />
      <Ended />
    </div>
  );
}

function Live(): ReactNode {
  const { text, language } = useLanguage();
  const client = useQueryClient();
  const { data, error, refetch } = useQuery(liveJobs(language));
  const jobs = data?.items ?? [];
  const ids = jobs.map(({ id }) => id).join();
  // What is gone from here has come to its end.
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked anew whenever the list is another
  useEffect(() => {
    void client.invalidateQueries({ queryKey: ['jobs', 'ended'] });
  }, [client, ids]);
  return (
    <Panel title={text.jobs.live}>
      {error && <Failed error={error} retry={() => void refetch()} />}
      {!data && !error && <Loading />}
      {data && jobs.length === 0 && <Nothing>{text.jobs.noneLive}</Nothing>}
      <ul className="jobs">
        {jobs.map((job) => (
          <JobLine key={job.id} job={job} />
        ))}
      </ul>
    </Panel>
  );
}

function Ended(): ReactNode {
  const { text, language } = useLanguage();
  const query = useInfiniteQuery(endedJobs(language));
  const jobs = query.data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <Panel title={text.jobs.ended}>
      {query.error && <Failed error={query.error} retry={() => void query.refetch()} />}
      {query.isPending && <Loading />}
      {query.data && jobs.length === 0 && <Nothing>{text.jobs.noneEnded}</Nothing>}
      <ul className="jobs">
        {jobs.map((job) => (
          <JobLine key={job.id} job={job} />
        ))}
      </ul>
      {query.hasNextPage && (
        <div className="more">
          <Button loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            {text.list.more}
          </Button>
        </div>
      )}
    </Panel>
  );
}
