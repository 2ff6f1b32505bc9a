import { randomUUID } from 'node:crypto';
import type { TestApp } from '../../support/app.ts';
import { rangeOf } from './places.ts';

/** Rows of departments' files about a place's resident: one that waits, and one that an id linked. */
export interface Rows {
  batch: number;
  asked: number;
  linked: number;
}

interface Ground {
  t: TestApp;
  owner<R extends object>(text: string, values?: unknown[]): Promise<R[]>;
}

/** A place as far as its rows need it. */
interface Settled {
  code: string;
  mark: string;
  records: { resident: string };
  holder: { id: string; post: string };
}

/** The matrix's world, as far as its rows are concerned. */
interface Kept {
  owner(text: string, values?: unknown[]): Promise<object[]>;
  places: Readonly<Record<string, { rows: Rows }>>;
}

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
export async function waitAgain({ owner, places }: Kept): Promise<void> {
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
