import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dayOf } from '../../../server/clock.ts';
import { sql } from '../../../server/database/sql.ts';
import type { Queries } from '../../../server/database/steward.ts';
import { type FieldError, Problem } from '../../../server/errors.ts';
import { newId } from '../../../server/ids.ts';
import { sealJson } from '../../../server/jobs/content.ts';
import { addSystemJob } from '../../../server/jobs/queue.ts';
import { wake } from '../../../server/jobs/start.ts';
import type { Dictionary } from '../../archive/dictionary.ts';
import type { Services } from '../../identity/services.ts';
import { gatherKind } from '../batch/job.ts';
import type { Profile } from '../rows.ts';
import { type TakenIn, takeIn } from '../start.ts';
import type { CallingSystem } from './caller.ts';
import type { HandedInAnswer, HandIn } from './contract.ts';
import { type Naming, namingOf } from './profile.ts';

/** What handing in needs beside the services. */
export interface HandInDesk {
  dictionary: Dictionary;
  profiles(): readonly Profile[];
}

type Cell = HandIn['rows'][number][string];

/** Faults that are told at once; of a whole column of one kind nobody reads more. */
const mostFaults = 50;

/**
 * Takes rows in that a system sent: sealed as a file of JSON lines, a batch of the system, and the job that gathers it.
 * Under an Idempotency-Key that came before, nothing is done and the first batch is told.
 * @param body the bytes as they came
 * @throws Problem invalid, naming row and column; key-reused
 */
