import { randomUUID } from 'node:crypto';
import type { Call, Cell, Operation, Operations } from './operation.ts';
import { rangeOf } from './places.ts';

const sheet = () => Buffer.from('姓名,证件号码\n某,1\n');
const format = { kind: 'csv', encoding: 'utf-8', separator: ',', titleRows: 0 };
const draft = {
  label: '矩阵',
  subject: 'resident',
  person: 'self',
  format,
  asOf: { from: 'file' },
  sameRecord: [['name']],
  columns: [{ column: '姓名', key: 'name', items: ['resident.name'] }],
};

/** A batch of the post's own source in the area that lies in the cell's position. */
const numberOf = ({ position }: Cell): number =>
  ({ inside: 900_001, parent: 900_002, sibling: 900_003 })[position];

async function putBatch(cell: Cell): Promise<void> {
  const { world, who, area } = cell;
  const { lo, hi } = rangeOf(area);
  await clear(cell);
  await world.owner(
    `insert into gather_batch (id, number, source, profile, file_name, file_key, digest, bytes, lo, hi, account, post, day, state, created_at)
      overriding system value values ($1, $2, $3, 'health', 'x.csv', 'gather/x/file', $4, 1, $5, $6, $7, $8, '2026-06-01', 'done', now())`,
    [
      randomUUID(),
      numberOf(cell),
      who.department ?? 'health',
      Buffer.from(String(numberOf(cell))),
      lo,
      hi,
      cell.home.holder.id,
      cell.home.holder.post,
    ],
  );
}

/** Takes batches away with the jobs that a cell has started on them. */
async function clear({ world }: Cell): Promise<void> {
  await world.owner('delete from gather_batch where number between 900001 and 900003');
  await world.owner(`delete from job where kind = 'gather'`);
}

/** An operation on a batch: in sight to its department's officers, and to the system administrator of its area. */
const onBatch = (need: Operation['need'], more: Partial<Operation> = {}): Operation => ({
  need,
  target: 'other',
  before: putBatch,
  after: clear,
  call: (cell): Call => ({ params: { number: String(numberOf(cell)) } }),
  ...more,
});

/** A file that nobody has handed in. */
const noFile = (body: object): Operation => ({
  need: 'gathers',
  call: () => ({ params: { id: randomUUID() }, body }),
  inside: '404 not-found',
});

export const gatherOperations: Operations = {
  handInFile: { need: 'gathers', call: () => ({ form: { fields: {}, file: sheet() } }) },
  lookAtFile: noFile({ format }),
  previewFile: noFile(draft),
  gatherFile: noFile({ file: randomUUID(), profile: 'health' }),
  listBatches: onBatch('batches', {
    call: () => ({ query: { limit: '100' } }),
    outside: 'same',
    check: ({ items }: { items: { number: number }[] }, cell) =>
      items.some(({ number }) => number === numberOf(cell)) === (cell.position === 'inside')
        ? undefined
        : `${items.length} batches`,
  }),
  getBatch: onBatch('batches'),
  listBatchReasons: onBatch('batches'),
  continueBatch: onBatch('gathers', { inside: '409 conflict' }),
  undoBatch: onBatch('batches'),
  takeRejectedRows: onBatch('gathers', {
    call: (cell) => ({
      params: { number: String(numberOf(cell)) },
      query: { format: 'csv', purpose: 'visit' },
    }),
    // There are no rows to take.
    inside: '404 not-found',
  }),
  listGatherProfiles: { need: 'gathers' },
  saveGatherProfile: {
    need: 'gathers',
    call: () => ({ body: { draft } }),
    after: ({ world }) => world.owner('delete from gather_profile'),
  },
  getGatherQuality: {
    need: 'quality',
    target: 'area',
    call: ({ area }) => ({ query: { area } }),
    outside: '403 outside-scope',
  },
};
