import { setImmediate as othersFirst } from 'node:timers/promises';
import { type Sql, sql } from '../../../server/database/sql.ts';
import type { Queries } from '../../../server/database/steward.ts';
import { newId } from '../../../server/ids.ts';
import type { CategoryShape } from '../../archive/categories.ts';
import type { CategoryKey } from '../../archive/contract.ts';
import type { Dictionary } from '../../archive/dictionary.ts';
import { listingOf, summaryOf } from '../../archive/listing.ts';
import type { Fact, Facts } from '../../archive/rules/facts.ts';
import { householdTags, tagsOf } from '../../archive/rules/tags.ts';
import { type Counted, measuresOf } from '../../archive/tally.ts';
import { tokensOf } from '../../archive/tokens.ts';
import { countyOf } from '../../area/queries.ts';
import type { ItemGroup } from '../../identity/roles.ts';
import { type MergeDesk, type Merged, type Standing, sealedFact } from './records.ts';

/** Merged records of one category. */
export interface Part {
  shape: CategoryShape;
  merged: readonly Merged[];
}

/**
 * Writes merged records of one category.
 * @returns how many values were written
 */
export function writeRecords(
  tx: Queries,
  desk: MergeDesk,
  shape: CategoryShape,
  merged: readonly Merged[],
): Promise<number> {
  return writeParts(tx, desk, [{ shape, merged }]);
}

/**
 * Writes merged records by a few statements for all of them: facts, listing, search tokens, kept counts, history,
 * claims, and what stood before (gather_touch). What records of a later part are tied to must stand in an earlier one.
 * @returns how many values were written
 */
export async function writeParts(
  tx: Queries,
  desk: MergeDesk,
  parts: readonly Part[],
): Promise<number> {
  const written: Written[] = [];
  for (const part of parts) {
    written.push(writtenOf(desk, part));
    await othersFirst();
  }
  for (const part of written) {
    await writeListing(tx, desk, part);
    await writeFacts(tx, desk, part);
  }
  const rows = written.flatMap((part) => part.rows);
  await writeTokens(tx, rows);
  await writeTally(tx, rows);
  await writeHistory(tx, desk, written);
  await writeClaims(tx, desk, parts);
  if (!desk.undoing) await writeTouches(tx, desk, written);
  return written
    .flatMap(({ changed }) => changed)
    .reduce((sum, one) => sum + changedItems(one).length, 0);
}

/** A part with what of it is written. */
interface Written {
  shape: CategoryShape;
  changed: readonly Merged[];
  rows: readonly Row[];
}

function writtenOf(desk: MergeDesk, { shape, merged }: Part): Written {
  const changed = merged.filter((one) => one.made || changedItems(one).length > 0);
  const ofChanged = new Set(changed);
  // Of a household what its members bring may change although no item of its own does.
  const rows = merged
    .filter((one) => ofChanged.has(one) || one.members !== undefined)
    .map((one) => rowOf(desk, shape, one));
  return { shape, changed, rows };
}

/** Items whose fact is another one now, or gone. */
export function changedItems({ standing, after }: Pick<Merged, 'standing' | 'after'>): string[] {
  const before = standing.facts;
  const items: string[] = [];
  for (const item in after) if (before[item] !== after[item]) items.push(item);
  for (const item in before) if (!(item in after)) items.push(item);
  return items;
}

/** What a record counted for, and counts for now: null once it is gone. */
export interface Moved {
  category: CategoryKey;
  standing: Standing;
  made?: boolean;
  counted: Counted | null;
}

/** What of a record lies outside its facts, before and after. */
interface Row extends Moved {
  made: boolean;
  listing: Record<string, unknown>;
  counted: Counted;
  gone: string[];
  come: string[];
}

