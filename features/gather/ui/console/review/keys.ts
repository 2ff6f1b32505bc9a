import { useEffect, useRef } from 'react';

/** What keys do while a row is open; nothing while one types, or a dialog is open. */
export interface Keys {
  choose(at: number): void;
  putOff(): void;
  next(): void;
  previous(): void;
}

const typing =
  'input, textarea, select, [contenteditable="true"], [role="dialog"], [role="listbox"]';

/** Listens to the keys of the review: 1 to 9 and 0, S, J and K. */
export function useKeys(keys: Keys): void {
  const now = useRef(keys);
  now.current = keys;
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
      const target = event.target as Element | null;
      if (target?.closest(typing) || document.querySelector('.ant-modal-wrap')) return;
      if (act(now.current, event.key)) event.preventDefault();
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, []);
}

function act(keys: Keys, key: string): boolean {
  if (/^\d$/.test(key)) keys.choose(Number(key));
  else if (key === 's' || key === 'S') keys.putOff();
  else if (key === 'j' || key === 'J') keys.next();
  else if (key === 'k' || key === 'K') keys.previous();
  else return false;
  return true;
}
