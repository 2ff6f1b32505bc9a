/** The filters of a list, as they stand in the address. */
export interface Filters {
  area?: string;
  tag?: string;
  missing?: string;
  stale?: true;
  incomplete?: true;
  ageFrom?: number;
  ageTo?: number;
  residenceKind?: string;
  building?: string;
  posts?: 'all';
  /** The form for a new record stands open. */
  new?: true;
}

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;
const yes = (value: unknown): true | undefined =>
  value === true || value === 'true' ? true : undefined;
const years = (value: unknown): number | undefined => {
  const age = Number(value ?? Number.NaN);
  return value !== '' && Number.isInteger(age) && age >= 0 && age <= 150 ? age : undefined;
};

/** Reads filters from an address; what makes no sense is left out. */
export function readFilters(search: Record<string, unknown>): Filters {
  return {
    area: text(search.area),
    tag: text(search.tag),
    missing: text(search.missing),
    stale: yes(search.stale),
    incomplete: yes(search.incomplete),
    ageFrom: years(search.ageFrom),
    ageTo: years(search.ageTo),
    residenceKind: text(search.residenceKind),
    building: text(search.building),
    posts: search.posts === 'all' ? 'all' : undefined,
    new: yes(search.new),
  };
}