function rowOf({ dictionary, vault }: MergeDesk, shape: CategoryShape, one: Merged): Row {
  const { standing, after, made, more } = one;
  const summary = summaryOf(dictionary, shape, after);
  const { missing, completeness } = summary;
  const counted = { tags: tagsAfter(dictionary, shape, one, summary.tags), missing, completeness };
  const left = standing.left_on !== null;
  const bare = { tags: [], missing: [] };
  const had = made ? [] : tokensOf(shape.key, standing.facts, left ? bare : standing, vault);
  const has = tokensOf(shape.key, after, left ? bare : counted, vault);
  return {
    category: shape.key,
    standing,
    made,
    listing: {
      ...listingOf(shape, after),
      ...counted,
      fresh_until: summary.freshUntil,
      // Who lives in a household stands with it in lists, whatever the name.
      sort_key: standing.household === null ? summary.sortKey : standing.sort_key,
      ...more,
    },
    counted,
    gone: notIn(had, has),
    come: notIn(has, had),
  };
}

/** Those of a list that are not in another. */
function notIn(list: string[], other: readonly string[]): string[] {
  if (other.length === 0) return list;
  const known = new Set(other);
  return list.filter((one) => !known.has(one));
}

/** The tags of a merged record. */
export function tagsAfter(
  dictionary: Dictionary,
  shape: CategoryShape,
  { standing, after, members }: Merged,
  own: readonly string[],
): string[] {
  if (members !== undefined) return householdTags(after, members, dictionary);
  // Tags that a household has from its members are none of its own items'.
  const had = new Set(tagsOf(shape.key, standing.facts, dictionary));
  return [...new Set([...own, ...standing.tags.filter((tag) => !had.has(tag))])];
}

async function writeListing(
  tx: Queries,
  { at }: MergeDesk,
  { shape, rows, changed }: Written,
): Promise<void> {
  const edited = changed.map(({ standing }) => standing.id);
  for (const made of [true, false]) {
    const these = rows.filter((row) => row.made === made);
    const [first] = these;
    if (!first) continue;
    const columns = Object.keys(first.listing).map((column) => sql.ref(column));
    const json = JSON.stringify(
      these.map(({ standing: { county, id, area }, listing }) => ({
        county,
        id,
        area,
        ...listing,
      })),
    );
    const given = sql`json_populate_recordset(null::${sql.table(shape.key)}, ${json}) n`;
    if (made) {
      await tx.count(sql`insert into ${sql.table(shape.key)} (county, id, area, ${sql.join(columns)}, updated_at)
        select county, id, area, ${sql.join(columns)}, ${at}::timestamptz from ${given}`);
      continue;
    }
    const set = columns.map((column) => sql`${column} = n.${column}`);
    const side = (of: Sql) => sql.join(columns.map((column) => sql`${of}.${column}`));
    // A household whose members brought nothing new is not written: its version would say that it was.
    await tx.count(sql`update ${sql.table(shape.key)} r set ${sql.join(set)}, version = r.version + 1, updated_at = ${at}
      from ${given} where r.county = n.county and r.id = n.id
       and (r.id = any (${edited}::uuid[]) or (${side(sql`r`)}) is distinct from (${side(sql`n`)}))`);
  }
}

/** Facts of one group of a record. */
interface GroupRow {
  county: number;
  id: string;
  area: number;
  facts: Facts;
}

async function writeFacts(
  tx: Queries,
  { dictionary, vault }: MergeDesk,
  { shape, changed }: Written,
): Promise<void> {
  const groupOf = (item: string) => dictionary.item(shape.key, item)?.group ?? 'file';
  const byGroup = new Map(shape.groups.map((group) => [group, [] as GroupRow[]]));
  for (const one of changed) {
    const { county, id, area } = one.standing;
    const touched = new Map(changedItems(one).map((item) => [groupOf(item), {} as Facts]));
    for (const [item, fact] of Object.entries(one.after)) {
      const group = groupOf(item);
      const facts = touched.get(group);
      if (facts) facts[item] = sealedFact(vault, group, fact);
    }
    for (const [group, facts] of touched) byGroup.get(group)?.push({ county, id, area, facts });
  }
  for (const [group, rows] of byGroup) {
    const emptied = rows.filter(({ facts }) => Object.keys(facts).length === 0);
    if (emptied.length > 0)
      await tx.count(sql`delete from ${sql.table(`${shape.key}_${group}`)} g
        using json_to_recordset(${JSON.stringify(emptied)}) as n(county int, id uuid) where g.county = n.county and g.id = n.id`);
    const filled = rows.filter(({ facts }) => Object.keys(facts).length > 0);
    if (filled.length === 0) continue;
    await tx.count(sql`insert into ${sql.table(`${shape.key}_${group}`)} as g (county, id, area, facts)
      select n.* from json_to_recordset(${JSON.stringify(filled)}) as n(county int, id uuid, area bigint, facts jsonb)
      on conflict (county, id) do update set facts = excluded.facts`);
  }
}

