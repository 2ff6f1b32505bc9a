import { randomUUID } from 'node:crypto';
import type { Operation, Operations } from './operation.ts';
import { same } from './operation.ts';
import { rangeOf } from './places.ts';
import type { Place, World } from './world.ts';

/** Rows of departments' files about a place's resident: one that waits, and one that an id linked. */
export interface Rows {
  batch: number;
  asked: number;
  linked: number;
}

type Ground = Pick<World, 'owner' | 't'>;
type Settled = Pick<Place, 'records' | 'code' | 'mark' | 'holder'>;

const batchName = 'matrix';

/** Puts the rows of a place into the one batch of the matrix. */
export async function keepRows(
  { owner, t }: Ground,
  { records: { resident }, code, mark, holder }: Settled,
): Promise<Rows> {
  await owner(
    `insert into gather_batch (id, source, profile, file_name, file_key, digest, bytes, lo, hi, day, state, created_at)
       select $1, 'health', 'health', $2, '', '', 0, 0, 1, '2026-06-01', 'done', $3
        where not exists (select from gather_batch where file_name = $2)`,
    [randomUUID(), batchName, t.clock.now],
  );
  const [made] = await owner<{ batch: number; asked: number }>(
    `select number as batch, (select coalesce(max(n), 0) + 1 from gather_row r where r.batch = number) as asked
       from gather_batch where file_name = $1`,
    [batchName],
  );
  const { batch = 0, asked = 0 } = made ?? {};
  const rows = { batch, asked, linked: asked + 1 };
  const { lo } = rangeOf(code);
  for (const [n, decision] of [
    [rows.asked, 'ask'],
    [rows.linked, 'id'],
  ] as const) {
    await owner(
      `insert into gather_row (batch, n, name, birth, guardian, guardian_phone, items) values ($1, $2, $3, '1990-01-01', $3, $3, '{}')`,
      [batch, n, `${mark}${n}`],
    );
    await owner(
      `insert into gather_link (batch, n, county, area, subject, resident, decision, score, candidates)
         values ($1, $2, $3::bigint / 1000000000, $3, $4, $5, $6, 0.5, $7)`,
      [
        batch,
        n,
        lo,
        resident,
        decision === 'id' ? resident : null,
        decision,
        JSON.stringify([{ county: Math.floor(lo / 1e9), resident, score: 0.5, steps: [] }]),
      ],
    );
  }
  await owner(
    `insert into gather_act (county, id, area, subject, batch, n, kind, account, post, at)
       values ($1::bigint / 1000000000, $2, $1, $3, $4, $5, 'later', $6, $7, $8)`,
    [lo, randomUUID(), resident, batch, rows.asked, holder.id, holder.post, t.clock.now],
  );
  await owner(
    `insert into gather_decision (source, key, county, area, subject, decision, batch, n, account, post, decided_at)
       values ('matrix', $1, $2::bigint / 1000000000, $2, $3, 'parted', $4, $5, $6, $7, $8)`,
    [Buffer.from(mark), lo, resident, batch, rows.asked, holder.id, holder.post, t.clock.now],
  );
  return rows;
}

/** Brings the rows of all places back to what they were. */
async function waitAgain({ owner, places }: World): Promise<void> {
  const asked = Object.values(places).map(({ rows }) => rows.asked);
  await owner(
    `update gather_link set decision = case when n = any ($1) then 'ask' else 'id' end, version = 1, put_off_at = null,
            resident = case when n = any ($1) then null else subject end, account = null, post = null, decided_at = null
      where batch = (select number from gather_batch where file_name = $2) and version <> 1`,
    [asked, batchName],
  );
  await owner(`delete from gather_act where kind <> 'later'`);
  await owner(`delete from gather_decision where source <> 'matrix'`);
}

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
