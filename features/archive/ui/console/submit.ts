import { useRef } from 'react';
import { ApiError } from '../../../../console/api.ts';
import { newKey } from '../../../../console/ids.ts';

/** The same key for the same content: a write sent again after a failure counts once. */
export function useSendKey(): (content: unknown) => string {
  const last = useRef<{ content: string; key: string }>(null);
  return (content) => {
    const json = JSON.stringify(content);
    if (last.current?.content !== json) last.current = { content: json, key: newKey() };
    return last.current.key;
  };
}

/** The server's words for each field, by the item's key. */
export function fieldErrors(error: unknown): Record<string, string> {
  if (!(error instanceof ApiError)) return {};
  const errors = error.problem.errors ?? [];
  return Object.fromEntries(
    errors.map(({ field, message }) => [field.split(/[./]/).at(-1) ?? field, message]),
  );
}

/** Moves to the first field that is named, once it is there. */
export function focusField(item: string | undefined): void {
  if (!item) return;
  setTimeout(() => {
    const field = document.getElementById(`field-${item}`);
    field?.scrollIntoView({ block: 'center' });
    field?.focus();
  }, 80);
}
