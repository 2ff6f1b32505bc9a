import { newToken, type Vault } from '../../../server/crypto.ts';
import type { Tx } from '../../../server/database/actor.ts';
import { sql } from '../../../server/database/sql.ts';
import { type FieldError, type Language, Problem } from '../../../server/errors.ts';
import { newId } from '../../../server/ids.ts';
import type { Category, Dictionary, Item } from '../../archive/dictionary.ts';
import type { MadeSystem, NewSecret, NewSystem, System } from './contract.ts';
import { placeOf } from './cursor.ts';
import { addressFault, type Networks } from './deliver/address.ts';

/** What making systems needs beside the transaction. */
export interface SystemDesk {
  dictionary: Dictionary;
  vault: Vault;
  networks: Networks;
}

const day = 86_400_000;

/** Level of a county in the table of areas. */
const county = 3;

/**
 * Makes a system with its first secret, which is told this once.
 * @throws Problem invalid, naming field and remedy
 */
export async function addSystem(
  tx: Tx,
  desk: SystemDesk,
  wanted: NewSystem,
): Promise<MadeSystem & { lo: number }> {
  const items = itemsOf(desk.dictionary, wanted);
  const faults = [
    ...sourceFaults(desk.dictionary, wanted.source),
    ...items.faults,
    ...webhookFaults(wanted.webhook, items.found.length, desk.networks),
  ];
  const area = await tx.first(sql<{ lo: number; hi: number; level: number }>`
    select lo, hi, level from area where code = ${wanted.area} and retired_at is null`);
  const { lo, hi } = area ?? { lo: 0, hi: 0 };
  if (!area || area.level < county || !isServed(tx, lo, hi)) faults.push(areaFault);
  if (faults.length > 0) throw new Problem('invalid', { errors: faults });
  const { actor } = tx;
  const id = newId(actor.now.getTime());
  await tx.count(sql`
    insert into gather_system (id, name, source, area, lo, hi, groups, with_values, webhook, made_at, made_by)
    values (${id}, ${wanted.name.trim()}, ${wanted.source}, ${wanted.area}, ${lo}, ${hi}, ${wanted.groups}, ${wanted.values},
      ${wanted.webhook ?? null}, ${actor.now}, ${actor.account})`);
  await tx.count(sql`
    insert into gather_system_item (system, category, item, item_group)
    select ${id}, n.* from json_to_recordset(${JSON.stringify(items.found)}) as n(category text, item text, "group" text)`);
  if (wanted.webhook !== undefined) await startSending(tx, { id, lo, hi });
  return { id, lo, secret: await addSecret(tx, desk.vault, id, 1) };
}

const isServed = ({ actor: { post } }: Tx, lo: number, hi: number): boolean =>
  post !== null && lo >= post.lo && hi <= post.hi;

const areaFault: FieldError = {
  field: 'area',
  code: 'area',
  message: {
    zh: '区域：应为您负责范围内的县（市、区）或以下的区域',
    en: 'area: a county, or an area below, within yours',
  },
};

function sourceFaults({ sources }: Dictionary, source: string): FieldError[] {
  if (sources.some(({ key }) => key === source) && source !== 'resident') return [];
  return [
    {
      field: 'source',
      code: 'source',
      message: { zh: '来源：没有这个部门', en: 'source: there is no such department' },
    },
  ];
}

/** The items of a subscription, with their groups; and what is wrong with them. */
function itemsOf(dictionary: Dictionary, { items, groups }: NewSystem) {
  const faults: FieldError[] = [];
  const found = items.flatMap((key) => {
    const [category = '', item = ''] = key.split('.');
    const known = itemIn(dictionary, category, item);
    if (!known) {
      faults.push(unknownItem(key));
      return [];
    }
    if (known.group !== 'file' && !(groups as readonly string[]).includes(known.group))
      faults.push(unnamedGroup(key, known));
    return [{ category, item, group: known.group }];
  });
  return { found, faults };
}

const itemIn = (dictionary: Dictionary, category: string, item: string): Item | undefined =>
  category in dictionary.categories ? dictionary.item(category as Category, item) : undefined;

const unknownItem = (key: string): FieldError => ({
  field: 'items',
  code: 'unknown',
  message: {
    zh: `数据项：没有 ${key}，写法如 resident.education`,
    en: `items: there is no ${key}; written as resident.education`,
  },
});

