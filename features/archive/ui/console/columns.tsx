import { useDictionary } from '../../../../console/dictionary.tsx';
import { useText } from '../../../../console/language.tsx';
import type { Column } from '../../../../console/parts/DataTable.tsx';
import { FileLink } from '../../../../console/parts/FileLink.tsx';
import { Bar } from '../../../../console/parts/Ring.tsx';
import type { CategoryKey, HouseholdRow, ResidentRow } from '../../contract.ts';
import { Tags } from './Tags.tsx';
import type { HousingLine, Listed, OrganisationLine, PremisesLine } from './types.ts';

/** Columns that the lists of all categories end with. */
function useLastColumns<Row extends Listed>(category: CategoryKey): Column<Row>[] {
  const text = useText();
  const dictionary = useDictionary();
  return [
    { key: 'area', title: text.area.label, card: 'bare', cell: (row) => row.area.name },
    {
      key: 'completeness',
      title: text.file.completeness,
      card: 'line',
      cell: (row) => (
        <>
          <Bar percent={row.completeness} />
          {row.stale && <em className="stale-mark">{text.list.stale}</em>}
          {row.missing.length > 0 && (
            <small className="missing-note">
              {text.file.lacks(row.missing.map((item) => dictionary.item(category, item)))}
            </small>
          )}
        </>
      ),
    },
  ];
}

export function useResidentColumns(): Column<ResidentRow>[] {
  const text = useText();
  const dictionary = useDictionary();
  const last = useLastColumns<ResidentRow>('resident');
  return [
    {
      key: 'name',
      title: dictionary.item('resident', 'name'),
      heading: true,
      cell: (row) => (
        <FileLink category="resident" id={row.id}>
          {row.name}
        </FileLink>
      ),
    },
    {
      key: 'sex',
      title: text.list.sexAge,
      card: 'bare',
      cell: (row) =>
        [
          dictionary.value('resident', 'sex', row.sex),
          row.age === null ? '' : text.file.years(row.age),
        ]
          .filter(Boolean)
          .join(' · '),
    },
    {
      key: 'household',
      title: text.categories.household,
      card: 'bare',
      cell: (row) =>
        row.household && (
          <>
            <FileLink category="household" id={row.household.id}>
              {row.household.address ?? row.household.number ?? text.list.unnamed}
            </FileLink>
            {row.household.relation && (
              <small> {dictionary.code('family_relation', row.household.relation)}</small>
            )}
          </>
        ),
    },
    {
      key: 'kind',
      title: dictionary.item('resident', 'residence_kind'),
      card: 'bare',
      cell: (row) => dictionary.value('resident', 'residence_kind', row.residenceKind),
    },
    {
      key: 'phone',
      title: dictionary.item('resident', 'phone'),
      card: 'bare',
      cell: (row) => row.phoneMask && <span className="figures-font">{row.phoneMask}</span>,
    },
    {
      key: 'tags',
      title: text.file.tags,
      card: 'line',
      cell: (row) => row.tags.length > 0 && <Tags tags={row.tags} />,
    },
    ...last,
  ];
}

export function useHouseholdColumns(): Column<HouseholdRow>[] {
  const text = useText();
  const dictionary = useDictionary();
  const last = useLastColumns<HouseholdRow>('household');
  return [
    {
      key: 'address',
      title: dictionary.item('household', 'address'),
      heading: true,
      cell: (row) => (
        <FileLink category="household" id={row.id}>
          {row.address ?? row.number ?? text.list.unnamed}
        </FileLink>
      ),
    },
    {
      key: 'head',
      title: dictionary.item('household', 'head'),
      card: 'brief',
      cell: (row) => row.head,
    },
    {
      key: 'number',
      title: dictionary.item('household', 'number'),
      card: 'brief',
      cell: (row) => row.number && <span className="figures-font">{row.number}</span>,
    },
    {
      key: 'members',
      title: text.list.members,
      numeric: true,
      card: 'brief',
      cell: (row) => row.members,
    },
    {
      key: 'tags',
      title: text.file.tags,
      card: 'line',
      cell: (row) => row.tags.length > 0 && <Tags tags={row.tags} />,
    },
    ...last,
  ];
}

export function useHousingColumns(): Column<HousingLine>[] {
  const text = useText();
  const dictionary = useDictionary();
  const last = useLastColumns<HousingLine>('housing');
  return [
    {
      key: 'address',
      title: dictionary.item('housing', 'address'),
      heading: true,
      cell: (row) => (
        <FileLink category="housing" id={row.id}>
          {row.address ?? row.code ?? text.list.unnamed}
        </FileLink>
      ),
    },
    {
      key: 'code',
      title: dictionary.item('housing', 'code'),
      card: 'brief',
      cell: (row) => row.code,
    },
    {
      key: 'use',
      title: dictionary.item('housing', 'use'),
      card: 'bare',
      cell: (row) => dictionary.value('housing', 'use', row.use),
    },
    {
      key: 'building',
      title: text.buildings.one,
      card: 'bare',
      cell: (row) => row.building?.name,
    },
    {
      key: 'grade',
      title: dictionary.item('housing', 'safety_grade'),
      card: 'bare',
      cell: (row) => dictionary.value('housing', 'safety_grade', row.safetyGrade),
    },
    {
      key: 'tags',
      title: text.file.tags,
      card: 'line',
      cell: (row) => row.tags.length > 0 && <Tags tags={row.tags} />,
    },
    ...last,
  ];
}

export function usePremisesColumns(): Column<PremisesLine>[] {
  const dictionary = useDictionary();
  const last = useLastColumns<PremisesLine>('premises');
  return [
    {
      key: 'name',
      title: dictionary.item('premises', 'name'),
      heading: true,
      cell: (row) => (
        <FileLink category="premises" id={row.id}>
          {row.name}
        </FileLink>
      ),
    },
    {
      key: 'kind',
      title: dictionary.item('premises', 'kind'),
      card: 'bare',
      cell: (row) => dictionary.value('premises', 'kind', row.kind),
    },
    {
      key: 'address',
      title: dictionary.item('premises', 'address'),
      card: 'bare',
      cell: (row) => row.address,
    },
    {
      key: 'credit',
      title: dictionary.item('premises', 'credit_code'),
      card: 'bare',
      cell: (row) => row.creditCode && <span className="figures-font">{row.creditCode}</span>,
    },
    {
      key: 'state',
      title: dictionary.item('premises', 'state'),
      card: 'bare',
      cell: (row) => dictionary.value('premises', 'state', row.state),
    },
    ...last,
  ];
}

export function useOrganisationColumns(): Column<OrganisationLine>[] {
  const dictionary = useDictionary();
  const last = useLastColumns<OrganisationLine>('organisation');
  return [
    {
      key: 'name',
      title: dictionary.item('organisation', 'name'),
      heading: true,
      cell: (row) => (
        <FileLink category="organisation" id={row.id}>
          {row.name}
        </FileLink>
      ),
    },
    {
      key: 'kind',
      title: dictionary.item('organisation', 'kind'),
      card: 'bare',
      cell: (row) => dictionary.value('organisation', 'kind', row.kind),
    },
    {
      key: 'head',
      title: dictionary.item('organisation', 'head'),
      card: 'brief',
      cell: (row) => row.head,
    },
    {
      key: 'election',
      title: dictionary.item('organisation', 'next_election'),
      card: 'brief',
      cell: (row) => row.nextElection,
    },
    ...last,
  ];
}