export async function handIn(
  services: Services,
  { dictionary, profiles }: HandInDesk,
  system: CallingSystem,
  { rows, profile: wanted, day }: HandIn,
  body: Buffer,
  key: string | undefined,
): Promise<HandedInAnswer> {
  const now = services.clock();
  const profile = profileFor(profiles(), system.source, wanted);
  if (day !== undefined && day > dayOf(now)) throw invalid([dayFault]);
  const lines = linesOf(rows, namingOf(profile, dictionary));
  const fingerprint = createHash('sha256').update(`${system.source}\n`).update(body).digest();
  const known = key === undefined ? undefined : await replayed(services, system, key, fingerprint);
  const taken = known ?? (await takeLines());
  return {
    id: taken.id,
    batch: taken.number,
    rows: rows.length,
    address: `/api/v1/gather/${system.source}/batches/${taken.id}`,
  };

  async function takeLines(): Promise<Pick<TakenIn, 'id' | 'number'>> {
    const folder = await mkdtemp(join(tmpdir(), 'minqing-hand-in-'));
    try {
      const path = join(folder, `${system.name.replaceAll('/', '_')}.jsonl`);
      await writeFile(path, lines, { mode: 0o600 });
      return await takeIn(
        (work) => oneAtATime(services, system, work),
        services.files,
        { path, profile, day, range: { lo: system.lo, hi: system.hi }, along },
        now,
      );
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  /** In the transaction of the batch: the receipt, and the job of a batch that is new. */
  async function along(tx: Queries, batch: TakenIn): Promise<void> {
    if (key !== undefined)
      await keepReceipt(tx, system, { key, fingerprint, batch: batch.id, now });
    if (batch.before) return;
    const input = sealJson(services.vault, { batch: batch.number, act: 'gather' });
    await addSystemJob(tx, newId(now.getTime()), gatherKind, input, now);
    await wake(tx);
  }
}

/**
 * One transaction of a system; those of one source wait for each other, so that of two calls with the same rows the second
 * finds the first.
 * @throws Problem conflict when somebody else of that source brought the very same rows before
 */
async function oneAtATime<T>(
  { database }: Services,
  { id, source }: CallingSystem,
  work: (tx: Queries) => Promise<T>,
): Promise<T> {
  try {
    return await database.asSystem(id, async (tx) => {
      await tx.first(sql`select pg_advisory_xact_lock(hashtextextended(${`gather ${source}`}, 0))`);
      return work(tx);
    });
  } catch (error) {
    if ((error as { code?: string }).code !== '23505') throw error;
    throw new Problem('conflict', {
      detail: {
        zh: '同样的数据已由这个来源的其他系统或文件提交过，无需再次提交',
        en: 'The very same rows were brought by another system or file of this source: there is nothing to do',
      },
    });
  }
}

/** @throws Problem invalid when the source has none of that name, or several and none is named */
function profileFor(
  profiles: readonly Profile[],
  source: string,
  wanted: string | undefined,
): Profile {
  const own = profiles.filter((one) => one.source === source);
  const fitting = own.filter(({ key }) => wanted === undefined || key === wanted);
  const [profile] = fitting;
  if (profile && fitting.length === 1) return profile;
  const names = own.map(({ key }) => key).join('、');
  throw invalid([
    {
      field: 'profile',
      code: 'profile',
      message: own.length
        ? { zh: `profile：请从这些方案中指明一个：${names}`, en: `profile: name one of ${names}` }
        : {
            zh: `profile：来源 ${source} 没有归集方案，请联系系统管理员`,
            en: `profile: there is no profile for the source ${source}; ask the system administrator`,
          },
    },
  ]);
}

const dayFault: FieldError = {
  field: 'day',
  code: 'future',
  message: { zh: 'day：不能晚于今天', en: 'day: not after today' },
};

const invalid = (errors: FieldError[]): Problem => new Problem('invalid', { errors });

/** The rows as JSON lines by the profile's columns. @throws Problem invalid */
function linesOf(rows: HandIn['rows'], naming: Naming): string {
  const faults: FieldError[] = [];
  const lines = rows.map((row, at) => {
    const cells: Record<string, Cell> = {};
    for (const [name, cell] of Object.entries(row)) {
      const column = naming.columnOf.get(name);
      const fault = faultOf(name, cell, column, cells, naming);
      if (fault) faults.push({ ...fault, field: `rows.${at}.${name}` });
      else if (column !== undefined) cells[column] = cell;
    }
    return JSON.stringify(cells);
  });
  if (faults.length > 0) throw invalid(faults.slice(0, mostFaults));
  return `${lines.join('\n')}\n`;
}

function faultOf(
  name: string,
  cell: Cell,
  column: string | undefined,
  cells: Readonly<Record<string, Cell>>,
  { names }: Naming,
): Omit<FieldError, 'field'> | undefined {
  if (column === undefined)
    return {
      code: 'unknown',
      message: {
        zh: `${name}：方案里没有这一列，可用的有：${names.join('、')}`,
        en: `${name}: the profile has no such column; there are ${names.join(', ')}`,
      },
    };
  if (Object.hasOwn(cells, column))
    return {
      code: 'twice',
      message: {
        zh: `${name}：与同一行的另一列是同一项，请只留一个`,
        en: `${name}: means the same as another column of the row; leave one out`,
      },
    };
  if (typeof cell === 'number' && Number.isInteger(cell) && !Number.isSafeInteger(cell))
    return {
      code: 'digits',
      message: {
        zh: `${name}：位数过多，证件号码等请以文字（加引号）提交`,
        en: `${name}: too many digits for a number; send ids as text, in quotes`,
      },
    };
  return undefined;
}

/** The batch of a call that came before under the key. @throws Problem key-reused when it was another call */
function replayed(
  { database }: Services,
  system: CallingSystem,
  key: string,
  fingerprint: Buffer,
): Promise<Pick<TakenIn, 'id' | 'number'> | undefined> {
  return database.asSystem(system.id, (tx) => receiptOf(tx, system, key, fingerprint));
}

async function receiptOf(
  tx: Queries,
  { id }: CallingSystem,
  key: string,
  fingerprint: Buffer,
): Promise<Pick<TakenIn, 'id' | 'number'> | undefined> {
  const kept = await tx.first(sql<{ id: string; number: number; fingerprint: Buffer }>`
    select b.id, b.number, r.fingerprint from gather_receipt r join gather_batch b on b.id = r.batch
     where r.system = ${id} and r.key = ${key}`);
  if (kept && !kept.fingerprint.equals(fingerprint)) throw new Problem('key-reused');
  return kept;
}

/** Two calls under one key at once: the second waits for the first, and must be the same. */
async function keepReceipt(
  tx: Queries,
  system: CallingSystem,
  given: { key: string; fingerprint: Buffer; batch: string; now: Date },
): Promise<void> {
  const { key, fingerprint, batch, now } = given;
  const made = await tx.count(sql`
    insert into gather_receipt (system, key, fingerprint, batch, at)
    values (${system.id}, ${key}, ${fingerprint}, ${batch}, ${now}) on conflict do nothing`);
  if (made === 0) await receiptOf(tx, system, key, fingerprint);
}
