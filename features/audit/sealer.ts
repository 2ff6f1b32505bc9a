import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type pg from 'pg';
import { withClient } from '../../server/database/connect.ts';
import { prepareMonths } from './months.ts';
import { verifyNightly } from './nightly.ts';
import type { SealerParts } from './seal/parts.ts';
import { sealAll } from './seal/sealing.ts';
import { lastEnd } from './seal/seals.ts';
import { appendWitness, holds, keepHead, readWitness } from './seal/witness.ts';

/** How often complete entries are sealed, in milliseconds. */
const every = 5000;

/** How often room is made for coming months, in milliseconds. */
const everyMonths = 6 * 3_600_000;

/** How long the night's verification waits after it could not be made, in milliseconds. */
const restAfterFailure = 3_600_000;

/** Where a server keeps the newest seal it made. */
export const headFile = (dataFolder: string): string => join(dataFolder, 'last-seal.txt');

/**
 * Seals what is complete, keeps the newest seal beside the keys, and hands new seals to the witness file.
 * @returns how many entries were sealed
 * @throws Error when the database no longer holds the newest seal that this server made: it would seal over a gap
 */
export async function sealNow(parts: Omit<SealerParts, 'report'>): Promise<number> {
  return withClient(parts.owner, async (client) => {
    await refuseGap(client, parts.head);
    const sealed = await sealAll(client, parts.key, parts.clock);
    if (sealed > 0 || !existsSync(parts.head)) keepHead(parts.head, await lastEnd(client));
    if (parts.witness !== undefined) await appendWitness(client, parts.witness);
    return sealed;
  });
}

async function refuseGap(client: pg.ClientBase, head: string): Promise<void> {
  const [line] = existsSync(head) ? readWitness(head) : [];
  if (!line || (await holds(client, line))) return;
  throw new Error(
    `封条 ${line.number} 已不在数据库中，停止封存；若因恢复备份所致，核实后删除 ${head} · ` +
      `seal ${line.number} is no longer in the database, so nothing is sealed; if a restored backup explains it, remove ${head}`,
  );
}

/** Seals every few seconds and verifies every night until stopped; stopping seals once more. */
export function startSealing(parts: SealerParts): { stop(): Promise<void> } {
  let said = '';
  let prepared = performance.now();
  const run = async (): Promise<void> => {
    try {
      await sealNow(parts);
      if (performance.now() - prepared > everyMonths) {
        await withClient(parts.owner, (client) => prepareMonths(client, parts.clock()));
        prepared = performance.now();
      }
      said = '';
    } catch (error) {
      const words = (error as Error).message;
      if (words !== said) parts.report(words);
      said = words;
    }
  };
  const ending = new AbortController();
  let night: Promise<void> | undefined;
  let rested = 0;
  const lookAtNight = (): void => {
    if (night || performance.now() < rested) return;
    night = verifyNightly(parts, ending.signal)
      .then(() => {})
      .catch((error: Error) => {
        if (!ending.signal.aborted) parts.report(error.message);
        rested = performance.now() + restAfterFailure;
      })
      .finally(() => {
        night = undefined;
      });
  };
  let running = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  const next = (): void => {
    timer = setTimeout(() => {
      lookAtNight();
      running = run().then(next);
    }, every);
  };
  next();
  return {
    async stop() {
      clearTimeout(timer);
      await running;
      clearTimeout(timer);
      ending.abort();
      await night;
      await run();
    },
  };
}
