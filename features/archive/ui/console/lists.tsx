import type { ReactNode } from 'react';
import type { HouseholdRow, ResidentRow } from '../../contract.ts';
import {
  useHouseholdColumns,
  useHousingColumns,
  useOrganisationColumns,
  usePremisesColumns,
  useResidentColumns,
} from './columns.tsx';
import { ListPage } from './ListPage.tsx';
import type { HousingLine, OrganisationLine, PremisesLine } from './types.ts';

/** The lists of the five categories: one page, five sets of columns. */
export function ResidentsPage(): ReactNode {
  return <ListPage<ResidentRow> category="resident" columns={useResidentColumns()} />;
}

export function HouseholdsPage(): ReactNode {
  return <ListPage<HouseholdRow> category="household" columns={useHouseholdColumns()} />;
}

export function HousingPage(): ReactNode {
  return <ListPage<HousingLine> category="housing" columns={useHousingColumns()} />;
}

export function PremisesPage(): ReactNode {
  return <ListPage<PremisesLine> category="premises" columns={usePremisesColumns()} />;
}

export function OrganisationsPage(): ReactNode {
  return <ListPage<OrganisationLine> category="organisation" columns={useOrganisationColumns()} />;
}
