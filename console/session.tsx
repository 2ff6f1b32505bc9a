import { type QueryClient, queryOptions, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Static } from 'typebox';
import type { Post, SessionView } from '../features/identity/contract.ts';
import { api } from './api.ts';
import { forgetRecent } from './recent.ts';

export type Session = Static<typeof SessionView>;

/** Who is signed in; an error with status 401 when nobody is. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: ({ signal }) => api.get<Session>('/session', undefined, signal),
  staleTime: Number.POSITIVE_INFINITY,
  gcTime: Number.POSITIVE_INFINITY,
  retry: false,
});

/** Query keys of what stays in sight when the post changes. */
const keptOverPosts = new Set(['session', 'dictionary', 'about']);

/** The session of the signed-in official; only inside the shell, which is not shown without one. */
export function useSession(): Session & { acting: Post | null } {
  const { data } = useQuery(sessionQuery);
  if (!data) throw new Error('useSession without a session');
  return { ...data, acting: data.posts.find((post) => post.id === data.post) ?? null };
}

async function forgetOldScope(client: QueryClient): Promise<void> {
  const old = {
    predicate: (query: { queryKey: readonly unknown[] }) =>
      !keptOverPosts.has(String(query.queryKey[0])),
  };
  client.removeQueries({ ...old, type: 'inactive' });
  await Promise.all([
    client.resetQueries(old),
    // Its words are the same; which tags the post sees is asked anew.
    client.invalidateQueries({ queryKey: ['dictionary'] }),
  ]);
}

/** Acts under another post from now on: everything seen under the old one is forgotten. */
export async function switchPost(
  client: QueryClient,
  post: string,
  before?: () => Promise<unknown>,
): Promise<void> {
  const session = await api.put<Session>('/session/post', { post });
  client.setQueryData(sessionQuery.queryKey, session);
  await before?.();
  await forgetOldScope(client);
}

/** The ways to leave: here, or everywhere. Nothing stays in this browser. */
export function useSignOut(): (everywhere: boolean) => Promise<void> {
  const client = useQueryClient();
  return async (everywhere) => {
    const method = client.getQueryData<Session>(sessionQuery.queryKey)?.method;
    // What is still on its way, or asked by a panel that has just come, would be answered that nobody is signed in.
    const usual = client.getDefaultOptions();
    client.setDefaultOptions({ ...usual, queries: { ...usual.queries, enabled: false } });
    await client.cancelQueries();
    await api.delete(everywhere ? '/sessions' : '/session').catch((error) => {
      client.setDefaultOptions(usual);
      if (error?.status !== 401) throw error;
    });
    forgetRecent();
    // The page is left, and with it all that it remembers; in the history its place is taken.
    // By single sign-on one would be let in again without a word while the provider's session lasts.
    location.replace(method === 'oidc' ? '/api/v1/session/oidc/sign-out' : '/sign-in');
  };
}

/** The browser may bring back a page that was left, with all that stood on it: it is loaded anew. */
export function forgetWhatWasLeft(): void {
  addEventListener('pageshow', (event) => {
    if (event.persisted) location.reload();
  });
}

/** Whether an area lies in the scope of the post one acts under. */
export const inScope = (post: Post | null, code: string): boolean =>
  post !== null && code.startsWith(post.area.code);