async function writeTokens(tx: Queries, rows: readonly Row[]): Promise<void> {
  // By record, each with all its tokens: as much text again would go into naming the record for each.
  const listed = (side: 'gone' | 'come'): string | undefined => {
    const list = rows.flatMap(({ [side]: tokens, standing: { county, area, id } }) =>
      tokens.length === 0 ? [] : [{ county, area, id, tokens }],
    );
    return list.length === 0 ? undefined : JSON.stringify(list);
  };
  const given = (json: string) =>
    sql`json_to_recordset(${json}) as n(county int, area bigint, id uuid, tokens text[]), unnest(n.tokens) as token`;
  const gone = listed('gone');
  if (gone)
    await tx.count(sql`delete from archive_token t using (select token, n.area, n.id from ${given(gone)}) n
      where t.token = n.token and t.area = n.area and t.id = n.id`);
  const come = listed('come');
  if (come)
    await tx.count(sql`insert into archive_token (token, area, id, county)
      select token, n.area, n.id, n.county from ${given(come)} order by token, n.area, n.id`);
}

/** Moves the kept counts by what the records add to them; in one order, so that two writers do not deadlock. */
export async function writeTally(tx: Queries, rows: readonly Moved[]): Promise<void> {
  const moves = new Map<string, number>();
  const add = (category: CategoryKey, area: number, counted: Counted, sign: number): void => {
    for (const [measure, n] of measuresOf(category, counted)) {
      const key = `${area} ${measure}`;
      moves.set(key, (moves.get(key) ?? 0) + sign * n);
    }
  };
  for (const { category, standing, made, counted } of rows) {
    if (standing.left_on !== null) continue;
    if (!made) add(category, standing.area, standing, -1);
    if (counted) add(category, standing.area, counted, 1);
  }
  const list = [...moves]
    .filter(([, n]) => n !== 0)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, n]) => {
      const [area = '', measure = ''] = key.split(' ');
      return { county: countyOf(Number(area)), area: Number(area), measure, n };
    });
  if (list.length === 0) return;
  await tx.count(sql`insert into area_tally (county, area, measure, n)
    select * from json_to_recordset(${JSON.stringify(list)}) as n(county int, area bigint, measure text, n int)
    on conflict (county, area, measure) do update set n = area_tally.n + excluded.n`);
  await tx.count(sql`delete from area_tally t using json_to_recordset(${JSON.stringify(list)}) as n(county int, area bigint, measure text)
    where t.county = n.county and t.area = n.area and t.measure = n.measure and t.n = 0`);
}

/** A line of the history. */
interface Line {
  county: number;
  area: number;
  category: CategoryKey;
  subject: string;
  household: string | null;
  id: string;
  kind: 'created' | 'changed';
  item?: string;
  group: ItemGroup;
  before?: Fact | null;
  after?: Fact | null;
}

/** Lines of the history: a record made, a fact that another took the place of (DESIGN.md, rule 5). */
async function writeHistory(
  tx: Queries,
  desk: MergeDesk,
  parts: readonly Written[],
): Promise<void> {
  const lines = parts.flatMap(({ shape, changed }) =>
    changed.flatMap((one) => linesOf(desk, shape, one)),
  );
  if (lines.length === 0) return;
  await tx.count(sql`insert into archive_change
      (county, id, area, at, category, subject, household, kind, item, item_group, before, after)
    select county, id, area, ${desk.at}::timestamptz, category, subject, household, kind, item, "group", before, after
      from json_to_recordset(${JSON.stringify(lines)}) as n(county int, id uuid, area bigint, category text, subject uuid,
           household uuid, kind text, item text, "group" text, before jsonb, after jsonb)`);
}

