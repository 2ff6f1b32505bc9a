import type { Dictionary } from '../../archive/dictionary.ts';
import type { Batch } from '../batch/store.ts';
import type { Profile } from '../rows.ts';

/**
 * The profile by which a batch is read: rows that a system handed in lie as JSON lines, whatever files of the source are,
 * and a system may leave columns out.
 */
export function profileOfBatch(profile: Profile, { system }: Pick<Batch, 'system'>): Profile {
  return system === null ? profile : ofLines(profile);
}

function ofLines(profile: Profile): Profile {
  return {
    ...profile,
    format: { kind: 'jsonl', encoding: 'utf-8', titleRows: 0 },
    columns: profile.columns.map((column) => ({ ...column, optional: true })),
    asOf: profile.asOf.from === 'title' ? { from: 'file' } : profile.asOf,
  };
}

/** A name in a row: which column of the profile it means. */
export interface Naming {
  /** By every name that may stand there: the column's own, its key, its items. */
  columnOf: ReadonlyMap<string, string>;
  /** Names to be told when one is not known, in order. */
  names: readonly string[];
}

/**
 * The names by which a system may call a profile's columns: as the department's files do (姓名), by what they are for the
 * matching (name), or by the item they state (resident.name). The first column that bears a name has it.
 */
export function namingOf(profile: Profile, dictionary: Dictionary): Naming {
  const columnOf = new Map<string, string>();
  const add = (name: string, column: string): void => {
    if (!columnOf.has(name)) columnOf.set(name, column);
  };
  for (const { column } of profile.columns) add(column, column);
  for (const { column, key } of profile.columns) if (key !== undefined) add(key, column);
  for (const { column, items } of profile.columns)
    for (const item of items) if (isItem(dictionary, item)) add(item, column);
  return { columnOf, names: profile.columns.map(({ column }) => column) };
}

function isItem(dictionary: Dictionary, name: string): boolean {
  const [category = '', key = ''] = name.split('.');
  return dictionary.item(category as Parameters<Dictionary['item']>[0], key) !== undefined;
}
