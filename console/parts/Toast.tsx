import { type ReactNode, useEffect, useSyncExternalStore } from 'react';

interface Said {
  id: number;
  words: string;
}

let said: Said | null = null;
const listeners = new Set<() => void>();

function set(next: Said | null): void {
  said = next;
  for (const listener of listeners) listener();
}

/** Says something briefly at the foot of the page, to screen readers too. */
export function say(words: string): void {
  set({ id: Date.now(), words });
}

/** The place where brief messages appear. */
export function Toast(): ReactNode {
  const now = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => said,
  );
  useEffect(() => {
    if (!now) return;
    const timer = setTimeout(() => set(null), 5000);
    return () => clearTimeout(timer);
  }, [now]);
  return (
    <div className="toast" role="status" aria-live="polite">
      {now && <p key={now.id}>{now.words}</p>}
    </div>
  );
}
