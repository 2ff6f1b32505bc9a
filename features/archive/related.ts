import type { Tx } from '../../server/database/actor.ts';
import { sql } from '../../server/database/sql.ts';
import type { Beside } from './beside.ts';
import type { CategoryKey } from './contract.ts';
import { countiesOf } from './list.ts';
import { ageOn } from './rules/age.ts';

/**
 * What a record is tied to: a household's members, dwellings and premises; a resident's households
 * and premises; a dwelling's households; the people of premises. All queries are issued at once.
 */
export async function related(
  tx: Tx,
  beside: Beside,
  category: CategoryKey,
  id: string,
): Promise<object> {
  const counties = countiesOf(tx.actor.scope ?? { lo: 0, hi: 1 });
  switch (category) {
    case 'household': {
      const [members, housing, premises] = await Promise.all([
        membersOf(tx, beside, counties, id),
        housingOf(tx, counties, id),
        premisesOfHousehold(tx, counties, id),
      ]);
      return { members, housing, premises };
    }
    case 'resident': {
      const [households, premises] = await Promise.all([
        householdsOf(tx, counties, id),
        premisesOf(tx, counties, id),
      ]);
      return { households, premises };
    }
    case 'housing':
      return { households: await householdsIn(tx, counties, id) };
    case 'premises':
      return { people: await peopleOf(tx, counties, id) };
    case 'organisation':
      return {};
  }
}

type Counties = readonly [number, number];

interface MemberRow {
  resident: string;
  name: string;
  sex: string | null;
  birth: string | null;
  relation: string | null;
  registered: boolean;
  since: string | null;
  residence_kind: string | null;
  id_mask: string | null;
  phone_mask: string | null;
  tags: string[];
  completeness: number;
}

async function membersOf(tx: Tx, beside: Beside, [first, last]: Counties, household: string) {
  const rows = await tx.rows(sql<MemberRow>`
    select m.resident, r.name, r.sex, r.birth, m.relation, m.registered, m.since, r.residence_kind, r.id_mask, r.phone_mask,
           r.tags, r.completeness
      from household_member m join resident r on r.county = m.county and r.id = m.resident
     where m.county between ${first} and ${last} and m.household = ${household} and m.until is null
     order by r.sort_key, r.id`);
  return rows.map((row) => ({
    resident: row.resident,
    name: row.name,
    sex: row.sex,
    birth: row.birth,
    age: row.birth === null ? null : ageOn(row.birth, tx.actor.day),
    relation: row.relation,
    registered: row.registered,
    since: row.since,
    residenceKind: row.residence_kind,
    idMask: beside.idMask(row.id_mask),
    phoneMask: beside.phoneMask(row.phone_mask),
    tags: beside.tags(row.tags),
    completeness: row.completeness,
  }));
}

function housingOf(tx: Tx, [first, last]: Counties, household: string) {
  return tx.rows(sql<object>`
    select d.id, d.code, d.address, d.use, d.safety_grade as "safetyGrade", l.kind
      from household_housing l join housing d on d.county = l.county and d.id = l.housing
     where l.county between ${first} and ${last} and l.household = ${household} and l.until is null order by l.kind, d.code`);
}

function premisesOfHousehold(tx: Tx, [first, last]: Counties, household: string) {
  return tx.rows(sql<object>`
    select p.id, p.name, p.state, l.role, l.resident
      from household_member m
      join premises_person l on l.county = m.county and l.resident = m.resident and l.until is null
      join premises p on p.county = l.county and p.id = l.premises
     where m.county between ${first} and ${last} and m.household = ${household} and m.until is null order by p.name`);
}

function householdsOf(tx: Tx, [first, last]: Counties, resident: string) {
  return tx.rows(sql<object>`
    select h.id, h.number, h.address, m.relation, m.registered
      from household_member m join household h on h.county = m.county and h.id = m.household
     where m.county between ${first} and ${last} and m.resident = ${resident} and m.until is null order by m.since`);
}

function premisesOf(tx: Tx, [first, last]: Counties, resident: string) {
  return tx.rows(sql<object>`
    select p.id, p.name, p.state, l.role, l.resident
      from premises_person l join premises p on p.county = l.county and p.id = l.premises
     where l.county between ${first} and ${last} and l.resident = ${resident} and l.until is null order by p.name`);
}

function householdsIn(tx: Tx, [first, last]: Counties, housing: string) {
  return tx.rows(sql<object>`
    select h.id, h.number, h.address, null as relation, l.kind = 'lives' as registered
      from household_housing l join household h on h.county = l.county and h.id = l.household
     where l.county between ${first} and ${last} and l.housing = ${housing} and l.until is null order by h.number`);
}

function peopleOf(tx: Tx, [first, last]: Counties, premises: string) {
  return tx.rows(sql<object>`
    select l.resident, r.name, l.role
      from premises_person l join resident r on r.county = l.county and r.id = l.resident
     where l.county between ${first} and ${last} and l.premises = ${premises} and l.until is null order by l.role, r.name`);
}
