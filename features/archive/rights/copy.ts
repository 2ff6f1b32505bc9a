import { instantOf } from '../../../server/clock.ts';
import type { Tx } from '../../../server/database/actor.ts';
import { sql } from '../../../server/database/sql.ts';
import { Problem } from '../../../server/errors.ts';
import { levelOf } from '../../area/queries.ts';
import { looksAt } from '../../audit/looks.ts';
import { record } from '../../audit/queries.ts';
import type { ItemGroup } from '../../identity/roles.ts';
import { shapes } from '../categories.ts';
import type { Desk } from '../desk.ts';
import type { Dictionary, Item } from '../dictionary.ts';
import { documentsOf } from '../documents/queries.ts';
import { opened, readFacts } from '../facts-store.ts';
import { countiesOf } from '../list.ts';
import { accountNames } from '../names.ts';
import type { Fact, FactValue } from '../rules/facts.ts';
import type { ResidentCopy } from './contract.ts';

/** Looks that a copy holds; who wants older ones asks the auditor. */
const mostLooks = 2000;

const shape = shapes.resident;

/**
 * A resident's whole file, sealed items too, as the resident may take it along (PIPL art. 45), on record as a look
 * for the purpose `rights`. The transaction must have been opened with the resident as its subject, by a post that
 * `mayCopy`.
 * @throws Problem not-found outside the scope
 */
export async function copyResident(tx: Tx, desk: Desk, id: string): Promise<ResidentCopy> {
  const { dictionary, vault } = desk;
  const head = await headOf(tx, id);
  const facts = await readFacts(tx, shape, shape.groups, id, vault);
  const claims = await tx.rows(
    sql<Claim>`select item, item_group, fact, account, reason from archive_claim where subject = ${id} order by at`,
  );
  const names = await accountNames(tx, [
    tx.actor.account,
    ...Object.values(facts).map((fact) => fact.a),
    ...claims.map(({ account }) => account ?? undefined),
  ]);
  const item = (key: string): Item | undefined => dictionary.item('resident', key);
  const looks = await looksAt(tx, id, undefined, mostLooks + 1);
  await record(tx, {
    action: 'copy_file',
    category: 'resident',
    subject: id,
    area: head.area,
    purpose: 'rights',
  });
  return {
    format: 'minqing-resident-1',
    madeAt: tx.actor.now.toISOString(),
    madeBy: names.get(tx.actor.account) ?? '',
    resident: {
      id,
      name: head.name,
      area: { code: head.area_code, name: head.area_name, level: levelOf(head.area_level) },
      updatedAt: instantOf(head.updated_at),
      tags: head.tags.map((key) => dictionary.tags.find((tag) => tag.key === key)?.label.zh ?? key),
    },
    items: dictionary.categories.resident.items.flatMap((one) => {
      const fact = facts[one.key];
      if (!fact) return [];
      return [
        {
          key: one.key,
          label: one.label.zh,
          sensitivity: one.sensitivity,
          authority: sourceName(dictionary, one.source),
          kept: dictionary.retention.find(({ key }) => key === one.retention)?.label.zh ?? '',
          ...copied(dictionary, one, fact, names),
        },
      ];
    }),
    besides: claims.map((claim) => ({
      key: claim.item,
      label: item(claim.item)?.label.zh ?? claim.item,
      reason: claim.reason,
      ...copied(dictionary, item(claim.item), opened(vault, claim.item_group, claim.fact), names),
    })),
    households: await householdsOf(tx, dictionary, id),
    premises: await premisesOf(tx, id),
    documents: (await documentsOf(tx, id)).map((row) => ({
      id: row.id,
      kind: row.kind,
      label: dictionary.documents.find(({ key }) => key === row.kind)?.label.zh ?? row.kind,
      title: row.title,
      takenOn: row.taken_on,
      version: row.version,
      pages: row.pages.length,
      uploadedAt: instantOf(row.uploaded_at),
      uploadedBy: row.uploader,
      retiredAt: row.retired_at === null ? null : instantOf(row.retired_at),
    })),
    history: await historyOf(tx, desk, id),
    looks: looks.slice(0, mostLooks),
    looksBefore: looks.length > mostLooks,
    requests: await requestsOf(tx, id),
  };
}

interface Claim {
  item: string;
  item_group: ItemGroup;
  fact: Fact;
  account: string | null;
  reason: string | null;
}

interface Head {
  area: number;
  name: string;
  updated_at: string;
  tags: string[];
  area_code: string;
  area_name: string;
  area_level: number;
}

