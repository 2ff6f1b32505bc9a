import { randomUUID } from 'node:crypto';
import type { CategoryKey } from '../../../features/archive/contract.ts';
import type { ItemGroup } from '../../../features/identity/roles.ts';
import { type Cell, type Operation, type Operations, same } from './operation.ts';
import { groupsOf } from './rights.ts';
import { valueFor } from './values.ts';
import { filled, type Place, type World } from './world.ts';

const purpose = { purpose: 'visit' };

/** A list narrows to the wished area, and never widens the scope. */
export const narrowed = ({ position }: Cell): string =>
  position === 'parent' ? '200' : '403 outside-scope';

/** The village above a grid is in sight and refused by name; an area that is not in sight does not exist. */
const elsewhere = ({ who, position }: Cell): string =>
  who.level === 'grid' && position === 'parent' ? '403 outside-scope' : '400 invalid';

/** An item of the group to reveal or to edit: free text where there is any, and none that names the record. */
function itemOf({ world }: Cell, category: CategoryKey, group: ItemGroup) {
  const items = filled(world.dictionary, category).filter((item) => item.group === group);
  const item = items.findLast(({ type, key }) => type === 'text' && key !== 'name') ?? items.at(-1);
  if (!item) throw new Error(`no item in ${category} ${group}`);
  return item;
}

/** Opening a file, its history, or who looked at it: for a stated purpose, and without a word. */
export const opening = (category: CategoryKey, query: object = {}): Operation[] => [
  {
    as: 'for a purpose',
    need: 'files',
    target: category,
    call: () => ({ query: { ...query, ...purpose } }),
    recorded: true,
  },
  {
    as: 'without a word',
    need: 'files at once',
    target: category,
    call: () => ({ query: { ...query } }),
    refused: ({ files }) => (files === 'for a purpose' ? '403 purpose-required' : '403 forbidden'),
    recorded: true,
  },
];

/** Everything one does with a record of a category. */
function recordOperations(category: CategoryKey, plural: string, singular: string): Operations {
  const groups = groupsOf[category];
  const tags = category === 'resident' || category === 'household';
  return {
    [`list${plural}`]: [
      {
        need: 'archive',
        target: 'area',
        call: ({ area }) => ({ query: { area, limit: '100', count: 'exact' } }),
        outside: narrowed,
        check: ({ items, total }: { items: unknown[]; total: number }) =>
          items.length === Math.min(100, total) && total > 0
            ? undefined
            : `${items.length} of ${total}`,
      },
      ...(tags ? (['chronic', 'low_income', 'lives_alone'] as const) : []).map(
        (tag): Operation => ({
          as: `tagged ${tag}`,
          need: `tag ${({ chronic: 'health', low_income: 'welfare', lives_alone: 'file' } as const)[tag]}`,
          call: ({ home }) => ({ query: { tag, area: home.code } }),
          check: ({ items }: { items: unknown[] }) => (items.length > 0 ? undefined : 'nobody'),
        }),
      ),
    ],
    [`export${plural}`]: {
      need: 'archive',
      target: 'area',
      // A city has more residents than are handed out at once.
      call: ({ area }) => ({
        query: { area, ...purpose, ...(category === 'resident' ? { ageFrom: '90' } : {}) },
      }),
      outside: narrowed,
    },
    [`export${plural}ForEditing`]: {
      need: 'makes',
      target: 'area',
      call: ({ area }) => ({
        query: { area, ...purpose, ...(category === 'resident' ? { ageFrom: '90' } : {}) },
      }),
      outside: narrowed,
    },
    // A file that is none stops behind the gate; what becomes of a good one: bulk.test.ts.
    [`read${plural}Edits`]: {
      need: 'makes',
      call: () => ({ form: { fields: {}, file: Buffer.from('no workbook') } }),
      inside: '400 invalid',
    },
    [`get${singular}`]: opening(category),
    [`list${singular}Changes`]: opening(category),
    [`list${singular}Looks`]: opening(category),
    ...revealOperation(category, singular),
    [`add${singular}`]: {
      need: 'makes',
      target: 'other',
      call: ({ there }) => ({
        body: {
          area: there.code,
          items:
            category === 'household' || category === 'housing'
              ? { address: '新址' }
              : { name: '新人' },
        },
      }),
      outside: elsewhere,
    },
    [`edit${singular}`]: groups.map(
      (group): Operation => ({
        as: group,
        need: `write ${group}`,
        target: category,
        call: (cell) => {
          const item = itemOf(cell, category, group);
          const value = valueFor(item, '新', cell.world.dictionary, 2);
          return {
            body: { items: { [item.key]: value }, reason: '走访' },
            ifMatch: { category, id: cell.there.records[category] },
          };
        },
        // Whoever writes nothing of the category is refused as a whole, others are told the item.
        refused: ({ writes }) =>
          writes.some((one) => groups.includes(one)) ? '400 invalid' : '403 forbidden',
        recorded: true,
      }),
    ),
  };
}

