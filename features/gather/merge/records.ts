import type { Vault } from '../../../server/crypto.ts';
import { type Sql, sql } from '../../../server/database/sql.ts';
import type { Queries } from '../../../server/database/steward.ts';
import { type CategoryShape, sealedGroups } from '../../archive/categories.ts';
import type { Dictionary } from '../../archive/dictionary.ts';
import { opened, sealed } from '../../archive/facts-store.ts';
import type { Fact, Facts } from '../../archive/rules/facts.ts';
import type { Counted } from '../../archive/tally.ts';
import type { ItemGroup } from '../../identity/roles.ts';

/** What merging needs beside the transaction. */
export interface MergeDesk {
  dictionary: Dictionary;
  vault: Vault;
  /** Number of the batch. */
  batch: number;
  source: string;
  /** Now. */
  at: Date;
  /** Set while the batch is undone: what stood before is not kept then. */
  undoing?: boolean;
}

/** A record as it stands before a batch is merged into it. */
export interface Standing extends Counted {
  county: number;
  id: string;
  area: number;
  version: number;
  left_on: string | null;
  /** Of a resident: the household lived in. */
  household: string | null;
  sort_key: string;
  facts: Facts;
}

/** What one batch does to a record. */
export interface BatchStep {
  batch: number;
  /** The items that it writes, with the fact that stood before; null where none did. */
  before: Record<string, Fact | null>;
}

/** A record with what becomes of it. */
export interface Merged {
  standing: Standing;
  made: boolean;
  after: Facts;
  /** Batch by batch, in their order; of a record that is made the first is the one that makes it. */
  steps: readonly BatchStep[];
  /** Values beside the one in force: neither outranks the other. */
  claims: { item: string; fact: Fact }[];
  /** Listing columns that do not follow from facts; the same ones in all records that are written together. */
  more: Record<string, unknown>;
  /** Of a household: the tags of its members, where they are to be looked at. */
  members?: readonly (readonly string[])[];
}

/** A record that a batch makes: nothing stands yet. */
export function nothingYet(county: number, area: number, id: string): Standing {
  return {
    county,
    id,
    area,
    tags: [],
    missing: [],
    completeness: 0,
    version: 0,
    left_on: null,
    household: null,
    sort_key: '',
    facts: {},
  };
}

// A fact that stays as it is keeps its very bytes: it is not encrypted anew, and an undone batch leaves no trace.
const asStored = new WeakMap<Fact, Fact>();

/** A fact with its value readable; `sealedFact` gives back what was stored. */
export function openedFact(vault: Vault, group: ItemGroup, fact: Fact): Fact {
  if (!sealedGroups.includes(group)) return fact;
  const readable = opened(vault, group, fact);
  asStored.set(readable, fact);
  return readable;
}

/** A fact as it is stored. */
export function sealedFact(vault: Vault, group: ItemGroup, fact: Fact): Fact {
  return asStored.get(fact) ?? sealed(vault, group, fact);
}

/** Reads records of a category with all their facts, values readable; locked, in the order of their keys. */
export function readRecords(
  tx: Queries,
  vault: Vault,
  shape: CategoryShape,
  keys: readonly { county: number; id: string }[],
): Promise<Map<string, Standing>> {
  return read(tx, vault, shape, keys, sql` order by r.county, r.id for update of r`);
}

/** Reads records as they stand just now, to be locked and looked at again with `areUnchanged` before they are written. */
export function glanceAt(
  tx: Queries,
  vault: Vault,
  shape: CategoryShape,
  keys: readonly { county: number; id: string }[],
): Promise<Map<string, Standing>> {
  return read(tx, vault, shape, keys, sql``);
}

/** Locks records, in the order of their keys, and tells whether they are as they were read. */
export async function areUnchanged(
  tx: Queries,
  shape: CategoryShape,
  records: readonly Standing[],
): Promise<boolean> {
  if (records.length === 0) return true;
  const given = JSON.stringify(
    records.map(({ county, id, version, tags }) => ({ county, id, version, tags })),
  );
  const same = await tx.rows(sql<{ same: boolean }>`
    select r.version = k.version and r.tags = k.tags as same
      from json_to_recordset(${given}) as k(county int, id uuid, version int, tags text[])
      join ${sql.table(shape.key)} r on r.county = k.county and r.id = k.id
     order by r.county, r.id for update of r`);
  return same.length === records.length && same.every((one) => one.same);
}

async function read(
  tx: Queries,
  vault: Vault,
  shape: CategoryShape,
  keys: readonly { county: number; id: string }[],
  locking: Sql,
): Promise<Map<string, Standing>> {
  if (keys.length === 0) return new Map();
  const isResident = shape.key === 'resident';
  const canLeave = isResident || shape.key === 'household';
  const groups = shape.groups.map((group) => ({
    facts: sql`${sql.ref(group)}.facts as ${sql.ref(`facts_${group}`)}`,
    from: sql`left join ${sql.table(`${shape.key}_${group}`)} ${sql.ref(group)}
      on ${sql.ref(group)}.county = r.county and ${sql.ref(group)}.id = r.id`,
  }));
  const rows = await tx.rows(sql<Standing & Record<string, Facts | null>>`
    select r.county, r.id, r.area, r.version, r.tags, r.missing, r.completeness, r.sort_key,
           ${canLeave ? sql`r.left_on` : sql`null::date as left_on`},
           ${isResident ? sql`r.household` : sql`null::uuid as household`},
           ${sql.join(groups.map(({ facts }) => facts))}
      from json_to_recordset(${JSON.stringify(keys)}) as k(county int, id uuid)
      join ${sql.table(shape.key)} r on r.county = k.county and r.id = k.id
      ${sql.join(
        groups.map(({ from }) => from),
        sql` `,
      )}${locking}`);
  return new Map(rows.map((row) => [row.id, { ...row, facts: factsOf(row, shape, vault) }]));
}

function factsOf(
  row: Record<string, Facts | null | unknown>,
  shape: CategoryShape,
  vault: Vault,
): Facts {
  const facts: Facts = {};
  for (const group of shape.groups) {
    const own = (row[`facts_${group}`] ?? {}) as Facts;
    for (const [item, fact] of Object.entries(own)) facts[item] = openedFact(vault, group, fact);
  }
  return facts;
}
