import type { Static } from 'typebox';
import { instantOf } from '../../server/clock.ts';
import type { AreaName } from '../area/contract.ts';
import { levelOf } from '../area/queries.ts';
import type { Beside } from './beside.ts';
import type {
  CategoryKey,
  HouseholdRow,
  HousingRow,
  OrganisationRow,
  PremisesRow,
  ResidentRow,
} from './contract.ts';
import { ageOn } from './rules/age.ts';

/** What all listing queries select. */
export interface ListedRow {
  id: string;
  county: number;
  area: number;
  area_code: string | null;
  area_name: string | null;
  area_level: number | null;
  tags: string[];
  missing: string[];
  stale: boolean;
  completeness: number;
  version: number;
  updated_at: string;
  sort_key: string;
}

/** Of those who can leave. */
interface Leaving {
  left_on: string | null;
  left_how: string | null;
}

export interface ResidentListed extends ListedRow, Leaving {
  name: string;
  sex: string | null;
  birth: string | null;
  residence_kind: string | null;
  id_mask: string | null;
  phone_mask: string | null;
  household: string | null;
  relation: string | null;
  household_number: string | null;
  household_address: string | null;
}

export interface HouseholdListed extends ListedRow, Leaving {
  number: string | null;
  address: string | null;
  head: string | null;
  members: number;
  registered: number;
}

export interface HousingListed extends ListedRow {
  code: string | null;
  address: string | null;
  use: string | null;
  safety_grade: string | null;
  building: string | null;
  building_name: string | null;
}

export interface PremisesListed extends ListedRow {
  name: string;
  kind: string | null;
  address: string | null;
  credit_code: string | null;
  state: string | null;
}

export interface OrganisationListed extends ListedRow {
  name: string;
  kind: string | null;
  head: string | null;
  next_election: string | null;
}

function areaOf(row: ListedRow): AreaName {
  return {
    code: row.area_code ?? String(row.area),
    name: row.area_name ?? '',
    level: levelOf(row.area_level ?? 5),
  };
}

function listed(row: ListedRow, beside: Beside) {
  return {
    id: row.id,
    area: areaOf(row),
    tags: beside.tags(row.tags),
    missing: row.missing,
    stale: row.stale,
    completeness: row.completeness,
    version: row.version,
    updatedAt: instantOf(row.updated_at),
  };
}

function leftOf({ left_on, left_how }: Leaving) {
  return left_on === null ? null : { on: left_on, how: left_how ?? '' };
}

function resident(row: ResidentListed, beside: Beside, day: string): ResidentRow {
  return {
    ...listed(row, beside),
    left: leftOf(row),
    name: row.name,
    sex: row.sex,
    birth: row.birth,
    age: row.birth === null ? null : ageOn(row.birth, day),
    residenceKind: row.residence_kind,
    idMask: beside.idMask(row.id_mask),
    phoneMask: beside.phoneMask(row.phone_mask),
    household:
      row.household === null
        ? null
        : {
            id: row.household,
            number: row.household_number,
            address: row.household_address,
            relation: row.relation,
          },
  };
}

function household(row: HouseholdListed, beside: Beside): HouseholdRow {
  return {
    ...listed(row, beside),
    left: leftOf(row),
    number: row.number,
    address: row.address,
    head: row.head,
    members: row.members,
  };
}

function housing(row: HousingListed, beside: Beside): Static<typeof HousingRow> {
  return {
    ...listed(row, beside),
    code: row.code,
    address: row.address,
    use: row.use,
    safetyGrade: row.safety_grade,
    building: row.building === null ? null : { id: row.building, name: row.building_name },
  };
}

function premises(row: PremisesListed, beside: Beside): Static<typeof PremisesRow> {
  return {
    ...listed(row, beside),
    name: row.name,
    kind: row.kind,
    address: row.address,
    creditCode: row.credit_code,
    state: row.state,
  };
}

function organisation(row: OrganisationListed, beside: Beside): Static<typeof OrganisationRow> {
  return {
    ...listed(row, beside),
    name: row.name,
    kind: row.kind,
    head: row.head,
    nextElection: row.next_election,
  };
}

/** Turns a listing row of a category into what lists and files show. */
export const present: Readonly<
  Record<CategoryKey, (row: never, beside: Beside, day: string) => object>
> = {
  resident,
  household,
  housing,
  premises,
  organisation,
};