/** One sealed item; a category whose items are all common has none to reveal. */
function revealOperation(category: CategoryKey, singular: string): Operations {
  const groups = groupsOf[category];
  if (groups.length === 1) return {};
  const entries = groups.map((group): Operation => {
    const item = (cell: Cell): string => itemOf(cell, category, group).key;
    return {
      as: group,
      need: `reveal ${group}`,
      target: category,
      call: (cell) => ({ body: { item: item(cell), ...purpose } }),
      reveals: item,
      recorded: true,
      check: ({ view }: { view: object | null }) => (view ? undefined : 'no value'),
    };
  });
  return { [`reveal${singular}Item`]: entries };
}

/** Puts the place's loner into its household, or takes him out again. */
export async function setMember(
  world: World,
  { records: { household, loner } }: Place,
  joined: boolean,
): Promise<void> {
  await world.owner(
    `insert into household_member (county, area, household, resident, relation, since, until)
      select county, area, $1, id, '99', '2026-01-01', $3 from resident where id = $2
      on conflict (county, household, resident) do update set until = excluded.until`,
    [household, loner, joined ? null : '2026-01-02'],
  );
  await world.owner('update resident set household = $1 where id = $2', [
    joined ? household : null,
    loner,
  ]);
}

/** Ties between records, search, drafts, dictionary. */
const others: Operations = {
  addMember: [
    {
      need: 'makes',
      target: 'household',
      call: ({ there }) => ({ body: { resident: there.records.loner, relation: '99' } }),
      before: ({ world, there }) => setMember(world, there, false),
    },
    {
      as: 'a foreign resident',
      need: 'makes',
      target: 'other',
      only: 'outside',
      call: ({ home, there }) => ({
        params: { id: home.records.household },
        body: { resident: there.records.loner, relation: '99' },
      }),
    },
    {
      as: 'a foreign household',
      need: 'makes',
      target: 'household',
      only: 'outside',
      call: ({ home }) => ({ body: { resident: home.records.loner, relation: '99' } }),
    },
  ],
  endMember: {
    need: 'makes',
    target: 'household',
    call: ({ there }) => ({ params: { resident: there.records.loner }, body: { reason: '迁出' } }),
    before: ({ world, there }) => setMember(world, there, true),
  },
  linkHousing: [
    {
      need: 'makes',
      target: 'household',
      call: ({ there }) => ({ body: { housing: there.records.housing, kind: 'owns' } }),
    },
    {
      as: 'a foreign dwelling',
      need: 'makes',
      target: 'other',
      only: 'outside',
      call: ({ home, there }) => ({
        params: { id: home.records.household },
        body: { housing: there.records.housing, kind: 'owns' },
      }),
    },
  ],
  linkPremisesPerson: [
    {
      need: 'makes',
      target: 'premises',
      call: ({ there }) => ({ body: { resident: there.records.resident, role: 'legal_person' } }),
    },
    {
      as: 'a foreign resident',
      need: 'makes',
      target: 'other',
      only: 'outside',
      call: ({ home, there }) => ({
        params: { id: home.records.premises },
        body: { resident: there.records.resident, role: 'legal_person' },
      }),
    },
  ],
  search: [
    {
      need: 'archive',
      target: 'other',
      call: ({ there }) => ({ query: { q: there.mark } }),
      outside: same,
      check: ({ items }: { items: { id: string }[] }, { position, there }) =>
        items.some(({ id }) => id === there.records.loner) === (position === 'inside')
          ? undefined
          : `${items.length} hits`,
    },
    {
      as: 'by the word of the index for a tag',
      need: 'archive',
      call: () => ({ query: { q: 't:r:chronic' } }),
      check: ({ items }: { items: object[] }) =>
        items.length > 0 ? 'lists people by a tag' : undefined,
    },
  ],
  getDictionary: { need: 'signed-in' },
  saveDraft: {
    need: 'archive',
    call: () => ({ params: { key: 'matrix:own' }, body: { body: { a: 1 } } }),
  },
  getDraft: [
    {
      need: 'archive',
      call: () => ({ params: { key: 'matrix:own' } }),
      before: ({ caller }) => caller.send('PUT', '/drafts/matrix:own', { body: { a: 1 } }),
    },
    {
      as: 'another’s',
      need: 'archive',
      target: 'other',
      only: 'outside',
      call: ({ there }) => ({ params: { key: `matrix:${there.holder.username}` } }),
      before: async ({ world, there }) =>
        world.owner(
          `insert into draft (account, key, body, updated_at) values ($1, $2, '', now()) on conflict do nothing`,
          [there.holder.id, `matrix:${there.holder.username}`],
        ),
    },
  ],
  dropDraft: { need: 'archive', call: () => ({ params: { key: 'matrix:own' } }) },
};

