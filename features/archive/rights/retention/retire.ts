import type { Tx } from '../../../../server/database/actor.ts';
import { sql } from '../../../../server/database/sql.ts';
import { shapes } from '../../categories.ts';
import type { Desk } from '../../desk.ts';
import { patchFacts, readFacts } from '../../facts-store.ts';
import { lockedRecord } from '../../locked.ts';
import { moveRecord } from '../../marks.ts';
import type { Facts } from '../../rules/facts.ts';
import { eraseResident } from '../erase.ts';
import { carrying, documentsOver, type Events, itemsOver } from './due.ts';
import type { Ended, LookedAt } from './records.ts';

/** What of one record is over. */
export interface Over {
  /** Values in the file, by item. */
  values: string[];
  /** Lines of the history that hold a value, by item. */
  history: Record<string, number>;
  /** Its documents. */
  documents: { id: string; files: string; pages: number }[];
  /** Nothing else is kept: the file goes as a whole. */
  whole: boolean;
}

/** Figures of what was, or would be, deleted. */
export interface Tally {
  looked: number;
  records: number;
  documents: number;
  /** By category and item, `resident.phone`. */
  items: Record<string, { values: number; history: number }>;
}

export const noTally = (): Tally => ({ looked: 0, records: 0, documents: 0, items: {} });

/** Adds what is over of one record. */
export function addUp(tally: Tally, category: LookedAt, over: Over): void {
  tally.looked++;
  if (over.whole) tally.records++;
  tally.documents += over.documents.length;
  const at = (item: string) => {
    const key = `${category}.${item}`;
    tally.items[key] ??= { values: 0, history: 0 };
    return tally.items[key];
  };
  for (const item of over.values) at(item).values++;
  for (const [item, lines] of Object.entries(over.history)) at(item).history += lines;
}

/** What of an ended record has had its time; nothing is changed. */
export async function overOf(
  tx: Tx,
  { dictionary, vault }: Desk,
  category: LookedAt,
  { county, id, event }: Ended,
): Promise<{ over: Over; facts: Facts }> {
  const shape = shapes[category];
  const events = eventsOf(category, event);
  const { day } = tx.actor;
  const facts = await readFacts(tx, shape, shape.groups, id, vault);
  const due = itemsOver(dictionary, category, events, day);
  const kinds = documentsOver(dictionary, category, events, day);
  const papers = await tx.rows(sql<{ id: string; kind: string; files: string; pages: number }>`
    select id, kind, files, jsonb_array_length(pages) as pages from document where county = ${county} and subject = ${id}`);
  const lines = await tx.rows(sql<{ item: string; n: number }>`
    select item, count(*)::int as n from archive_change
     where county = ${county} and subject = ${id} and item is not null and (before is not null or after is not null) group by item`);
  const isDue = (key: string): boolean => due.includes(key);
  const carried = carrying[category] ?? [];
  const whole =
    category === 'resident' &&
    Object.keys(facts).every(isDue) &&
    lines.every(({ item }) => isDue(item)) &&
    papers.every(({ kind }) => kinds.includes(kind));
  const goes = (key: string): boolean => isDue(key) && (whole || !carried.includes(key));
  return {
    facts,
    over: {
      whole,
      values: Object.keys(facts).filter(goes),
      history: Object.fromEntries(
        lines.filter(({ item }) => goes(item)).map(({ item, n }) => [item, n]),
      ),
      documents: papers.filter(({ kind }) => kinds.includes(kind)),
    },
  };
}

/** Assistance and care end with the person, at the latest. */
function eventsOf(category: LookedAt, event: string): Events {
  if (category === 'premises') return { left: null, closed: null, ended: event };
  return { left: event, closed: event, ended: null };
}

/**
 * Deletes what is over of one record: values, their history, claims, tokens, documents' rows; counts move along.
 * @returns the files in the store that nothing names any more, to be taken away after the commit
 */
export async function retire(
  tx: Tx,
  desk: Desk,
  category: LookedAt,
  { county, id, area }: Ended,
  { over, facts: before }: { over: Over; facts: Facts },
): Promise<{ id: string; pages: number }[]> {
  if (over.whole)
    return eraseResident(
      tx,
      desk,
      { county, subject: id },
      sql`select gate_retention_erase(${county}, ${id}, ${tx.actor.now}) as files`,
    );
  const shape = shapes[category];
  const items = [...new Set([...over.values, ...Object.keys(over.history)])];
  if (items.length > 0) {
    await tx.count(sql`update archive_change set before = null, after = null
      where county = ${county} and subject = ${id} and item = any (${items}::text[]) and (before is not null or after is not null)`);
    await tx.count(
      sql`delete from archive_claim where county = ${county} and subject = ${id} and item = any (${items}::text[])`,
    );
  }
  if (over.values.length > 0) {
    const current = await lockedRecord(tx, shape, id, [county, county]);
    if (!current) return [];
    for (const group of shape.groups) {
      const own = over.values.filter((key) => desk.dictionary.item(category, key)?.group === group);
      if (own.length === 0) continue;
      await patchFacts(
        tx,
        shape,
        group,
        id,
        area,
        Object.fromEntries(own.map((key) => [key, null])),
      );
    }
    const after = Object.fromEntries(
      Object.entries(before).filter(([key]) => !over.values.includes(key)),
    );
    await moveRecord(tx, desk, shape, id, current, before, after);
  }
  if (over.documents.length === 0) return [];
  const ids = over.documents.map((one) => one.id);
  await tx.count(sql`delete from document where county = ${county} and id = any (${ids}::uuid[])`);
  const kept = await tx.rows(
    sql<{
      files: string;
    }>`select files from document where files = any (${over.documents.map(({ files }) => files)}::uuid[])`,
  );
  return over.documents
    .filter(({ files }) => !kept.some((one) => one.files === files))
    .map(({ files, pages }) => ({ id: files, pages }));
}
