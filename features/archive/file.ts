import { instantOf } from '../../server/clock.ts';
import type { Actor, Database, Tx } from '../../server/database/actor.ts';
import { type Sql, sql } from '../../server/database/sql.ts';
import { Problem } from '../../server/errors.ts';
import type { AreaName } from '../area/contract.ts';
import { levelOf } from '../area/queries.ts';
import { recordShown } from '../audit/queries.ts';
import type { ItemGroup } from '../identity/roles.ts';
import { besideNames } from './beside.ts';
import type { CategoryShape } from './categories.ts';
import type { Conflict, ItemView } from './contract.ts';
import type { Dictionary, Item } from './dictionary.ts';
import type { CountyDictionaries } from './items/county-dictionaries.ts';
import { countiesOf, listedColumns, listedJoins } from './list.ts';
import { accountNames } from './names.ts';
import { related } from './related.ts';
import { type ListedRow, present } from './rows.ts';
import { byActAlone } from './rules/by-act.ts';
import { type Fact, type Facts, staleItems } from './rules/facts.ts';

interface ClaimRow {
  id: string;
  item: string;
  fact: Fact;
  account: string | null;
  reason: string | null;
  at: string;
}

interface PathRow {
  code: string;
  name: string;
  level: number;
}

/** What opens a file: the record, and for those who need one a purpose. A printed file names its entry of the audit. */
export interface Opening {
  id: string;
  purpose?: string | undefined;
  printed?: { entry: string };
}

/**
 * 一户一档 and its siblings: a record's whole file, as far as the acting post sees it, in one round
 * trip; the opening goes on record in the same transaction.
 * @throws Problem purpose-required for a supervisor without one, not-found outside the scope
 */
export async function openFile(
  database: Database,
  dictionaries: CountyDictionaries,
  shape: CategoryShape,
  actor: Actor,
  opening: Opening,
): Promise<Record<string, unknown> & { version: number }> {
  const known = await dictionaries.of(actor);
  if (needsPurpose(actor)) requirePurpose(known, opening.purpose);
  const found = await database.readTogether<FileParts>(
    actor,
    (tx) => fileQueries(tx, known, shape, opening),
    needsPurpose(actor) ? { subjects: [opening.id] } : {},
  );
  const row = found.rows[0];
  if (!row) throw new Problem('not-found');
  const dictionary = dictionaries.at(row.area);
  const facts: Facts = Object.assign({}, ...row.facts);
  const accounts = [
    ...Object.values(facts).map((fact) => fact.a),
    ...found.claims.map((claim) => claim.account ?? undefined),
  ];
  const names = await namesFor(database, actor, accounts);
  const stale = staleItems(shape.key, facts, actor.day, dictionary);
  return {
    ...(present[shape.key](row as never, besideNames(dictionary, actor), actor.day) as object),
    version: row.version,
    path: found.path.map(
      (at): AreaName => ({ code: at.code, name: at.name, level: levelOf(at.level) }),
    ),
    items: viewsOf(shape, dictionary, facts, names, stale),
    conflicts: found.claims.map((claim) => conflictOf(claim, names)),
    staleItems: stale,
    abilities: abilitiesOf(shape, dictionary, actor),
    ...found.relations,
  };
}

/** What one opening asks the database, and how it is answered. */
export interface FileParts extends Record<string, unknown> {
  rows: (ListedRow & { facts: Facts[] })[];
  path: PathRow[];
  claims: ClaimRow[];
  relations: object;
  looked: number;
}

/** The statements of one opening, issued together: none depends on another's answer. */
export function fileQueries(
  tx: Tx,
  dictionary: Dictionary,
  shape: CategoryShape,
  { id, purpose, printed }: Opening,
): { [K in keyof FileParts]: Promise<FileParts[K]> } {
  const groups = openGroups(shape, tx.actor);
  return {
    rows: tx.rows(headQuery(tx, shape, groups, id), shown),
    path: tx.rows(pathQuery(tx, shape, id)),
    claims: tx.rows(claimsQuery(id)),
    relations: related(tx, besideNames(dictionary, tx.actor), shape.key, id),
    looked: printed
      ? recordShown(tx, shape.key, shown, purpose, 'print', printed.entry)
      : recordShown(tx, shape.key, shown, purpose),
  };
}

/** The name of the record's row within the one statement of an opening. */
const shown = 'shown';

/** Whether the acting post opens files only for a stated purpose (supervisors; DOMAIN.md, section 3). */
export function needsPurpose(actor: Actor): boolean {
  return !actor.open.includes('file') && actor.reveal.includes('file');
}

/** @throws Problem purpose-required, or invalid when the purpose is not in the catalogue */
export function requirePurpose(dictionary: Dictionary, purpose: string | undefined): void {
  if (purpose === undefined) throw new Problem('purpose-required');
  if (dictionary.purposes.some(({ key }) => key === purpose)) return;
  throw new Problem('invalid', {
    errors: [
      {
        field: 'purpose',
        code: 'unknown',
        message: { zh: '目的：请从目的目录中选择', en: 'purpose: choose one of the catalogue' },
      },
    ],
  });
}

