import type { CategoryKey } from '../../../features/archive/contract.ts';
import type { Dictionary } from '../../../features/archive/dictionary.ts';
import { createVault } from '../../../server/crypto.ts';
import { rangeOf } from './places.ts';
import { groupsOf, tagGroup } from './rights.ts';
import type { World } from './world.ts';

/** What a value is part of: an item group, a listing, a record's id, an area's name or code. */
export type Layer = string;

/** Somewhere a value stands in the database: a range of areas, and in what. */
interface Holding {
  lo: number;
  hi: number;
  layer: Layer;
}

/** What one cell may see. */
export interface Sight {
  /** The range of areas whose residents' content may be seen; null for administrators. */
  content: { lo: number; hi: number } | null;
  /** The range of areas that may be named; null without a post. */
  areas: { lo: number; hi: number } | null;
  /** The range of areas whose records may be named by their id alone (the audit). */
  ids: { lo: number; hi: number } | null;
  /** Groups of items, and `list`, `mask of …`, `tags of …`, that may be seen within `content`. */
  layers: ReadonlySet<Layer>;
  /** The one item revealed by the call, if any. */
  revealed: string | null;
  category: CategoryKey | null;
}

/** Everything the archive holds, by value, read as the owner. */
export class Holdings {
  readonly #held = new Map<string, Holding[]>();
  readonly #marks = new Map<string, number>();
  readonly #dictionary: Dictionary;
  /** Keys of the items of a record that have a value, with their groups. */
  readonly items = new Map<string, Map<string, string>>();

  constructor(dictionary: Dictionary) {
    this.#dictionary = dictionary;
  }

  /** Notes a value; ones too short to name anything are left out. */
  note(value: unknown, lo: number, hi: number, layer: Layer): void {
    if (typeof value !== 'string' || value.length < 2) return;
    const known = this.#held.get(value);
    if (known) known.push({ lo, hi, layer });
    else this.#held.set(value, [{ lo, hi, layer }]);
  }

  /** Notes a mark that all free text of a place's records begins with. */
  noteMark(mark: string, area: number): void {
    this.#marks.set(mark, area);
  }

  /** Where an answer shows more than it may: one line a leak. */
  leaksIn(body: unknown, sight: Sight): string[] {
    const leaks: string[] = [];
    this.#walk(body, '', sight, leaks);
    return leaks;
  }

  #walk(node: unknown, path: string, sight: Sight, leaks: string[]): void {
    if (typeof node === 'string') this.#text(node, path, sight, leaks);
    if (Array.isArray(node)) {
      for (const [i, one] of node.entries()) this.#walk(one, `${path}[${i}]`, sight, leaks);
      return;
    }
    if (typeof node !== 'object' || node === null) return;
    this.#object(node as Record<string, unknown>, path, sight, leaks);
    for (const [key, value] of Object.entries(node)) {
      this.#text(key, `${path} key`, sight, leaks);
      this.#walk(value, `${path}.${key}`, sight, leaks);
    }
  }

  /** A text that stands in the database only where it may not be seen. */
  #text(text: string, path: string, sight: Sight, leaks: string[]): void {
    const numbers = text.match(/\d{17}[\dX]|1\d{10}/g) ?? [];
    for (const value of new Set([text, ...numbers])) {
      const held = this.#held.get(value);
      if (held && !held.some((one) => maySee(one, sight)))
        leaks.push(`${path}: ${value} (${held[0]?.layer} of ${held[0]?.lo})`);
    }
    for (const [mark, area] of this.#marks) {
      if (text.includes(mark) && !within(area, sight.content))
        leaks.push(`${path}: ${text} (a record of ${area})`);
    }
  }

  /** Items, tags and masks by their kind, whoever else has the same value. */
  #object(node: Record<string, unknown>, path: string, sight: Sight, leaks: string[]): void {
    const category = isCategory(node.category) ? node.category : sight.category;
    const closed = (item: string): boolean => {
      const group = category ? this.#dictionary.item(category, item)?.group : undefined;
      return group !== undefined && item !== sight.revealed && !sight.layers.has(group);
    };
    const filledIn = (value: unknown): boolean => value !== null && value !== undefined;
    if (typeof node.item === 'string' && closed(node.item)) {
      for (const side of ['value', 'before', 'after', 'view'])
        if (filledIn(node[side])) leaks.push(`${path}.${side}: the value of ${node.item}`);
    }
    if (typeof node.items === 'object' && node.items !== null && !Array.isArray(node.items)) {
      for (const key of Object.keys(node.items).filter(closed))
        leaks.push(`${path}.items: the value of ${key}`);
    }
    for (const tag of Array.isArray(node.tags) ? node.tags : []) {
      if (typeof tag === 'string' && !sight.layers.has(`tags of ${tagGroup(tag)}`))
        leaks.push(`${path}.tags: ${tag}`);
    }
    for (const [mask, group] of [
      ['idMask', 'identity'],
      ['phoneMask', 'contact'],
    ] as const) {
      if (filledIn(node[mask]) && !sight.layers.has(`mask of ${group}`))
        leaks.push(`${path}.${mask}: ${node[mask]}`);
    }
  }
}