function linesOf(
  { dictionary, vault, at, undoing }: MergeDesk,
  shape: CategoryShape,
  one: Merged,
): Line[] {
  const { county, id: subject, area, household, facts } = one.standing;
  const lines: Line[] = [];
  const add = (line: Pick<Line, 'kind' | 'group' | 'item' | 'before' | 'after'>): void => {
    lines.push({
      county,
      area,
      category: shape.key,
      subject,
      household: shape.key === 'household' ? subject : household,
      id: newId(at.getTime()),
      ...line,
    });
  };
  if (one.made) add({ kind: 'created', group: 'file' });
  const replaced = (item: string, before: Fact | null, after: Fact | undefined): void => {
    if (before === null) return;
    const group = dictionary.item(shape.key, item)?.group ?? 'file';
    const side = (fact: Fact | undefined) => (fact ? sealedFact(vault, group, fact) : null);
    add({ kind: 'changed', item, group, before: side(before), after: side(after) });
  };
  if (undoing) {
    for (const item of changedItems(one)) replaced(item, facts[item] ?? null, one.after[item]);
    return lines;
  }
  for (const [i, { before }] of one.steps.entries()) {
    for (const [item, fact] of Object.entries(before)) {
      const later = one.steps.slice(i + 1).find((step) => item in step.before);
      replaced(item, fact, later?.before[item] ?? one.after[item]);
    }
  }
  return lines;
}

/** Values that stand beside the one in force until an official decides. */
async function writeClaims(
  tx: Queries,
  { dictionary, vault, at }: MergeDesk,
  parts: readonly Part[],
): Promise<void> {
  const claims = parts.flatMap(({ shape, merged }) =>
    merged.flatMap(({ standing: { county, id, area }, claims }) =>
      claims.map(({ item, fact }) => {
        const group = dictionary.item(shape.key, item)?.group ?? 'file';
        const own = { county, area, category: shape.key, subject: id, item, group };
        return { ...own, id: newId(at.getTime()), fact: sealedFact(vault, group, fact) };
      }),
    ),
  );
  if (claims.length === 0) return;
  await tx.count(sql`insert into archive_claim (county, id, area, category, subject, item, item_group, fact, at)
    select county, id, area, category, subject, item, "group", fact, ${at}::timestamptz
      from json_to_recordset(${JSON.stringify(claims)}) as n(county int, id uuid, area bigint, category text, subject uuid, item text,
           "group" text, fact jsonb)
    on conflict (county, subject, item) do nothing`);
}

/** Of what only came to a record nothing is kept: its facts tell which batch they are of. */
async function writeTouches(
  tx: Queries,
  { dictionary, vault }: MergeDesk,
  parts: readonly Written[],
): Promise<void> {
  const touches = parts.flatMap(({ shape, changed }) =>
    changed.flatMap(({ standing: { county, id, area }, made, steps }) =>
      steps.flatMap(({ batch, before }, i) => {
        const stood: Record<string, Fact> = {};
        for (const [item, fact] of Object.entries(before)) {
          const group = dictionary.item(shape.key, item)?.group ?? 'file';
          if (fact) stood[item] = sealedFact(vault, group, fact);
        }
        const makes = made && i === 0;
        if (!makes && Object.keys(stood).length === 0) return [];
        return [{ batch, county, category: shape.key, id, area, made: makes, before: stood }];
      }),
    ),
  );
  if (touches.length === 0) return;
  // A decision of an official may touch a record after its batch did: what stood before the batch is what counts.
  await tx.count(sql`insert into gather_touch as t (batch, county, category, id, area, made, before)
    select batch, county, category, id, area, made, before
      from json_to_recordset(${JSON.stringify(touches)}) as n(batch int, county int, category text, id uuid, area bigint,
           made boolean, before jsonb)
    on conflict (county, batch, category, id) do update set before = excluded.before || t.before`);
}
