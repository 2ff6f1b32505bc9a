import { queryOptions } from '@tanstack/react-query';
import { api } from '../../../../../console/api.ts';
import type { WaitingList } from '../../../review/contract.ts';

/** How many rows wait within the post. */
export const waitingQuery = queryOptions({
  queryKey: ['waiting-figures'],
  queryFn: ({ signal }) => api.get<WaitingList>('/gather/review/figures', undefined, signal),
});
