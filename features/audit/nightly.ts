import { existsSync } from 'node:fs';
import type pg from 'pg';
import { dayOf } from '../../server/clock.ts';
import { withClient } from '../../server/database/connect.ts';
import { keepCheck, lastCheck } from './seal/check.ts';
import type { SealerParts } from './seal/parts.ts';
import { type Verdict, verify } from './seal/verify.ts';
import { readWitness } from './seal/witness.ts';
import { findingWords } from './seal/words.ts';

/** The hour, in Asia/Shanghai, from which the night's verification may begin. */
const hour = 2;

/** Whether the night's verification is due: from two o'clock on, once a day. */
export function isDue(now: Date, last: Date | null): boolean {
  const shifted = new Date(now.getTime() - hour * 3_600_000);
  return last === null || dayOf(new Date(last.getTime() - hour * 3_600_000)) < dayOf(shifted);
}

/**
 * Verifies the record once a night, on one connection so that the server keeps a core; says what it found and
 * keeps it for the auditor's page.
 * @returns the verdict; undefined when it was not due
 */
export async function verifyNightly(
  parts: Pick<SealerParts, 'owner' | 'key' | 'clock' | 'head' | 'witness' | 'report'>,
  signal: AbortSignal,
): Promise<Verdict | undefined> {
  const now = parts.clock();
  if (!isDue(now, await withClient(parts.owner, lastCheck))) return undefined;
  const files = [parts.witness, parts.head].filter(
    (file) => file !== undefined && existsSync(file),
  );
  const verdict = await verify({
    owner: parts.owner,
    key: parts.key,
    witnesses: files.flatMap((file) => readWitness(file ?? '')),
    lanes: 1,
    signal,
  });
  const witnessed = parts.witness !== undefined && files.includes(parts.witness);
  await withClient(parts.owner, (client: pg.Client) => keepCheck(client, now, verdict, witnessed));
  if (verdict.finding) parts.report(findingWords(verdict.finding));
  return verdict;
}
