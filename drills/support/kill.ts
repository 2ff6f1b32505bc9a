import { setTimeout as wait } from 'node:timers/promises';
import { Ledger, numeral } from './ledger.ts';
import { randomFrom } from './random.ts';
import { startServer } from './server.ts';
import { signIn } from './writer.ts';

export interface KillOutcome {
  kills: number;
  /** Acts that were answered. */
  answered: number;
  lost: number;
  /** Acts that are there in part. */
  halves: number;
  /** Acts that were under way when the server died. */
  open: number;
  replayed: number;
  /** All that was not as it should be, in words. */
  faults: string[];
}

const writers = ['甲', '乙', '丙', '丁'];
const victims = ['both', 'both', 'server', 'database'] as const;

/** Kills and looks, so many times; a seed makes the points repeatable as far as a machine allows. */
export async function killDrill(
  data: string,
  { times, seed, told }: { times: number; seed: number; told(words: string): void },
): Promise<KillOutcome> {
  const ledger = new Ledger();
  const random = randomFrom(seed);
  const faults: string[] = [];
  let server = await startServer(data);
  let replayed = 0;
  for (let kill = 1; kill <= times; kill++) {
    const before = ledger.kept.length;
    const officials = await Promise.all(writers.map(() => signIn(server.url)));
    let goesOn = true;
    const writing = officials.map((official, at) =>
      ledger.write(official, `${writers[at]}${numeral(kill)}次`, () => goesOn),
    );
    await wait(100 + Math.floor(random() * 900));
    const victim = victims[Math.floor(random() * victims.length)] ?? 'both';
    await server.kill(victim);
    goesOn = false;
    await Promise.all(writing);
    server = await startServer(data);
    const found = [...(await ledger.faults(server)), ...(await ledger.replays(server, 5))];
    replayed += Math.min(5, ledger.kept.length);
    faults.push(...found);
    told(
      `${kill}/${times} ${victim}: ${ledger.kept.length - before} acts answered, ${found.length} faults`,
    );
  }
  await server.stop();
  return {
    kills: times,
    answered: ledger.kept.length,
    lost: faults.filter((fault) => fault.includes('not there')).length,
    halves: faults.filter((fault) => fault.includes('half done')).length,
    open: ledger.open.length,
    replayed,
    faults,
  };
}
