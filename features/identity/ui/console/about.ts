import { queryOptions } from '@tanstack/react-query';
import { api } from '../../../../console/api.ts';

/** What anyone may know of this installation. */
interface About {
  name: string;
  version: string;
  demo: boolean;
  singleSignOn: { label: string } | null;
  accounts?: { username: string; label: string }[];
}

/** It is the same as long as the server runs. */
export const aboutQuery = queryOptions({
  queryKey: ['about'],
  queryFn: ({ signal }) => api.get<About>('/about', undefined, signal),
  staleTime: Number.POSITIVE_INFINITY,
});
