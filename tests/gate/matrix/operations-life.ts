import type { Cell, Operation, Operations } from './operation.ts';
import { narrowed, opening } from './operations-archive.ts';

const on = { on: '2026-06-01' };
const proof = { kind: 'village_statement' };
const high = ({ who }: Cell): boolean => who.level === 'county' || who.level === 'city';

/** Above the township a past day would read too much. */
const pastOfArea: Operation = {
  need: 'archive',
  target: 'area',
  call: () => ({ query: on }),
  inside: (cell) => (high(cell) ? '403 outside-scope' : undefined),
};

/** Takes the proof from an act again. */
function unprove({ world, there }: Cell): Promise<unknown> {
  return world.owner('update life_event set document = null where id = $1', [there.event]);
}

/** A village's arrivals are not its grids'. */
const ofGrid = ({ who }: Cell): boolean => who.level === 'grid';

/** Acts of life, past days, hand-over of files. */
export const lifeOperations: Operations = {
  registerLifeEvent: [
    {
      as: 'birth',
      need: 'makes',
      target: 'household',
      call: ({ there }) => ({
        body: {
          kind: 'birth',
          day: '2026-06-01',
          household: there.records.household,
          people: [{ items: { name: '新生' }, relation: '99' }],
          proof,
        },
      }),
    },
    {
      as: 'a foreign resident',
      need: 'makes',
      target: 'other',
      only: 'outside',
      call: ({ home, there }) => ({
        body: {
          kind: 'join_household',
          day: '2026-06-01',
          household: home.records.household,
          people: [{ resident: there.records.loner, relation: '99' }],
          proof,
        },
      }),
    },
    {
      as: 'moving out of a foreign village',
      need: 'makes',
      target: 'other',
      only: 'outside',
      call: ({ there }) => ({
        body: {
          kind: 'move_out',
          day: '2026-06-01',
          people: [{ resident: there.records.resident }],
          proof,
        },
      }),
    },
    {
      as: 'a foreign arrival',
      need: 'makes',
      target: 'other',
      only: 'outside',
      call: ({ home, there }) => ({
        body: {
          kind: 'move_in',
          day: '2026-06-01',
          household: home.records.household,
          people: [{ arrival: there.arrival, relation: '99' }],
          proof,
        },
      }),
    },
  ],
  cancelLifeEvent: {
    need: 'makes',
    target: 'other',
    call: ({ there }) => ({ params: { id: there.event }, body: { reason: '登记有误' } }),
    before: ({ world, there, position }) =>
      position === 'inside'
        ? world.owner('delete from life_event where cancels = $1', [there.event])
        : Promise.resolve(),
  },
  proveLifeEvent: {
    need: 'makes',
    target: 'other',
    call: ({ there }) => ({
      params: { id: there.event },
      body: { document: there.documents['household file'] },
    }),
    before: async (cell) => {
      if (cell.position === 'inside')
        await cell.world.owner('delete from life_event where cancels = $1', [cell.there.event]);
      await unprove(cell);
    },
    after: unprove,
  },
  listLifeEvents: {
    need: 'archive',
    target: 'area',
    call: ({ area }) => ({ query: { area } }),
    outside: narrowed,
    check: ({ items }: { items: unknown[] }, { who }) =>
      items.length > 0 === [...who.reads, ...who.writes].includes('file')
        ? undefined
        : `${items.length} acts`,
  },
  exportLifeEvents: {
    need: 'archive',
    target: 'area',
    call: ({ area }) => ({ query: { area, purpose: 'supervision' } }),
    outside: narrowed,
  },
  getHouseholdPast: opening('household', on),
  getResidentPast: opening('resident', on),
  getAreaPast: {
    ...pastOfArea,
    outside: ({ position }) => (position === 'parent' ? '403 outside-scope' : '404 not-found'),
  },
  listAreaPast: {
    ...pastOfArea,
    call: () => ({ query: { ...on, category: 'resident' } }),
    outside: '403 outside-scope',
  },
  listArrivals: {
    need: 'makes',
    check: ({ items }: { items: { id: string }[] }, cell) =>
      items.some(({ id }) => id === cell.there.arrival) === !ofGrid(cell)
        ? undefined
        : `${items.length} arrivals`,
  },
  refuseArrival: {
    need: 'makes',
    target: 'other',
    call: ({ there }) => ({ params: { id: there.arrival }, body: { reason: '未迁来' } }),
    inside: (cell) => (ofGrid(cell) ? '404 not-found' : undefined),
    before: putBack,
    after: putBack,
  },
  listDepartures: {
    need: 'makes',
    check: ({ items }: { items: { id: string }[] }, { there }) =>
      items.some(({ id }) => id === there.departure) ? undefined : 'not the one that left',
  },
  findVillage: {
    need: 'archive',
    call: () => ({ query: { q: '彭里村' } }),
    check: ({ items }: { items: unknown[] }) => (items.length === 1 ? undefined : 'not found'),
  },
};

/** Lets the arrival wait again. */
function putBack({ world, there, position }: Cell): Promise<unknown> {
  if (position !== 'inside') return Promise.resolve();
  return world.owner(
    `update handover set state = 'pending', decided_by = null, decided_at = null, reason = null where id = $1`,
    [there.arrival],
  );
}
