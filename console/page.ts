import { useEffect, useSyncExternalStore } from 'react';
import type { AreaName } from '../features/area/contract.ts';

/** What a page tells the shell: its title, and the area it is about. */
interface Page {
  title: string;
  path: AreaName[] | null;
}

let page: Page = { title: '', path: null };
const listeners = new Set<() => void>();

function set(next: Page): void {
  page = next;
  for (const listener of listeners) listener();
}

/** Called by a page: names the browser's tab and sets the crumbs of the area tree. */
export function usePage(title: string, path: AreaName[] | null = null): void {
  useEffect(() => {
    document.title = title ? `${title} · 民情` : '民情';
    set({ title, path });
  }, [title, path]);
}

/** Called by the shell. */
export function usePageArea(): AreaName[] | null {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => page.path,
  );
}