/** Groups that this opening reads: open ones, and `file` under a purpose. Sealed values are never among them. */
function openGroups(shape: CategoryShape, actor: Actor): ItemGroup[] {
  const underPurpose = needsPurpose(actor);
  return shape.groups.filter(
    (group) => actor.open.includes(group) || (underPurpose && group === 'file'),
  );
}

function headQuery(
  tx: Tx,
  shape: CategoryShape,
  groups: readonly ItemGroup[],
  id: string,
): Sql<ListedRow & { facts: Facts[] }> {
  const [first, last] = countiesOf(tx.actor.scope ?? { lo: 0, hi: 1 });
  const facts = groups.map((group) => sql`coalesce(${sql.ref(`g_${group}.facts`)}, '{}')`);
  const joins = groups.map(
    (group) =>
      sql`left join ${sql.table(`${shape.key}_${group}`)} ${sql.ref(`g_${group}`)} on ${sql.ref(`g_${group}.county`)} = r.county and ${sql.ref(`g_${group}.id`)} = r.id`,
  );
  return sql<ListedRow & { facts: Facts[] }>`
    select ${listedColumns(shape)}, coalesce(r.fresh_until <= ${tx.actor.day}::date, false) as stale,
           jsonb_build_array(${facts.length > 0 ? sql.join(facts) : sql`'{}'::jsonb`}) as facts
      from ${sql.table(shape.key)} r ${listedJoins(shape)} ${joins.length > 0 ? sql.join(joins, sql` `) : sql``}
     where r.county between ${first} and ${last} and r.id = ${id}`;
}

/** The crumbs: every code above is a shorter beginning of the record's own. */
function pathQuery(tx: Tx, shape: CategoryShape, id: string): Sql<PathRow> {
  const [first, last] = countiesOf(tx.actor.scope ?? { lo: 0, hi: 1 });
  // Unnested, so that the join is a bare equality: only that passes row security into the index.
  return sql<PathRow>`
    select a.code, a.name, a.level from ${sql.table(shape.key)} r
      cross join lateral (select r.area::text as code) c
      cross join lateral unnest(array[left(c.code, 2), left(c.code, 4), left(c.code, 6), left(c.code, 9), left(c.code, 12), c.code]) as above(code)
      join area a on a.code = above.code
     where r.county between ${first} and ${last} and r.id = ${id} order by a.level`;
}

/** Claims on a record that the acting post may read. */
export function claimsQuery(id: string): Sql<ClaimRow> {
  return sql<ClaimRow>`select id, item, fact, account, reason, at from archive_claim where subject = ${id} order by at`;
}

async function namesFor(
  database: Database,
  actor: Actor,
  ids: (string | undefined)[],
): Promise<ReadonlyMap<string, string>> {
  if (!ids.some(Boolean)) return new Map();
  return database.withActor(actor, (tx) => accountNames(tx, ids));
}

function viewsOf(
  shape: CategoryShape,
  dictionary: Dictionary,
  facts: Facts,
  names: ReadonlyMap<string, string>,
  stale: readonly string[],
): Record<string, ItemView> {
  const views: Record<string, ItemView> = {};
  for (const { key } of dictionary.categories[shape.key].items) {
    const fact = facts[key];
    if (fact) views[key] = viewOf(fact, names, stale.includes(key));
  }
  return views;
}

/** A fact with its lineage, as it is shown. */
export function viewOf(fact: Fact, names: ReadonlyMap<string, string>, stale = false): ItemView {
  const actor = fact.a === undefined ? undefined : names.get(fact.a);
  return {
    value: fact.v,
    source: fact.s,
    asOf: fact.d,
    ...(actor === undefined ? {} : { actor }),
    ...(fact.t === undefined ? {} : { changedAt: fact.t }),
    ...(stale ? { stale } : {}),
    ...gatheredBy(fact),
  };
}

/** Batch and row of a value that a department's file brought. */
const gatheredBy = ({ b, n }: Fact): { batch?: number; row?: number } =>
  b === undefined || n === undefined ? {} : { batch: b, row: n };

/** A claim as it is shown beside the value in force. */
export function conflictOf(claim: ClaimRow, names: ReadonlyMap<string, string>): Conflict {
  return {
    id: claim.id,
    item: claim.item,
    value: claim.fact.v,
    source: claim.fact.s,
    asOf: claim.fact.d,
    actor: claim.account === null ? null : (names.get(claim.account) ?? null),
    reason: claim.reason,
    at: instantOf(claim.at),
    ...gatheredBy(claim.fact),
  };
}

function abilitiesOf(shape: CategoryShape, dictionary: Dictionary, actor: Actor) {
  const { items } = dictionary.categories[shape.key];
  const editable = items
    .filter((item) => isEditable(item, actor) && !byActAlone(shape.key, item.key))
    .map(({ key }) => key);
  const revealable = (item: Item): boolean =>
    item.group !== 'file' && !actor.open.includes(item.group) && actor.reveal.includes(item.group);
  return {
    edit: editable.length > 0,
    editable,
    reveal: items.filter(revealable).map(({ key }) => key),
  };
}

/** Whether the acting post may propose a value for the item. */
export function isEditable(item: Item, actor: Actor): boolean {
  return !item.derived && !item.retired && actor.write.includes(item.group);
}
