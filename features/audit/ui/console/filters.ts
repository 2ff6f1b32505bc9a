/** What narrows the auditor's list; it stands in the address. */
export interface AuditFilters {
  kind?: string | undefined;
  action?: string | undefined;
  who?: string | undefined;
  account?: string | undefined;
  role?: string | undefined;
  post?: string | undefined;
  subject?: string | undefined;
  area?: string | undefined;
  purpose?: string | undefined;
  from?: string | undefined;
  until?: string | undefined;
}

/** The page's address: the filters, and which view with which pattern. */
export interface AuditSearch extends AuditFilters {
  view?: 'patterns' | undefined;
  pattern?: string | undefined;
}

const names = [
  'kind',
  'action',
  'who',
  'account',
  'role',
  'post',
  'subject',
  'area',
  'purpose',
  'from',
  'until',
  'pattern',
] as const;

/** Reads the address; what is no text is left out. */
export function readAuditSearch(search: Record<string, unknown>): AuditSearch {
  const read: AuditSearch = {};
  for (const name of names) {
    const value = search[name];
    if (typeof value === 'string' && value !== '') read[name] = value;
  }
  if (search.view === 'patterns') read.view = 'patterns';
  return read;
}

/** The filters without the view. */
export function filtersOf({
  view: _view,
  pattern: _pattern,
  ...filters
}: AuditSearch): AuditFilters {
  return filters;
}
