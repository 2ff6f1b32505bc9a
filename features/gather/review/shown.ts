import { instantOf } from '../../../server/clock.ts';
import type { Vault } from '../../../server/crypto.ts';
import type { Actor, Tx } from '../../../server/database/actor.ts';
import { sql } from '../../../server/database/sql.ts';
import { Problem } from '../../../server/errors.ts';
import { besideNames } from '../../archive/beside.ts';
import type { Category, Dictionary } from '../../archive/dictionary.ts';
import { countiesOf } from '../../archive/list.ts';
import { accountNames } from '../../archive/names.ts';
import { maskCitizenId } from '../../archive/rules/citizen-id.ts';
import type { FactValue } from '../../archive/rules/facts.ts';
import { maskPhone } from '../../archive/rules/phone.ts';
import { recordOpening } from '../../audit/queries.ts';
import type { Shown as Scored } from '../match/run.ts';
import { valuesOf } from '../merge/state.ts';
import type { Candidate, ReviewRow, RowParams, StatedItem } from './contract.ts';

interface Found {
  county: number | null;
  version: number;
  decision: string;
  candidates: Shown[] | null;
  resident: string | null;
  account: string | null;
  decided_at: string | null;
  source: string;
  file_name: string;
  day: string;
  as_of: string | null;
  name: string | null;
  sex: string | null;
  birth: string | null;
  address: string | null;
  household_number: string | null;
  guardian: string | null;
  items: Record<string, FactValue> | null;
  sealed: string | null;
}

/** A candidate of the matching, or of a link without one. */
type Shown = Omit<Scored, 'score'> & { score: number | null };

/** What showing a row needs beside the transaction. */
export interface ShowDesk {
  dictionary: Dictionary;
  vault: Vault;
}

/**
 * A row with those it may mean, side by side. Each resident shown is a look, and goes on record as one.
 * @throws Problem not-found
 */
export async function showRow(tx: Tx, desk: ShowDesk, { batch, n }: RowParams): Promise<ReviewRow> {
  const found = await tx.first(sql<Found>`
    select l.county, l.version, l.decision, l.candidates, l.resident, l.account, l.decided_at, b.source, b.file_name, b.day::text as day,
           r.as_of::text as as_of, r.name, r.sex, r.birth::text as birth, r.address, r.household_number, r.guardian, r.items, r.sealed
      from gather_link l join gather_row r on r.batch = l.batch and r.n = l.n
      join gate_gather_batches(array[${batch}::int]) b on b.number = l.batch
     where l.batch = ${batch} and l.n = ${n}`);
  if (!found) throw new Problem('not-found');
  // A row that an id linked was laid beside nobody: then whom it is linked to stands there.
  const shown = found.candidates ?? linkedAlone(found);
  const candidates = await candidatesOf(tx, desk.dictionary, shown);
  await recordLooks(tx, candidates);
  const names = await accountNames(tx, [found.account ?? undefined]);
  const isOpen = found.decision === 'ask';
  return {
    batch,
    n,
    version: found.version,
    decision: found.decision,
    source: found.source,
    fileName: found.file_name,
    day: found.day,
    asOf: found.as_of,
    row: rowOf(desk, tx.actor, found),
    candidates,
    outside: shown.length - candidates.length,
    decided: isOpen
      ? null
      : {
          by: found.account === null ? null : (names.get(found.account) ?? null),
          at: found.decided_at === null ? null : instantOf(found.decided_at),
          resident: found.resident,
        },
  };
}

function linkedAlone({ resident, county }: Found): Shown[] {
  return resident === null ? [] : [{ county: county ?? 0, resident, score: null, steps: [] }];
}

/** Puts on record that residents were laid beside a department's row. */
export async function recordLooks(
  tx: Tx,
  residents: readonly { resident: string }[],
): Promise<void> {
  for (const { resident } of residents)
    await recordOpening(tx, 'resident', resident, undefined, 'compare_row');
}

/** Items that stand in the row's own lines, and not once more among what it states. */
const told = ['name', 'sex', 'birth', 'citizen_id', 'phone'];

function rowOf({ dictionary, vault }: ShowDesk, actor: Actor, found: Found): ReviewRow['row'] {
  const values = valuesOf({ items: found.items ?? {}, sealed: found.sealed }, vault);
  const beside = besideNames(dictionary, actor);
  const text = (key: string): string | null =>
    typeof values[key] === 'string' ? values[key] : null;
  const id = text('resident.citizen_id');
  const phone = text('resident.phone');
  const items = Object.entries(values).flatMap(([key, value]): StatedItem[] => {
    const [category = '', item = ''] = key.split('.');
    const group = dictionary.item(category as Category, item)?.group;
    if (!group || (category === 'resident' && told.includes(item))) return [];
    const sealed = !actor.open.includes(group);
    return [{ category, item, value: sealed ? null : value, sealed }];
  });
  return {
    name: found.name,
    sex: found.sex,
    birth: found.birth,
    idMask: id === null ? null : beside.idMask(maskCitizenId(id)),
    phoneMask: phone === null ? null : beside.phoneMask(maskPhone(phone)),
    address: addressIn(values) ?? found.address?.split('|').filter(Boolean).join(' ') ?? null,
    householdNumber: found.household_number,
    guardian: found.guardian,
    items,
  };
}

/** The address as the row writes it, of whichever item its profile makes it. */
function addressIn(values: Record<string, FactValue>): string | null {
  const keys = ['resident.residence_address', 'resident.registered_address', 'household.address'];
  const found = keys.map((key) => values[key]).find((value) => typeof value === 'string');
  return typeof found === 'string' ? found : null;
}

interface CandidateRow extends Omit<Candidate, 'belief' | 'steps' | 'idMask' | 'phoneMask'> {
  id_mask: string | null;
  phone_mask: string | null;
}

/** The residents that a row may mean, as far as the post sees them, in the order in which they are likely. */
export async function candidatesOf(
  tx: Tx,
  dictionary: Dictionary,
  shown: readonly Shown[],
): Promise<Candidate[]> {
  if (shown.length === 0) return [];
  const [first, last] = countiesOf(tx.actor.scope ?? { lo: 0, hi: 1 });
  const ids = shown.map(({ resident }) => resident);
  const rows = await tx.rows(sql<CandidateRow>`
    select r.id as resident, r.name, r.sex, r.birth::text as birth, r.id_mask, r.phone_mask, h.address, h.number as "householdNumber",
           r.household, coalesce(a.name, r.area::text) as area, r.relation, r.left_on::text as left,
           coalesce((select array_agg(o.name order by o.sort_key) from household_member m
              join resident o on o.county = m.county and o.id = m.resident
             where m.county = r.county and m.household = r.household and m.resident <> r.id and m.until is null), '{}') as family
      from resident r left join household h on h.county = r.county and h.id = r.household
      left join area a on a.lo = r.area and a.level >= 5
     where r.county between ${first} and ${last} and r.id = any (${ids}::uuid[])`);
  const beside = besideNames(dictionary, tx.actor);
  const byId = new Map(rows.map((row) => [row.resident, row]));
  return shown.flatMap(({ resident, score, steps }) => {
    const row = byId.get(resident);
    if (!row) return [];
    const { id_mask, phone_mask, ...rest } = row;
    return [
      {
        ...rest,
        idMask: beside.idMask(id_mask),
        phoneMask: beside.phoneMask(phone_mask),
        belief: score,
        steps,
      },
    ];
  });
}
