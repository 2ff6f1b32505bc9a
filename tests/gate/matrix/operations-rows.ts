import { type Operation, type Operations, same } from './operation.ts';
import { type Rows, waitAgain } from './rows.ts';

const decides: Pick<Operation, 'need' | 'target' | 'before' | 'after' | 'recorded'> = {
  need: 'write identity',
  target: 'resident',
  before: ({ world }) => waitAgain(world),
  after: ({ world }) => waitAgain(world),
  recorded: true,
};
const row = ({ batch }: Rows, n: number): Record<string, string> => ({
  batch: String(batch),
  n: String(n),
});

export const rowOperations: Operations = {
  countWaitingRows: { need: 'archive' },
  listWaitingRows: {
    need: 'write identity',
    target: 'other',
    before: ({ world }) => waitAgain(world),
    outside: same,
    check: ({ items }: { items: { n: number }[] }, { position, there: { rows } }) =>
      items.some(({ n }) => n === rows.asked) === (position === 'inside')
        ? undefined
        : 'the row is listed wrongly',
  },
  getGatheredRow: {
    need: 'write identity',
    target: 'resident',
    before: ({ world }) => waitAgain(world),
    call: ({ there: { rows } }) => ({ params: row(rows, rows.asked) }),
    recorded: true,
  },
  decideRow: {
    ...decides,
    call: ({ there: { rows, records } }) => ({
      params: row(rows, rows.asked),
      body: { decision: 'linked', resident: records.resident },
      version: 1,
    }),
  },
  takeRowApart: {
    ...decides,
    call: ({ there: { rows } }) => ({
      params: row(rows, rows.linked),
      body: { to: 'nobody' },
      version: 1,
    }),
  },
  getLineage: {
    need: 'archive',
    target: 'resident',
    call: ({ there: { rows, records } }) => ({
      query: { record: records.resident, rows: `${rows.batch}.${rows.linked}` },
    }),
    outside: same,
    check: ({ items }: { items: unknown[] }, { position }) =>
      items.length === (position === 'inside' ? 1 : 0) ? undefined : `${items.length} rows`,
  },
};