async function headOf(tx: Tx, id: string): Promise<Head> {
  const [first, last] = countiesOf(tx.actor.scope ?? { lo: 0, hi: 1 });
  const found = await tx.first(sql<Head>`
    select r.area, r.name, r.updated_at, r.tags, a.code as area_code, a.name as area_name, a.level as area_level
      from resident r join area a on a.lo = r.area and a.level >= 5
     where r.county between ${first} and ${last} and r.id = ${id}`);
  if (!found) throw new Problem('not-found');
  return found;
}

function copied(
  dictionary: Dictionary,
  item: Item | undefined,
  fact: Fact,
  names: ReadonlyMap<string, string>,
) {
  return {
    value: fact.v,
    text: inWords(dictionary, item, fact.v),
    source: sourceName(dictionary, fact.s),
    asOf: fact.d,
    enteredBy: fact.a === undefined ? null : (names.get(fact.a) ?? null),
    enteredAt: fact.t ?? null,
  };
}

const sourceName = (dictionary: Dictionary, key: string): string =>
  dictionary.sources.find((source) => source.key === key)?.label.zh ?? key;

/** What codes and yes or no mean; null where the value speaks for itself. */
function inWords(dictionary: Dictionary, item: Item | undefined, value: FactValue): string | null {
  if (typeof value === 'boolean') return value ? '是' : '否';
  const codes = item?.codes ? dictionary.codes[item.codes]?.codes : undefined;
  if (!codes || value === null) return null;
  return [value]
    .flat()
    .map((one) => codes.find(({ code }) => code === one)?.zh ?? String(one))
    .join('、');
}

async function householdsOf(tx: Tx, dictionary: Dictionary, id: string) {
  const relations = dictionary.codes.family_relation?.codes ?? [];
  const rows = await tx.rows(sql<ResidentCopy['households'][number]>`
    select h.id, h.number, h.address, m.relation, m.registered, m.since, m.until
      from household_member m join household h on h.county = m.county and h.id = m.household
     where m.resident = ${id} order by m.since nulls first`);
  return rows.map((row) => ({
    ...row,
    relation: relations.find(({ code }) => code === row.relation)?.zh ?? row.relation,
  }));
}

function premisesOf(tx: Tx, id: string) {
  return tx.rows(sql<ResidentCopy['premises'][number]>`
    select p.id, p.name, l.role, l.since, l.until
      from premises_person l join premises p on p.county = l.county and p.id = l.premises
     where l.resident = ${id} order by l.since nulls first`);
}

interface ChangeRow {
  at: string;
  kind: string;
  item: string | null;
  item_group: ItemGroup;
  before: Partial<Fact> | null;
  after: Partial<Fact> | null;
  by: string | null;
  reason: string | null;
}

/** Every line of the history, oldest first, with its values. */
async function historyOf(
  tx: Tx,
  { dictionary, vault }: Desk,
  id: string,
): Promise<ResidentCopy['history']> {
  const rows = await tx.rows(sql<ChangeRow>`
    select c.at, c.kind, c.item, c.item_group, c.before, c.after, a.name as by, c.reason
      from archive_change c left join account a on a.id = c.account
     where c.subject = ${id} order by c.id`);
  const value = (row: ChangeRow, side: Partial<Fact> | null): FactValue =>
    side?.v === undefined ? null : opened(vault, row.item_group, side as Fact).v;
  return rows.map((row) => ({
    at: instantOf(row.at),
    kind: row.kind,
    key: row.item,
    label: row.item === null ? null : (dictionary.item('resident', row.item)?.label.zh ?? row.item),
    before: value(row, row.before),
    after: value(row, row.after),
    source: row.after?.s === undefined ? null : sourceName(dictionary, row.after.s),
    asOf: row.after?.d ?? null,
    by: row.by,
    reason: row.reason,
  }));
}

async function requestsOf(tx: Tx, id: string): Promise<ResidentCopy['requests']> {
  const rows = await tx.rows(sql<ResidentCopy['requests'][number]>`
    select 'correction' as kind, asked_at as "askedAt", due_on as "dueOn", state, decided_at as "decidedAt"
      from correction where subject = ${id}
    union all
    select 'deletion', asked_at, due_on, state, decided_at from deletion where subject = ${id} order by 2`);
  return rows.map((row) => ({
    ...row,
    askedAt: instantOf(row.askedAt),
    decidedAt: row.decidedAt === null ? null : instantOf(row.decidedAt),
  }));
}
