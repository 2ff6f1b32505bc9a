import { setImmediate as othersFirst } from 'node:timers/promises';
import { sql } from '../../../server/database/sql.ts';
import type { Queries } from '../../../server/database/steward.ts';
import { newId } from '../../../server/ids.ts';
import { type CategoryShape, shapes } from '../../archive/categories.ts';
import { summaryOf } from '../../archive/listing.ts';
import type { Facts, FactValue } from '../../archive/rules/facts.ts';
import { keepInStep, keepVersions, type PersonKeys, personsOf } from '../match/persons.ts';
import { type Members, membersOf } from './members.ts';
import {
  areUnchanged,
  glanceAt,
  type MergeDesk,
  type Merged,
  nothingYet,
  type Standing,
} from './records.ts';
import { mergeInto, type Stated, statedIn, valuesOf } from './state.ts';
import {
  nameTargets,
  type TargetCategory,
  type Tie,
  targetKey,
  targetsOf,
  tie,
} from './targets.ts';
import { type Part, tagsAfter, writeParts } from './write.ts';

/** A batch of those that are merged together. */
export interface MergedBatch {
  source: string;
  /** The day of the file, for rows that tell none. */
  day: string;
  /** What its rows speak of beside a person. */
  target?: TargetCategory | undefined;
}

/** What merging needs beside the transaction; `batch` is the first of those merged together. */
export interface UnitDesk extends MergeDesk {
  batches: ReadonlyMap<number, MergedBatch>;
}

/** How many records a batch made and values it wrote, by its number. */
export type Counts = Record<number, { made: number; changed: number }>;

interface Unit {
  id: string;
  county: number;
}

/** A resident of whom linked rows speak, as matching knows them. */
interface Linked extends PersonKeys {
  /** The batch that brings the resident; null when the archive has it already. */
  made: number | null;
}

/** A row linked to a resident. */
interface Row extends Stated {
  batch: number;
  resident: string;
  relation: string | null;
  code: string | null;
  decision: string;
  values: Record<string, FactValue>;
}

/** A household that a register brings. */
interface NewHome {
  county: number;
  id: string;
  place: number;
  batch: number;
}

/** All that is read before anything is merged. */
interface Read {
  units: readonly Unit[];
  people: readonly Linked[];
  rows: ReadonlyMap<string, readonly Row[]>;
  newHomes: ReadonlyMap<string, NewHome>;
  homes: ReadonlyMap<string, Standing>;
  residents: ReadonlyMap<string, Standing>;
  members: ReadonlyMap<string, Members>;
  targets: readonly TargetRows[];
}

/** A dwelling or premises with the rows that speak of it. */
interface TargetRows {
  category: TargetCategory;
  standing: Standing;
  made: boolean;
  rows: Row[];
}

/** What the next households become, made ready before it is written. */
export interface Prepared {
  /** The last of them; null when there were none. */
  last: string | null;
  units: readonly Unit[];
  read: Read;
  homes: Map<string, Merged>;
  residents: Map<string, Merged>;
  parts: readonly Part[];
}

/** What became of some households. */
export interface Done {
  /** The last of them; null when there are no more. */
  after: string | null;
  counts: Counts;
  units: number;
}

const first = '00000000-0000-0000-0000-000000000000';

/**
 * Reads what is linked to the next `atOnce` households, and to residents without one, and merges it: each record is read
 * once and written once, whatever many batches speak of it. They are merged in the order of the batches, of the days
 * within one, and of the rows. Nothing is locked: others may be at work on the same records until it is written.
 */
export async function prepareUnits(
  tx: Queries,
  desk: UnitDesk,
  after: string | null,
  atOnce: number,
): Promise<Prepared> {
  const units = await tx.rows(sql<Unit>`
    select id, county from gather_unit
     where batch = ${desk.batch} and id > ${after ?? first}::uuid order by id limit ${atOnce}`);
  return prepareThese(tx, desk, units);
}

/**
 * Writes what was prepared, after a look whether the records are still as they were read; those that are not are
 * prepared anew.
 */
export async function writeUnits(
  tx: Queries,
  desk: UnitDesk,
  prepared: Prepared,
  atOnce: number,
): Promise<Done> {
  const { units, last } = prepared;
  if (last === null) return { after: null, counts: {}, units: 0 };
  await alongIndexes(tx);
  const fit = (await isStillSo(tx, prepared)) ? prepared : await prepareThese(tx, desk, units);
  const { read, homes, residents, parts } = fit;
  await writeParts(tx, desk, parts);
  await joinHomes(tx, read, residents);
  await tieTargets(tx, read);
  await keepKeys(tx, desk, read, homes, residents);
  const counts = countsOf(parts.flatMap(({ merged }) => merged));
  return { after: units.length < atOnce ? null : last, counts, units: units.length };
}

