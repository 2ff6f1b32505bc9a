import { registered } from '../../../life/contract.ts';

/** Which part of the register is shown, as it stands in the address. */
export interface RegisterSearch {
  area?: string;
  kind?: string;
  from?: string;
  to?: string;
}

const kinds: readonly string[] = [...registered, 'correct_event'];

/** Reads what of an address is a filter; the rest is left aside. */
export function readRegisterSearch(search: Record<string, unknown>): RegisterSearch {
  const day = (value: unknown): string | undefined =>
    /^\d{4}-\d{2}-\d{2}$/.test(String(value)) ? String(value) : undefined;
  const read = {
    area: /^\d{2,15}$/.test(String(search.area)) ? String(search.area) : undefined,
    kind: kinds.includes(String(search.kind)) ? String(search.kind) : undefined,
    from: day(search.from),
    to: day(search.to),
  };
  return Object.fromEntries(Object.entries(read).filter(([, value]) => value !== undefined));
}
