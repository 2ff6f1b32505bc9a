import { infiniteQueryOptions, type QueryClient, queryOptions } from '@tanstack/react-query';
import { api } from '../../../../console/api.ts';
import type { Job, JobPage } from '../../contract.ts';

/** How often the server is asked again, in milliseconds: often while something runs, else hardly. */
const whileRunning = 2_000;
const whileWaiting = 15_000;

const runs = ({ state }: Job): boolean => state !== 'paused';

/** Own jobs that are not at their end: for the sign in the header, which asks again only while some run. */
export const ownLiveJobs = (language: string) =>
  queryOptions({
    queryKey: ['jobs', 'own', language],
    queryFn: ({ signal }) =>
      api.get<JobPage>('/jobs', { mine: true, live: true, limit: 100 }, signal),
    refetchInterval: ({ state }) => (state.data?.items.some(runs) ? whileRunning : false),
    refetchOnWindowFocus: true,
  });

/** Jobs in sight that are not at their end, all on one page. */
export const liveJobs = (language: string) =>
  queryOptions({
    queryKey: ['jobs', 'live', language],
    queryFn: ({ signal }) => api.get<JobPage>('/jobs', { live: true, limit: 100 }, signal),
    refetchInterval: ({ state }) => (state.data?.items.some(runs) ? whileRunning : whileWaiting),
    refetchOnWindowFocus: true,
  });

/** Jobs in sight at their end, newest first, page by page. */
export const endedJobs = (language: string) =>
  infiniteQueryOptions({
    queryKey: ['jobs', 'ended', language],
    queryFn: ({ pageParam, signal }) =>
      api.get<JobPage>('/jobs', { live: false, cursor: pageParam, limit: 20 }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
  });

/** To be called by a page that has just started a job: the header and the list show it at once. */
export const jobStarted = (client: QueryClient): Promise<void> =>
  client.invalidateQueries({ queryKey: ['jobs'] });
