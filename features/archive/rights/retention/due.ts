import type { CategoryKey } from '../../contract.ts';
import type { Dictionary } from '../../dictionary.ts';
import { addMonths } from '../../rules/day.ts';

/** The day from which a retention counts, by event; null while it has not come. */
export type Events = Readonly<Record<'left' | 'closed' | 'ended', string | null>>;

/** What carries a record on while anything else of it is kept: its name, and the item that tells when it ended. */
export const carrying: Readonly<Partial<Record<CategoryKey, readonly string[]>>> = {
  resident: ['name', 'death'],
  household: ['address'],
  premises: ['name', 'state'],
};

/** Whether what is kept so long (a key of retention.yaml) has had its time on that day. */
export function isOver(dictionary: Dictionary, key: string, events: Events, day: string): boolean {
  const rule = dictionary.retention.find((one) => one.key === key);
  const event = rule && events[rule.from];
  return Boolean(event) && addMonths(event ?? '', (rule?.years ?? 0) * 12) <= day;
}

/** The items of a category whose time is over, in the dictionary's order. */
export function itemsOver(
  dictionary: Dictionary,
  category: CategoryKey,
  events: Events,
  day: string,
): string[] {
  return dictionary.categories[category].items
    .filter(({ retention }) => isOver(dictionary, retention, events, day))
    .map(({ key }) => key);
}

/** Kinds of document of a category whose time is over. */
export function documentsOver(
  dictionary: Dictionary,
  category: CategoryKey,
  events: Events,
  day: string,
): string[] {
  return dictionary.documents
    .filter((kind) => kind.category === category && isOver(dictionary, kind.retention, events, day))
    .map(({ key }) => key);
}