async function prepareThese(
  tx: Queries,
  desk: UnitDesk,
  units: readonly Unit[],
): Promise<Prepared> {
  const read = await readUnits(tx, desk, units);
  // Requests are answered by the same thread, where server and jobs share one process: they come in between.
  await othersFirst();
  const homes = mergeHomes(desk, read);
  await othersFirst();
  const residents = mergeResidents(desk, read, homes);
  await othersFirst();
  lookAtMembers(desk, read, homes, residents);
  const targets = read.targets.map((target) => ({ ...target, merged: mergeTarget(desk, target) }));
  const of = (category: TargetCategory): Merged[] =>
    targets.flatMap((one) => (one.category === category ? [one.merged] : []));
  const parts = [
    { shape: shapes.household, merged: [...homes.values()] },
    { shape: shapes.resident, merged: [...residents.values()] },
    { shape: shapes.housing, merged: of('housing') },
    { shape: shapes.premises, merged: of('premises') },
  ];
  return { last: units.at(-1)?.id ?? null, units, read, homes, residents, parts };
}

/** Locks what was read, and looks whether anything is another one meanwhile. */
async function isStillSo(tx: Queries, { parts, read }: Prepared): Promise<boolean> {
  for (const { shape, merged } of parts) {
    const known = merged.flatMap(({ made, standing }) => (made ? [] : [standing]));
    if (!(await areUnchanged(tx, shape, known))) return false;
  }
  for (const category of ['housing', 'premises'] as const) {
    const codes = read.targets.flatMap(({ category: own, made, rows }) =>
      made && own === category ? (rows[0]?.code ?? []) : [],
    );
    if (codes.length > 0 && (await targetsOf(tx, category, codes)).length > 0) return false;
  }
  return true;
}

/** All tables are large and each is asked along an index, whatever the planner believes of tables just filled. */
function alongIndexes(tx: Queries): Promise<number> {
  return tx.count(
    sql`set local enable_seqscan = off; set local enable_hashjoin = off; set local enable_mergejoin = off`,
  );
}

async function readUnits(tx: Queries, desk: UnitDesk, units: readonly Unit[]): Promise<Read> {
  await alongIndexes(tx);
  const { people, rows } = await readRows(tx, desk, units);
  const newHomes = new Map(
    (
      await tx.rows(
        sql<NewHome>`select county, id, place, batch from gather_home where id = any (${units.map(({ id }) => id)}::uuid[])`,
      )
    ).map((home) => [home.id, home]),
  );
  const inHomes = new Set(people.flatMap(({ household }) => household ?? []));
  const ofUnits = units.filter(({ id }) => inHomes.has(id));
  const homes = await glanceAt(tx, desk.vault, shapes.household, ofUnits);
  const members = await membersOf(tx, [...homes.values()]);
  const residents = await glanceAt(tx, desk.vault, shapes.resident, people);
  // A job that was begun anew finds what the one before it had made.
  for (const id of homes.keys()) newHomes.delete(id);
  for (const person of people) if (residents.has(person.id)) person.made = null;
  const targets = await readTargets(tx, desk, people, rows);
  return { units, people, rows, newHomes, homes, residents, members, targets };
}

async function readRows(
  tx: Queries,
  { batches, vault }: UnitDesk,
  units: readonly Unit[],
): Promise<Pick<Read, 'people' | 'rows'>> {
  const people = await personsOf(tx, units);
  const found = await tx.rows(sql<Row>`
    select l.batch, l.n, l.resident, l.decision, r.as_of, r.items, r.sealed, r.relation, r.code
      from unnest(${people.map(({ id }) => id)}::uuid[]) as p(id),
           lateral (select batch, n, resident, decision from gather_link where resident = p.id offset 0) l
      join gather_row r on r.batch = l.batch and r.n = l.n
     where l.batch = any (${[...batches.keys()]}::int[])`);
  for (const row of found) row.values = valuesOf(row, vault);
  found.sort(inOrder);
  const rows = Map.groupBy(found, ({ resident }) => resident);
  const linked = people
    .filter(({ id }) => rows.has(id))
    .map((person) => ({
      ...person,
      made: rows.get(person.id)?.find(({ decision }) => decision === 'made')?.batch ?? null,
    }));
  return { people: linked, rows };
}

