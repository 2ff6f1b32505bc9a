import type { CategoryKey } from '../../../features/archive/contract.ts';
import type { ItemGroup } from '../../../features/identity/roles.ts';
import type { Cell, Operation, Operations } from './operation.ts';
import { may, type Need, type Who } from './rights.ts';
import { type DocumentKey, documentKinds } from './world.ts';

const purpose = { purpose: 'visit' };
const titleOfNew = '新资料';

/** Where documents are kept, and the groups they are of. */
const kept = Object.entries(documentKinds).map(([key, kind]) => {
  const [category, group] = key.split(' ') as [CategoryKey, ItemGroup];
  return { key: key as DocumentKey, category, group, kind };
});

/** Whether the role may see documents of the group, be it for a purpose. */
const sees = (who: Who, group: ItemGroup): boolean => may(who, `see ${group}`);

/** What a role may not see is not there; administrators are refused at the door. */
const unseen = (who: Who): string => (who.serves === 'archive' ? '404 not-found' : '403 forbidden');

/** One operation on a document of each group. */
function onEach(
  need: (group: ItemGroup) => Need,
  more: (group: ItemGroup) => Omit<Operation, 'need'>,
  as = '',
): Operation[] {
  return kept.map(({ key, category, group }) => {
    const { call, ...rest } = more(group);
    return {
      as: [as, key].filter(Boolean).join(' '),
      need: need(group),
      target: category,
      call: (cell) => {
        const further = call?.(cell) ?? {};
        return { ...further, params: { id: cell.there.documents[key], ...further.params } };
      },
      ...rest,
    };
  });
}

const firstPage = { page: '1' };

/** Documents of one category: listed with the groups that may be seen, uploaded by those who keep the group. */
function ofCategory(category: CategoryKey, singular: string): Operations {
  const own = kept.filter((one) => one.category === category);
  return {
    [`list${singular}Documents`]: [
      {
        as: 'for a purpose',
        need: 'files',
        target: category,
        call: () => ({ query: purpose }),
        recorded: true,
        check: ({ items }: { items: { kind: string }[] }, { who }) => {
          const seen = new Set(items.map(({ kind }) => groupOf(kind)));
          const due = own.filter(({ group }) => sees(who, group)).map(({ group }) => group);
          const same = seen.size === due.length && due.every((group) => seen.has(group));
          return same ? undefined : `documents of ${[...seen].join(', ')}, not ${due.join(', ')}`;
        },
      },
      {
        as: 'without a word',
        need: 'files at once',
        target: category,
        refused: ({ files }) =>
          files === 'for a purpose' ? '403 purpose-required' : '403 forbidden',
        recorded: true,
      },
    ],
    [`add${singular}Document`]: own.map(
      ({ group, kind }): Operation => ({
        as: group,
        need: `write ${group}`,
        target: category,
        call: ({ world }) => ({
          form: { fields: { kind, title: titleOfNew }, file: world.paper },
        }),
        // There is one of most kinds: the one that the cell before uploaded makes room.
        before: ({ world }) => world.owner('delete from document where title = $1', [titleOfNew]),
        // Whoever uploads some kind to the category is told first whether the record is there.
        refused: ({ writes }, { position }) =>
          position !== 'inside' && writes.some((one) => own.some((other) => other.group === one))
            ? '404 not-found'
            : '403 forbidden',
        recorded: true,
      }),
    ),
  };
}

const groupOf = (kind: string): ItemGroup | undefined =>
  kept.find((one) => one.kind === kind)?.group;

export const documentOperations: Operations = {
  ...ofCategory('resident', 'Resident'),
  ...ofCategory('household', 'Household'),
  ...ofCategory('housing', 'Dwelling'),
  showDocumentPage: [
    ...onEach(
      (group) => `see ${group}`,
      () => ({
        call: () => ({ params: firstPage, query: purpose }),
        refused: unseen,
        recorded: true,
      }),
      'for a purpose',
    ),
    ...onEach(
      (group) => `read ${group}`,
      (group) => ({
        call: () => ({ params: firstPage }),
        refused: (who, { position }) =>
          sees(who, group) && position === 'inside' ? '403 purpose-required' : unseen(who),
        recorded: true,
      }),
      'without a word',
    ),
  ],
  showDocumentThumbnail: onEach(
    (group) => `read ${group}`,
    () => ({ refused: unseen }),
  ),
  downloadDocument: onEach(
    (group) => `write ${group}`,
    (group) => ({
      call: () => ({ query: purpose }),
      refused: (who, { position }) =>
        sees(who, group) && position === 'inside' ? '403 forbidden' : unseen(who),
      recorded: true,
    }),
  ),
  retireDocument: onEach(
    (group) => `write ${group}`,
    (group) => ({
      call: () => ({ body: { reason: '作废' } }),
      before: putBack,
      refused: (who, { position }) =>
        who.writes.length === 0 || (sees(who, group) && position === 'inside')
          ? '403 forbidden'
          : unseen(who),
      after: putBack,
      recorded: true,
    }),
  ),
};

/** Brings documents that a cell took out of use back into it. */
function putBack({ world }: Cell): Promise<unknown> {
  return world.owner(
    'update document set retired_at = null, retired_by = null, retired_reason = null where retired_at is not null',
  );
}
