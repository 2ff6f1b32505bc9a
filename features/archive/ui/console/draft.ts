import { useQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import { ApiError, api } from '../../../../console/api.ts';

/** The draft left behind under a key; null where there is none. */
export function useStoredDraft<Body>(key: string): { ready: boolean; body: Body | null } {
  const { data, isPending } = useQuery({
    queryKey: ['draft', key],
    queryFn: async ({ signal }) => {
      try {
        return (await api.get<{ body: Body }>(`/drafts/${key}`, undefined, signal)).body;
      } catch (error) {
        if (error instanceof ApiError && error.status === 404) return null;
        throw error;
      }
    },
    retry: false,
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
  });
  return { ready: !isPending, body: data ?? null };
}

export type DraftState = 'none' | 'saving' | 'saved' | 'failed';

/** Keeps what is typed on the server, a second after the last key; at once when the form closes. */
export function useDraftSaving(
  key: string,
  body: Record<string, unknown> | null,
): { state: DraftState; drop: () => Promise<void> } {
  const [state, setState] = useState<DraftState>('none');
  const json = body && JSON.stringify(body);
  const kept = useRef(json);
  const pending = useRef<string | null>(null);
  const done = useRef(false);

  const save = useCallback(async () => {
    const next = pending.current;
    pending.current = null;
    if (done.current || next === null) return;
    try {
      await (next === ''
        ? api.delete(`/drafts/${key}`)
        : api.put(`/drafts/${key}`, { body: JSON.parse(next) }));
      kept.current = next || null;
      setState(next === '' ? 'none' : 'saved');
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 404)) setState('failed');
    }
  }, [key]);

  useEffect(() => {
    if (json === kept.current) return;
    pending.current = json ?? '';
    setState('saving');
    const timer = setTimeout(() => void save(), 1000);
    return () => clearTimeout(timer);
  }, [json, save]);

  useEffect(() => () => void save(), [save]);

  const drop = useCallback(async () => {
    done.current = true;
    pending.current = null;
    await api.delete(`/drafts/${key}`).catch(() => {});
  }, [key]);

  return { state, drop };
}
