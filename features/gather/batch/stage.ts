import type { Vault } from '../../../server/crypto.ts';
import { sql } from '../../../server/database/sql.ts';
import type { Queries } from '../../../server/database/steward.ts';
import { sealedGroups } from '../../archive/categories.ts';
import type { Category, Dictionary } from '../../archive/dictionary.ts';
import { dayExists } from '../../archive/rules/day.ts';
import type { FactValue } from '../../archive/rules/facts.ts';
import { pinyinKey } from '../../archive/search/pinyin.ts';
import { birthIn, sexIn } from '../clean/id.ts';
import { repairsOf } from '../match/repair.ts';
import { decisionKey } from '../review/remembered.ts';
import { type Cleaned, type CleanRow, isSetAside, type RowKeys } from '../rows.ts';

/** A row as gather_row takes it. */
interface StagedRow {
  n: number;
  name: string | null;
  pinyin: string | null;
  birth: string | null;
  sex: string | null;
  citizen: string | null;
  repairs: string[] | null;
  phone: string | null;
  address: string | null;
  household_number: string | null;
  place: number | null;
  guardian: string | null;
  guardian_phone: string | null;
  code: string | null;
  relation: string | null;
  as_of: string | null;
  items: Record<string, FactValue>;
  sealed: string | null;
  faults: object[] | null;
  aside: object | null;
  /** By which the same row of a later batch is known, as base64; null where it tells too little. */
  decision_key: string | null;
}

/** Makes rows ready to be staged: ids and phones as blind indexes, values of encrypted groups encrypted. */
export function stager(dictionary: Dictionary, vault: Vault, today: string) {
  const blind = (kind: string, text: string | undefined): string | null =>
    text === undefined ? null : vault.blind(kind, text);
  return (row: Cleaned): StagedRow => {
    if (isSetAside(row))
      return { ...nothing, n: row.n, aside: row.aside, faults: some(row.faults) };
    const { keys } = row;
    const { open, closed } = parted(dictionary, row);
    const repaired = repairsIn(keys, today);
    const staged = {
      n: row.n,
      name: keys.name ?? null,
      pinyin: keys.name === undefined ? null : pinyinKey(keys.name),
      birth: keys.birth ?? birthInSpoiled(keys.spoiled_id, repaired, today),
      sex: keys.sex ?? null,
      citizen: isDoubtful(keys) ? null : blind('citizen_id', keys.citizen_id),
      repairs: some(repaired.map((id) => vault.blind('citizen_id', id))),
      phone: blind('phone', keys.phone?.replace(/\D/g, '')),
      address: keys.address_key ?? null,
      household_number: keys.household_number ?? null,
      place: keys.area === undefined ? null : Number(keys.area.padEnd(15, '0')),
      guardian: keys.guardian ?? null,
      guardian_phone: blind('phone', keys.guardian_phone?.replace(/\D/g, '')),
      code: keys.house_code ?? keys.credit_code ?? null,
      relation: row.relation ?? null,
      as_of: row.asOf,
      items: open,
      sealed: Object.keys(closed).length === 0 ? null : vault.seal(JSON.stringify(closed)),
      faults: some(row.faults),
      aside: null,
    };
    return { ...staged, decision_key: decisionKey(vault, staged)?.toString('base64') ?? null };
  };
}

const nothing = {
  name: null,
  pinyin: null,
  birth: null,
  sex: null,
  citizen: null,
  repairs: null,
  phone: null,
  address: null,
  household_number: null,
  place: null,
  guardian: null,
  guardian_phone: null,
  code: null,
  relation: null,
  as_of: null,
  items: {},
  sealed: null,
  decision_key: null,
};

const some = <T>(list: T[]): T[] | null => (list.length === 0 ? null : list);

/**
 * The birth that a spoiled id still tells: its own digits, or those of all the ids that it may have been.
 * @param repaired those ids
 */
function birthInSpoiled(
  spoiled: string | undefined,
  repaired: readonly string[],
  today: string,
): string | null {
  if (spoiled?.length !== 18) return null;
  const own = birthIn(spoiled);
  if (dayExists(own) && own <= today && own >= firstBirth) return own;
  const births = new Set(repaired.map(birthIn));
  return births.size === 1 ? ([...births][0] ?? null) : null;
}

/** Nobody in a file was born before. */
const firstBirth = '1900-01-01';

/** A valid id of another birth or sex than the row tells: it may be somebody else's, and tells nobody by itself. */
function isDoubtful({ citizen_id: id, birth, sex }: RowKeys): boolean {
  if (id === undefined) return false;
  return (birth !== undefined && birth !== birthIn(id)) || (sex !== undefined && sex !== sexIn(id));
}

/** The ids that the row's may have been: a doubtful one may be right all the same. */
function repairsIn(keys: RowKeys, today: string): string[] {
  const { citizen_id: id, spoiled_id: spoiled } = keys;
  if (id !== undefined && isDoubtful(keys)) return [id, ...repairsOf(id, today)];
  return spoiled === undefined ? [] : repairsOf(spoiled, today);
}

/** The values of a row by whether they are encrypted at rest. */
function parted(dictionary: Dictionary, row: CleanRow) {
  const open: Record<string, FactValue> = {};
  const closed: Record<string, FactValue> = {};
  for (const [key, value] of Object.entries(row.items)) {
    const [category = '', item = ''] = key.split('.');
    const group = dictionary.item(category as Category, item)?.group;
    if (group && sealedGroups.includes(group)) closed[key] = value;
    else open[key] = value;
  }
  return { open, closed };
}

/** Writes rows of a batch, as JSON; those that are there already stay as they are. */
export function stage(tx: Queries, batch: number, rows: string): Promise<number> {
  return tx.count(sql`
    insert into gather_row (batch, n, name, pinyin, birth, sex, citizen, repairs, phone, address, household_number, place, guardian,
           guardian_phone, code, relation, as_of, items, sealed, faults, aside, decision_key)
    select ${batch}::int, r.n, r.name, r.pinyin, r.birth, r.sex, r.citizen, r.repairs, r.phone, r.address, r.household_number, r.place,
           r.guardian, r.guardian_phone, r.code, r.relation, r.as_of, r.items, r.sealed, r.faults, r.aside,
           decode(r.decision_key, 'base64') from json_to_recordset(${rows}) as r(n int, name text, pinyin text, birth date, sex text,
           citizen text, repairs text[], phone text, address text, household_number text, place bigint, guardian text,
           guardian_phone text, code text, relation text, as_of date, items jsonb, sealed text, faults jsonb, aside jsonb, decision_key text)
    on conflict (batch, n) do nothing`);
}
