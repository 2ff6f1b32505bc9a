/** Which rows are shown, and the one that is open, as it stands in the address. */
export interface ReviewSearch {
  source?: string;
  /** Those that were left for later, or decided about; those that wait without it. */
  state?: 'later' | 'decided';
  /** batch.row */
  row?: string;
}

/** Reads what of an address is a filter; the rest is left aside. */
export function readReviewSearch(search: Record<string, unknown>): ReviewSearch {
  const text = (name: string, form: RegExp): string | undefined => {
    const value = String(search[name] ?? '');
    return form.test(value) ? value : undefined;
  };
  const source = text('source', /^[a-z][a-z0-9-]{0,39}$/);
  const row = text('row', /^\d{1,9}\.\d{1,9}$/);
  return {
    ...(source ? { source } : {}),
    ...(search.state === 'later' || search.state === 'decided' ? { state: search.state } : {}),
    ...(row ? { row } : {}),
  };
}
