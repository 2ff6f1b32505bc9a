import { useSyncExternalStore } from 'react';
import type { CategoryKey } from '../features/archive/contract.ts';

/** A file that was opened a while ago: its id and title, nothing of its content. */
export interface Recent {
  category: CategoryKey;
  id: string;
  title: string;
  post: string | null;
}

const stored = 'minqing.recent';
const listeners = new Set<() => void>();

function read(): Recent[] {
  try {
    const list: unknown = JSON.parse(sessionStorage.getItem(stored) ?? '[]');
    return Array.isArray(list) ? list : [];
  } catch {
    return [];
  }
}

let list = read();

function keep(next: Recent[]): void {
  list = next;
  sessionStorage.setItem(stored, JSON.stringify(next));
  for (const listener of listeners) listener();
}

/** Puts a file on top of those opened recently. */
export function remember(recent: Recent): void {
  const [first] = list;
  if (first?.id === recent.id && first.title === recent.title && first.post === recent.post) return;
  keep([recent, ...list.filter(({ id }) => id !== recent.id)].slice(0, 12));
}

/** Takes one file out, which is no more. */
export function forget(id: string): void {
  keep(list.filter((recent) => recent.id !== id));
}

export function forgetRecent(): void {
  keep([]);
}

/** The files opened recently in this tab, newest first. */
export function useRecent(): Recent[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => list,
  );
}