const unnamedGroup = (key: string, { label, group }: Item): FieldError => ({
  field: 'groups',
  code: 'unnamed',
  message: {
    zh: `敏感类别：“${label.zh}”属于敏感类别，须先选定该类别`,
    en: `groups: ${key} is of the sensitive group ${group}, which must be named`,
  },
});

function webhookFaults(
  address: string | undefined,
  items: number,
  networks: Networks,
): FieldError[] {
  if (address === undefined) return [];
  const message =
    items === 0
      ? {
          zh: '推送地址：没有选数据项，没有可推送的内容',
          en: 'webhook: without items there is nothing to be sent',
        }
      : addressFault(address, networks);
  return message ? [{ field: 'webhook', code: 'address', message }] : [];
}

/** Sending begins with what changes from now on. */
async function startSending(
  tx: Tx,
  { id, lo, hi }: { id: string; lo: number; hi: number },
): Promise<void> {
  await tx.count(sql`
    insert into gather_webhook (system, lo, hi, after) values (${id}, ${lo}, ${hi}, (select gate_changes_newest()))
    on conflict (system) do nothing`);
}

/** A secret of 256 random bits, encrypted at rest. @returns it, to be told once */
async function addSecret(tx: Tx, vault: Vault, system: string, number: number): Promise<string> {
  const secret = newToken();
  await tx.count(sql`
    insert into gather_secret (system, number, secret, made_at)
    values (${system}, ${number}, ${vault.seal(secret)}, ${tx.actor.now})`);
  return secret;
}

interface SystemRow {
  id: string;
  name: string;
  source: string;
  area: string;
  area_name: string | null;
  lo: number;
  hi: number;
  groups: string[];
  with_values: boolean;
  webhook: string | null;
  made_at: string;
  made_by: string | null;
  ended_at: string | null;
  ended_by: string | null;
  end_reason: string | null;
  items: { category: Category; item: string }[] | null;
  secret_since: string;
  old_until: string | null;
  after: number | null;
  newest: number;
  tries: number | null;
  failing_since: string | null;
  next_at: string | null;
  dead_at: string | null;
}

/** The systems within the administrator's area: those in use first, the newest first. */
export async function readSystems(
  tx: Tx,
  { dictionary }: Pick<SystemDesk, 'dictionary'>,
  language: Language = 'zh',
  id: string | null = null,
): Promise<System[]> {
  const { now } = tx.actor;
  const rows = await tx.rows(sql<SystemRow>`
    select s.id, s.name, s.source, s.area, a.name as area_name, s.lo, s.hi, s.groups, s.with_values, s.webhook, s.made_at,
           m.name as made_by, s.ended_at, e.name as ended_by, s.end_reason, w.after, w.tries, w.failing_since, w.next_at, w.dead_at,
           gate_changes_newest() as newest,
           (select json_agg(json_build_object('category', i.category, 'item', i.item) order by i.category, i.item)
              from gather_system_item i where i.system = s.id) as items,
           (select max(k.made_at) from gather_secret k where k.system = s.id) as secret_since,
           (select max(k.until) from gather_secret k where k.system = s.id and k.until > ${now}) as old_until
      from gather_system s
      left join area a on a.code = s.area
      left join account m on m.id = s.made_by
      left join account e on e.id = s.ended_by
      left join gather_webhook w on w.system = s.id
     where ${id}::uuid is null or s.id = ${id}::uuid
     order by s.ended_at is not null, s.id desc`);
  return rows.map((row) => systemOf(row, dictionary, language));
}

function systemOf(row: SystemRow, dictionary: Dictionary, language: Language): System {
  return {
    id: row.id,
    name: row.name,
    source: row.source,
    sourceName:
      dictionary.sources.find(({ key }) => key === row.source)?.label[language] ?? row.source,
    area: { code: row.area, name: row.area_name ?? row.area },
    items: (row.items ?? []).map(({ category, item }) => ({
      key: `${category}.${item}`,
      label: dictionary.item(category, item)?.label[language] ?? item,
    })),
    groups: row.groups,
    values: row.with_values,
    webhook: row.webhook,
    sending: sendingOf(row),
    madeAt: row.made_at,
    madeBy: row.made_by ?? '',
    secretSince: row.secret_since,
    oldSecretUntil: row.old_until,
    endedAt: row.ended_at,
    endedBy: row.ended_by,
    endReason: row.end_reason,
  };
}