/** By batch, by day, those without one first, and by number. */
function inOrder(one: Row, other: Row): number {
  if (one.batch !== other.batch) return one.batch - other.batch;
  const [a, b] = [one.as_of ?? '', other.as_of ?? ''];
  if (a !== b) return a < b ? -1 : 1;
  return one.n - other.n;
}

/** What rows state of a category. */
function stated({ batches }: UnitDesk, shape: CategoryShape, rows: readonly Row[]): Facts[] {
  return rows.flatMap((row) => {
    const { source = '', day = '' } = batches.get(row.batch) ?? {};
    const facts = statedIn(shape, row.values, row, { source, day, batch: row.batch });
    return Object.keys(facts).length === 0 ? [] : [facts];
  });
}

/** The households, by their ids, with what the rows of all who live there state of them. */
function mergeHomes(desk: UnitDesk, read: Read): Map<string, Merged> {
  const living = Map.groupBy(read.people, ({ household }) => household ?? '');
  const homes = new Map<string, Merged>();
  for (const { id, county } of read.units) {
    const fresh = read.newHomes.get(id);
    const standing = fresh ? nothingYet(county, fresh.place, id) : read.homes.get(id);
    if (!standing) continue;
    const rows = (living.get(id) ?? []).flatMap((person) => read.rows.get(person.id) ?? []);
    rows.sort(inOrder);
    const merged = mergeInto(
      desk,
      shapes.household,
      standing,
      stated(desk, shapes.household, rows),
    );
    homes.set(id, { ...merged, made: fresh !== undefined });
  }
  return homes;
}

function mergeResidents(
  desk: UnitDesk,
  read: Read,
  homes: ReadonlyMap<string, Merged>,
): Map<string, Merged> {
  const order = new Map<string, string>();
  for (const [id, { made, after, standing }] of homes)
    order.set(
      id,
      made ? summaryOf(desk.dictionary, shapes.household, after).sortKey : standing.sort_key,
    );
  const residents = new Map<string, Merged>();
  for (const person of read.people) {
    const rows = read.rows.get(person.id) ?? [];
    const home = homes.get(person.household ?? '');
    const isNew = person.made !== null;
    const standing = isNew
      ? nothingYet(person.county, home?.standing.area ?? person.area, person.id)
      : read.residents.get(person.id);
    if (!standing) continue;
    const merged = mergeInto(desk, shapes.resident, standing, stated(desk, shapes.resident, rows));
    merged.made = isNew;
    if (isNew) {
      const relation = relationOf(rows);
      merged.more = {
        household: person.household,
        relation,
        sort_key: home
          ? `${order.get(home.standing.id)}-${relation ?? ''}`
          : summaryOf(desk.dictionary, shapes.resident, merged.after).sortKey,
      };
    }
    residents.set(person.id, merged);
  }
  return residents;
}

/** The relation to the head of household, of a resident whom rows bring. */
const relationOf = (rows: readonly Row[]): string | null =>
  rows.find(({ decision }) => decision === 'made')?.relation ?? null;

/** Households whose members changed: how many they are, and which of their tags a visit to the house needs. */
function lookAtMembers(
  { dictionary }: UnitDesk,
  { members }: Read,
  homes: Map<string, Merged>,
  residents: ReadonlyMap<string, Merged>,
): void {
  const living = Map.groupBy(residents.values(), (one) =>
    String(one.more.household ?? one.standing.household ?? ''),
  );
  for (const [id, home] of homes) {
    const before = members.get(id);
    const now = new Map(before?.tags ?? []);
    let come = 0;
    for (const one of living.get(id) ?? []) {
      if (one.made) come += 1;
      const { tags } = summaryOf(dictionary, shapes.resident, one.after);
      const { id: resident } = one.standing;
      if (one.made || now.has(resident))
        now.set(resident, tagsAfter(dictionary, shapes.resident, one, tags));
    }
    home.more = {
      members: (before?.members ?? 0) + come,
      registered: (before?.registered ?? 0) + come,
    };
    home.members = [...now].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, tags]) => tags);
  }
}

