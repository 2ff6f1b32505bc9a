import type { Static } from 'typebox';
import type {
  Change as ChangeSchema,
  HouseholdFile,
  HousingFile,
  HousingRow,
  ItemValue,
  LinkedHousehold,
  LinkedPremises,
  OrganisationFile,
  OrganisationRow,
  PremisesFile,
  PremisesRow,
  ResidentFile,
  Revealed,
  SearchHit,
  Written as WrittenSchema,
} from '../../contract.ts';

export type Value = Static<typeof ItemValue>;
export type Values = Record<string, Value>;
export type Household = Static<typeof HouseholdFile>;
export type Resident = Static<typeof ResidentFile>;
export type House = Static<typeof HousingFile>;
export type Premise = Static<typeof PremisesFile>;
export type Organisation = Static<typeof OrganisationFile>;
export type HousingLine = Static<typeof HousingRow>;
export type PremisesLine = Static<typeof PremisesRow>;
export type OrganisationLine = Static<typeof OrganisationRow>;
export type HouseholdLink = Static<typeof LinkedHousehold>;
export type PremisesLink = Static<typeof LinkedPremises>;
export type RevealedItem = Static<typeof Revealed>;
export type Change = Static<typeof ChangeSchema>;
export type Written = Static<typeof WrittenSchema>;
export type Hit = Static<typeof SearchHit>;

/** What the files of all five categories have alike. */
export type AnyFile = Pick<
  Household,
  | 'id'
  | 'area'
  | 'tags'
  | 'missing'
  | 'stale'
  | 'completeness'
  | 'version'
  | 'updatedAt'
  | 'path'
  | 'items'
  | 'conflicts'
  | 'staleItems'
  | 'abilities'
>;

export interface Page<Row> {
  items: Row[];
  next: string | null;
  total: number | null;
}

/** What the rows of all five lists have alike. */
export type Listed = Pick<
  HousingLine,
  'id' | 'area' | 'tags' | 'missing' | 'stale' | 'completeness' | 'version' | 'updatedAt'
>;
