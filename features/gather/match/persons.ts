import type { Vault } from '../../../server/crypto.ts';
import { sql } from '../../../server/database/sql.ts';
import type { Queries } from '../../../server/database/steward.ts';
import { pinyinKey } from '../../archive/search/pinyin.ts';
import { addressKeyOf } from '../clean/address.ts';

/** Where a walk through the residents stands: the last one looked at. */
export type AfterPerson = [county: number, id: string] | null;

interface Stale {
  county: number;
  id: string;
  area: number;
  version: number;
  household_version: number | null;
  name: string;
  sex: string | null;
  birth: string | null;
  household: string | null;
  address: string | null;
  number: string | null;
  citizen: string | null;
  phone: string | null;
}

/**
 * Brings what residents are matched by up to date, `atOnce` of those that changed since the last time.
 * @returns the last of them; null when all are up to date
 */
export async function freshenPersons(
  tx: Queries,
  vault: Vault,
  after: AfterPerson,
  atOnce: number,
): Promise<AfterPerson> {
  const [county, id] = after ?? [0, '00000000-0000-0000-0000-000000000000'];
  const stale = await tx.rows(sql<Stale>`
    select r.county, r.id, r.area, r.version, h.version as household_version, r.name, r.sex, r.birth, r.household,
           coalesce(h.address, f.facts -> 'registered_address' ->> 'v') as address, h.number,
           i.facts -> 'citizen_id' ->> 'v' as citizen, c.facts -> 'phone' ->> 'v' as phone
      from resident r
      left join gather_person p on p.county = r.county and p.id = r.id
      left join household h on h.county = r.county and h.id = r.household
      left join resident_file f on f.county = r.county and f.id = r.id
      left join resident_identity i on i.county = r.county and i.id = r.id
      left join resident_contact c on c.county = r.county and c.id = r.id
     where (r.county, r.id) > (${county}, ${id}::uuid)
       and (p.version is distinct from r.version or p.household_version is distinct from h.version)
     order by r.county, r.id limit ${atOnce}`);
  if (stale.length > 0)
    await keepPersons(
      tx,
      stale.map((one) => personOf(one, vault)),
    );
  const last = stale.at(-1);
  return last && stale.length === atOnce ? [last.county, last.id] : null;
}

function personOf(one: Stale, vault: Vault): PersonKeys {
  return {
    ...one,
    pinyin: pinyinKey(one.name),
    citizen: one.citizen === null ? null : vault.blind('citizen_id', vault.open(one.citizen)),
    phone:
      one.phone === null ? null : vault.blind('phone', vault.open(one.phone).replace(/\D/g, '')),
    address: one.address === null ? null : (addressKeyOf(one.address) ?? null),
    household_number: one.number,
  };
}

/** What a resident is matched by, as gather_person has it. */
export interface PersonKeys {
  county: number;
  id: string;
  area: number;
  version: number;
  household_version: number | null;
  name: string | null;
  pinyin: string | null;
  birth: string | null;
  sex: string | null;
  citizen: string | null;
  phone: string | null;
  address: string | null;
  household: string | null;
  household_number: string | null;
}

/** Writes what residents are matched by. */
export function keepPersons(tx: Queries, persons: readonly PersonKeys[]): Promise<number> {
  return tx.count(sql`
    insert into gather_person as p (county, id, area, version, household_version, name, pinyin, birth, sex, citizen, phone, address,
           household, household_number)
    select * from json_to_recordset(${JSON.stringify(persons)}) as r(county int, id uuid, area bigint, version int,
           household_version int, name text, pinyin text, birth date, sex text, citizen text, phone text, address text,
           household uuid, household_number text)
    on conflict (county, id) do update set area = excluded.area, version = excluded.version,
           household_version = excluded.household_version, name = excluded.name, pinyin = excluded.pinyin, birth = excluded.birth,
           sex = excluded.sex, citizen = excluded.citizen, phone = excluded.phone, address = excluded.address,
           household = excluded.household, household_number = excluded.household_number`);
}

/** What the residents are matched by who live in these households, or are named themselves. */
export function personsOf(
  tx: Queries,
  units: readonly { county: number; id: string }[],
): Promise<PersonKeys[]> {
  const ids = units.map(({ id }) => id);
  return tx.rows(sql<PersonKeys>`
    select p.* from unnest(${ids}::uuid[]) as u(id) join gather_person p on p.household = u.id
    union all
    select p.* from unnest(${ids}::uuid[], ${units.map(({ county }) => county)}::int[]) as u(id, county)
      join gather_person p on p.county = u.county and p.id = u.id`);
}

/** Residents as merged, by what they are matched. */
export interface NowMatchedBy {
  person: PersonKeys;
  name: string | null;
  birth: string | null;
  sex: string | null;
  citizen: string | null;
  phone: string | null;
  address: string | null;
}

/** Brings what residents are matched by in step with what was merged into them. */
export async function keepInStep(
  tx: Queries,
  vault: Vault,
  merged: readonly NowMatchedBy[],
): Promise<void> {
  const moved = merged.flatMap(({ person, ...now }) => {
    const keys = {
      name: now.name,
      pinyin: now.name === person.name ? person.pinyin : pinyinKey(now.name ?? ''),
      birth: now.birth,
      sex: now.sex,
      citizen: now.citizen === null ? null : vault.blind('citizen_id', now.citizen),
      phone: now.phone === null ? null : vault.blind('phone', now.phone.replace(/\D/g, '')),
      address: now.address === null ? null : (addressKeyOf(now.address) ?? null),
    };
    const same = (Object.keys(keys) as (keyof typeof keys)[]).every(
      (key) => keys[key] === person[key],
    );
    return same ? [] : [{ ...person, ...keys }];
  });
  if (moved.length > 0) await keepPersons(tx, moved);
}

/** Notes which versions of the records it is in step with. */
export function keepVersions(
  tx: Queries,
  households: readonly string[],
  residents: readonly string[],
): Promise<number> {
  return tx.count(sql`
    update gather_person p set version = r.version, household_version = h.version
      from (select county, id from gather_person where household = any (${households}::uuid[])
            union select county, id from gather_person where id = any (${residents}::uuid[])) k
      join resident r on r.county = k.county and r.id = k.id
      left join household h on h.county = r.county and h.id = r.household
     where p.county = k.county and p.id = k.id
       and (p.version, p.household_version) is distinct from (r.version, h.version)`);
}

/** Takes out those who are in the archive no more. */
export function dropPersons(tx: Queries): Promise<number> {
  return tx.count(sql`delete from gather_person p
    where not exists (select from resident r where r.county = p.county and r.id = p.id)`);
}