function sendingOf(row: SystemRow): System['sending'] {
  if (row.after === null || row.webhook === null || row.ended_at !== null) return null;
  const waiting = row.after < row.newest ? 'behind' : 'current';
  const failing = row.failing_since === null ? waiting : 'failing';
  return {
    state: row.dead_at === null ? failing : 'dead',
    failingSince: row.failing_since,
    nextAt: row.dead_at === null ? row.next_at : null,
    tries: row.tries ?? 0,
  };
}

/** One system. @throws Problem not-found */
export async function readSystem(
  tx: Tx,
  desk: Pick<SystemDesk, 'dictionary'>,
  id: string,
  language: Language = 'zh',
): Promise<System> {
  const [system] = await readSystems(tx, desk, language, id);
  if (!system) throw new Problem('not-found');
  return system;
}

/** A system in use, locked against others who change it. @throws Problem not-found, conflict when it was withdrawn */
async function inUse(tx: Tx, id: string): Promise<{ id: string; lo: number; hi: number }> {
  const found = await tx.first(sql<{ id: string; lo: number; hi: number; ended_at: string | null }>`
    select id, lo, hi, ended_at from gather_system where id = ${id} for update`);
  if (!found) throw new Problem('not-found');
  if (found.ended_at === null) return found;
  throw new Problem('conflict', {
    detail: { zh: '这个系统已停用', en: 'This system was withdrawn' },
  });
}

/**
 * Gives a system another secret. The one before stays good for some days, so that the other side changes in its own time;
 * a secret that is known to others is ended at once by giving it none.
 */
export async function rotateSecret(
  tx: Tx,
  vault: Vault,
  id: string,
  overlapDays: number,
): Promise<NewSecret> {
  await inUse(tx, id);
  const { now } = tx.actor;
  const until = new Date(now.getTime() + overlapDays * day);
  const last = await tx.first(
    sql<{ n: number }>`select max(number) as n from gather_secret where system = ${id}`,
  );
  const number = last?.n ?? 0;
  // Of three none: with a rotation the one before the last is over.
  await tx.count(sql`
    update gather_secret set until = case when number = ${number} then ${until}::timestamptz else ${now}::timestamptz end
     where system = ${id} and (until is null or until > ${now})`);
  const secret = await addSecret(tx, vault, id, number + 1);
  return { secret, oldUntil: until.toISOString() };
}

/** Withdraws a system: from this moment on no signature of it is good, and nothing is sent to it. */
export async function withdrawSystem(tx: Tx, id: string, reason: string): Promise<void> {
  await inUse(tx, id);
  const { now, account } = tx.actor;
  await tx.count(sql`
    update gather_system set ended_at = ${now}, ended_by = ${account}, end_reason = ${reason.trim()} where id = ${id}`);
  await tx.count(
    sql`update gather_secret set until = ${now} where system = ${id} and (until is null or until > ${now})`,
  );
}

/** Sets the address to which changes are sent, or takes it away. @throws Problem invalid */
export async function setWebhook(
  tx: Tx,
  { networks }: SystemDesk,
  id: string,
  address: string | null,
): Promise<void> {
  const system = await inUse(tx, id);
  const items = await tx.first(
    sql<{ n: number }>`select count(*) as n from gather_system_item where system = ${id}`,
  );
  const faults = webhookFaults(address ?? undefined, items?.n ?? 0, networks);
  if (faults.length > 0)
    throw new Problem('invalid', {
      errors: faults.map((fault) => ({ ...fault, field: 'address' })),
    });
  await tx.count(sql`update gather_system set webhook = ${address} where id = ${id}`);
  if (address === null) await tx.count(sql`delete from gather_webhook where system = ${id}`);
  else await startSending(tx, system);
}

/**
 * Says from where changes are sent, again or at last: what was given up goes on.
 * @throws Problem bad-cursor, cursor-gone, conflict when the system has no address
 */
export async function replayFrom(tx: Tx, id: string, from: string): Promise<void> {
  await inUse(tx, id);
  const { now } = tx.actor;
  const after =
    from === 'oldest'
      ? sql`0`
      : from === 'now'
        ? sql`(select gate_changes_newest())`
        : sql`${placeOf(from, now).n}`;
  const moved = await tx.count(sql`
    update gather_webhook set after = ${after}, tries = 0, failing_since = null, next_at = null, dead_at = null
     where system = ${id}`);
  if (moved > 0) return;
  throw new Problem('conflict', {
    detail: {
      zh: '这个系统没有推送地址，请先填写',
      en: 'This system has no address to send to; set one first',
    },
  });
}
