import type { LookEntry } from '../../../audit/contract.ts';

/** What one official did with a record in one go. */
export interface Sitting {
  /** Its earliest and latest entry. */
  first: LookEntry;
  last: LookEntry;
  /** Acts in the order of the first of their kind, with how often. */
  acts: { action: string; item: string | null; times: number }[];
  purposes: string[];
}

/** Entries no further apart than this belong to one sitting. */
const apart = 30 * 60_000;

/**
 * Puts neighbouring entries of the same account under the same post together: opening a file leaves several.
 * @param entries newest first
 * @returns sittings, newest first
 */
export function sittingsOf(entries: readonly LookEntry[]): Sitting[] {
  const sittings: Sitting[] = [];
  for (const entry of entries) {
    const open = sittings.at(-1);
    if (open && belongs(entry, open)) {
      open.first = entry;
      add(open, entry);
      continue;
    }
    const sitting: Sitting = { first: entry, last: entry, acts: [], purposes: [] };
    add(sitting, entry);
    sittings.push(sitting);
  }
  return sittings;
}

function belongs(entry: LookEntry, { first }: Sitting): boolean {
  const same =
    entry.account?.id === first.account?.id &&
    entry.system === first.system &&
    entry.post?.id === first.post?.id;
  const near = Date.parse(first.at) - Date.parse(entry.at) <= apart;
  return same && near && entry.at.slice(0, 10) === first.at.slice(0, 10);
}

/** Entries come newest first; acts are told from the earliest on. */
function add({ acts, purposes }: Sitting, { action, item, purpose }: LookEntry): void {
  const at = acts.findIndex((act) => act.action === action && act.item === item);
  const [known] = at < 0 ? [] : acts.splice(at, 1);
  acts.unshift({ action, item, times: (known?.times ?? 0) + 1 });
  if (purpose !== null && !purposes.includes(purpose)) purposes.unshift(purpose);
}