/** Dwellings and premises that the rows name by their codes: those there are, and those to be made. */
async function readTargets(
  tx: Queries,
  desk: UnitDesk,
  people: readonly Linked[],
  rows: ReadonlyMap<string, readonly Row[]>,
): Promise<TargetRows[]> {
  const targets: TargetRows[] = [];
  for (const category of ['housing', 'premises'] as const) {
    const ofCategory = people.flatMap((person) =>
      (rows.get(person.id) ?? []).flatMap((row) =>
        row.code !== null && desk.batches.get(row.batch)?.target === category
          ? [{ person, row, code: row.code, county: person.county }]
          : [],
      ),
    );
    if (ofCategory.length === 0) continue;
    const known = new Map(
      (
        await targetsOf(
          tx,
          category,
          ofCategory.map(({ code }) => code),
        )
      ).map((target) => [targetKey(target), target]),
    );
    const standing = await glanceAt(tx, desk.vault, shapes[category], [...known.values()]);
    for (const [key, own] of Map.groupBy(ofCategory, targetKey)) {
      const [one] = own;
      if (!one) continue;
      const id = known.get(key)?.id;
      const there = id === undefined ? undefined : standing.get(id);
      targets.push({
        category,
        made: there === undefined,
        standing: there ?? nothingYet(one.county, one.person.area, newId(desk.at.getTime())),
        rows: own.map(({ row }) => row).sort(inOrder),
      });
    }
  }
  return targets;
}

function mergeTarget(desk: UnitDesk, { category, standing, made, rows }: TargetRows): Merged {
  const shape = shapes[category];
  return { ...mergeInto(desk, shape, standing, stated(desk, shape, rows)), made };
}

async function tieTargets(tx: Queries, { targets, people }: Read): Promise<void> {
  const byId = new Map(people.map((person) => [person.id, person]));
  for (const category of ['housing', 'premises'] as const) {
    const ties = targets.flatMap(({ category: own, made, standing, rows }): Tie[] => {
      const owner = byId.get(rows[0]?.resident ?? '');
      if (!made || own !== category || !owner) return [];
      const { county, area, id } = standing;
      return [{ county, area, id, resident: owner.id, household: owner.household }];
    });
    await tie(tx, category, ties);
  }
  const named = targets.flatMap(({ standing, rows }) =>
    rows.map(({ batch, n }) => ({ batch, n, target: standing.id })),
  );
  if (named.length > 0) await nameTargets(tx, named);
}

/** Those whom a register brings live in their households. */
async function joinHomes(
  tx: Queries,
  { people, rows }: Read,
  residents: ReadonlyMap<string, Merged>,
): Promise<void> {
  const members = people.flatMap(({ id, household, made }) => {
    const one = residents.get(id);
    if (made === null || household === null || !one) return [];
    const { county, area } = one.standing;
    return [{ county, area, household, resident: id, relation: relationOf(rows.get(id) ?? []) }];
  });
  if (members.length === 0) return;
  await tx.count(sql`
    insert into household_member (county, area, household, resident, relation)
    select n.* from json_to_recordset(${JSON.stringify(members)}) as n(county int, area bigint, household uuid, resident uuid,
           relation text)`);
}

/** What the residents are matched by, as the next file is to find them. */
async function keepKeys(
  tx: Queries,
  { vault }: UnitDesk,
  { people, homes: known }: Read,
  homes: ReadonlyMap<string, Merged>,
  residents: ReadonlyMap<string, Merged>,
): Promise<void> {
  const merged = people.flatMap((person) => {
    const one = residents.get(person.id);
    if (!one) return [];
    const { made, ...keys } = person;
    const text = (item: string, facts = one.after): string | null =>
      (facts[item]?.v as string | undefined) ?? null;
    const home = homes.get(person.household ?? '');
    return [
      {
        person: keys,
        name: text('name'),
        birth: text('birth'),
        sex: text('sex'),
        citizen: text('citizen_id'),
        phone: text('phone'),
        address: (home && text('address', home.after)) ?? text('registered_address'),
      },
    ];
  });
  await keepInStep(tx, vault, merged);
  const single = people.filter(({ household, made }) => household === null && made === null);
  if (known.size + single.length > 0)
    await keepVersions(
      tx,
      [...known.keys()],
      single.map(({ id }) => id),
    );
}

function countsOf(merged: readonly Merged[]): Counts {
  const counts: Counts = {};
  for (const one of merged) {
    for (const [i, { batch, before }] of one.steps.entries()) {
      counts[batch] ??= { made: 0, changed: 0 };
      if (one.made && i === 0) counts[batch].made += 1;
      counts[batch].changed += Object.keys(before).length;
    }
  }
  return counts;
}