const someId = () => ({ params: { id: randomUUID() } });

/** Papers: a household's file for those who open files, a resident's copy for those who may see all of it. */
const papers: Operations = {
  startExport: {
    need: 'archive',
    target: 'area',
    call: ({ area }) => ({ body: { category: 'household', filter: { area }, ...purpose } }),
    outside: ({ position }) => (position === 'parent' ? '202' : '403 outside-scope'),
  },
  // A job's file is its maker's alone: nobody's job has made any here. Whose it is: export.test.ts.
  getExportFile: {
    need: 'archive',
    call: () => ({ params: { id: randomUUID() } }),
    inside: '404 not-found',
  },
  getEdits: { need: 'makes', call: someId, inside: '404 not-found' },
  applyEdits: {
    need: 'makes',
    call: () => ({ ...someId(), body: { reason: '核对' } }),
    inside: '404 not-found',
  },
  getEditsReport: { need: 'makes', call: someId, inside: '404 not-found' },
  printHousehold: {
    need: 'files',
    target: 'household',
    call: () => ({ query: purpose }),
    recorded: true,
  },
  printAreaBook: {
    need: 'archive',
    target: 'area',
    call: () => ({ query: purpose }),
    outside: ({ position }) => (position === 'parent' ? '403 outside-scope' : '404 not-found'),
  },
  copyResident: {
    need: 'sees all',
    target: 'resident',
    call: () => ({ query: { purpose: 'rights' } }),
    refused: '403 forbidden',
    recorded: true,
  },
};

export const archiveOperations: Operations = {
  ...papers,
  ...recordOperations('resident', 'Residents', 'Resident'),
  ...recordOperations('household', 'Households', 'Household'),
  ...recordOperations('housing', 'Housing', 'Dwelling'),
  ...recordOperations('premises', 'Premises', 'Premises'),
  ...recordOperations('organisation', 'Organisations', 'Organisation'),
  ...others,
};