function maySee({ lo, hi, layer }: Holding, sight: Sight): boolean {
  const overlaps = (range: { lo: number; hi: number } | null): boolean =>
    range !== null && lo < range.hi && hi > range.lo;
  if (layer === 'anywhere') return true;
  if (layer === 'area') return overlaps(sight.areas);
  // Of a refused attempt the auditor reads the code that was typed, and not the name it stands for.
  if (layer === 'code') return overlaps(sight.areas) || overlaps(sight.ids);
  if (layer === 'id') return overlaps(sight.content) || overlaps(sight.ids);
  // A reveal shows one item, which may stand in a closed group; the item itself is checked by its key.
  return overlaps(sight.content) && (sight.layers.has(layer) || sight.revealed !== null);
}

const within = (area: number, range: { lo: number; hi: number } | null): boolean =>
  range !== null && area >= range.lo && area < range.hi;

const isCategory = (value: unknown): value is CategoryKey =>
  typeof value === 'string' && value in groupsOf;

const listColumns: Readonly<Record<CategoryKey, Readonly<Record<string, Layer>>>> = {
  resident: { name: 'list' },
  household: { number: 'list', address: 'list', head: 'list' },
  housing: { code: 'list', address: 'list' },
  premises: { name: 'list', address: 'list', credit_code: 'list' },
  organisation: { name: 'list', head: 'list' },
};

/** Item types whose values name somebody or something; codes, numbers and days do not. */
const naming = ['text', 'long_text', 'phone', 'citizen_id', 'credit_code'];

/** Reads the whole archive as the owner, sealed values opened. */
export async function holdingsOf({ owner, dictionary, t, places }: World): Promise<Holdings> {
  const held = new Holdings(dictionary);
  const vault = createVault(t.keys);
  const readable = (value: unknown): unknown =>
    typeof value === 'string' && value.startsWith('v1.') ? vault.open(value) : value;
  for (const { mark, code } of Object.values(places)) held.noteMark(mark, rangeOf(code).lo);
  for (const { code, name, lo, hi } of await owner<{
    code: string;
    name: string;
    lo: number;
    hi: number;
  }>('select code, name, lo, hi from area')) {
    // Codes of provinces and cities are too short to be told from those of code tables.
    if (code.length >= 6) held.note(code, lo, hi, 'code');
    held.note(name, lo, hi, 'area');
  }
  for (const { name } of await owner<{ name: string }>('select name from account'))
    held.note(name, 0, 0, 'anywhere');
  for (const category of Object.keys(groupsOf) as CategoryKey[]) {
    for (const row of await owner<Record<string, unknown> & { id: string; area: number }>(
      `select * from ${category}`,
    )) {
      held.note(row.id, row.area, row.area + 1, 'id');
      for (const [column, layer] of Object.entries(listColumns[category]))
        held.note(row[column], row.area, row.area + 1, layer);
    }
    const names = dictionary.categories[category].items.filter(({ type }) => naming.includes(type));
    for (const group of groupsOf[category]) {
      for (const { id, area, facts } of await owner<{
        id: string;
        area: number;
        facts: Record<string, { v: unknown }>;
      }>(`select id, area, facts from ${category}_${group}`)) {
        const keys = held.items.get(id) ?? new Map<string, string>();
        held.items.set(id, keys);
        for (const key of Object.keys(facts)) keys.set(key, group);
        for (const { key } of names) held.note(readable(facts[key]?.v), area, area + 1, group);
      }
    }
  }
  const past = await owner<{ category: CategoryKey; item: string; area: number; v: unknown[] }>(
    `select category, item, area, array[before ->> 'v', after ->> 'v'] as v from archive_change where item is not null
     union all select category, item, area, array[fact ->> 'v'] from archive_claim`,
  );
  for (const { category, item, area, v } of past) {
    const of = dictionary.item(category, item);
    if (!of || !naming.includes(of.type)) continue;
    for (const value of v) held.note(readable(value), area, area + 1, of.group);
  }
  return held;
}
