import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { extractFiles } from '../../bench/gather/extracts.ts';
import { randomFrom } from './random.ts';
import { minqing, postmasterFile } from './server.ts';

const program = join(import.meta.dirname, '../../bin/minqing.mjs');

export interface GatherDrillOutcome {
  kills: number;
  /** Runs that were killed, each gathering all files anew. */
  runs: number;
  /** By phase, how often it was at work when it was killed. */
  phases: Record<string, number>;
  faults: string[];
}

/** What a drill is asked. */
export interface GatherDrill {
  /** Folder of the eleven extracts. */
  extracts: string;
  runs: number;
  /** Kills a run. */
  times: number;
  seed: number;
  told(words: string): void;
}

/** What is compared: records without what differs from run to run (ids, instants, what is encrypted with chance). */
const compared: Readonly<Record<string, string>> = {
  rows: `select batch, n, name, pinyin, birth, sex, citizen, repairs, phone, address, household_number, place, guardian, guardian_phone, code,
      relation, as_of, items, faults, aside, sealed is null as open from gather_row`,
  links: `select l.batch, l.n, l.decision, r.name, r.birth, r.sort_key, h.number, t.code from gather_link l
      left join resident r on r.county = l.county and r.id = l.resident
      left join household h on h.county = l.county and h.id = l.household left join housing t on t.county = l.county and t.id = l.target`,
  batches: `select number, source, state, staged, aside, linked, asked, unmatched, made, changed from gather_batch`,
  residents: `select to_jsonb(r) - '{id,household,updated_at}'::text[] as r, h.number from resident r
      left join household h on h.county = r.county and h.id = r.household`,
  households: `select to_jsonb(h) - '{id,updated_at}'::text[] as h from household h`,
  housing: `select to_jsonb(h) - '{id,updated_at}'::text[] as h from housing h`,
  premises: `select to_jsonb(h) - '{id,updated_at}'::text[] as h from premises h`,
  members: `select m.area, m.relation, m.registered, m.lives, r.name, r.birth, h.number from household_member m
      join resident r on r.county = m.county and r.id = m.resident join household h on h.county = m.county and h.id = m.household`,
  tokens: `select token, area from archive_token`,
  tally: `select area, measure, n from area_tally where n <> 0`,
  claims: `select area, category, item, fact - 'v' as fact from archive_claim`,
  history: `select area, category, kind, item, before - 'v' - 't' as before, after - 'v' - 't' as after from archive_change`,
  touches: `select batch, category, made, (select jsonb_object_agg(key, value - 'v') from jsonb_each(before)) as before from gather_touch`,
  persons: `select area, version, household_version, name, pinyin, birth, sex, citizen, phone, address, household_number from gather_person`,
  waiting: `select 1 as one from gather_home union all select 1 from gather_unit`,
};

const facts = [
  ...['file', 'contact', 'identity', 'health', 'ethnic', 'welfare', 'minor'].map(
    (g) => `resident_${g}`,
  ),
  ...['household_file', 'household_economy', 'housing_file', 'premises_file'],
];

/**
 * Gathers eleven files undisturbed, then again and again from the same beginning, killed with its database at random
 * points and begun again each time, and compares what came of it.
 */
export async function gatherDrill(
  folder: string,
  { extracts, runs, times, seed, told }: GatherDrill,
): Promise<GatherDrillOutcome> {
  const base = join(folder, 'base');
  await expectDone(await minqing(base, ['areas', 'import', 'packs/areas/quzhou.csv'], quiet));
  const calm = join(folder, 'calm');
  copyOf(base, calm);
  const from = performance.now();
  await expectDone(await minqing(calm, command(extracts), quiet));
  const seconds = (performance.now() - from) / 1000;
  const wanted = await digests(calm);
  told(`undisturbed: ${seconds.toFixed(1)} s`);
  const random = randomFrom(seed);
  const outcome: GatherDrillOutcome = { kills: 0, runs, phases: {}, faults: [] };
  for (let run = 1; run <= runs; run++) {
    const data = join(folder, `run-${run}`);
    copyOf(base, data);
    for (let kill = 1; kill <= times; kill++) {
      const killed = await killedAfter(data, extracts, (0.1 + random()) * (seconds / times));
      if (!killed) break;
      outcome.kills += 1;
      await letLapse(data, (phase) => {
        outcome.phases[phase] = (outcome.phases[phase] ?? 0) + 1;
      });
    }
    await expectDone(await minqing(data, command(extracts), quiet));
    const found = await digests(data);
    const faults = Object.keys(wanted).filter((what) => found[what] !== wanted[what]);
    told(`${run}/${runs}: ${faults.length === 0 ? 'the same' : `another: ${faults.join(', ')}`}`);
    outcome.faults.push(...faults.map((what) => `run ${run}: ${what}`));
    rmSync(data, { recursive: true, force: true });
  }
  return outcome;
}

/** With owners and modes: a database's files may belong to another account. */
const copyOf = (from: string, to: string): Buffer => execFileSync('cp', ['-a', from, to]);

const quiet = { MINQING_DEMO: '0' };

const command = (extracts: string): string[] => [
  'gather',
  ...Object.entries(extractFiles)
    .map(([source, file]): [string, string] => [source, join(extracts, file)])
    .filter(([, path]) => existsSync(path))
    .map(([source, path]) => `${source}=${path}`),
];

async function expectDone({ code, said }: { code: number; said: string }): Promise<void> {
  if (code !== 0) throw new Error(`a command ended with ${code}:\n${said}`);
}

/** Begins to gather, and kills it and its database after some seconds. @returns false when it had come to its end before */
async function killedAfter(data: string, extracts: string, seconds: number): Promise<boolean> {
  const child = spawn(process.execPath, [program, ...command(extracts)], {
    env: { ...process.env, ...quiet, MINQING_DATA: data },
    stdio: 'ignore',
  });
  const ended = once(child, 'exit');
  const done = await Promise.race([
    ended.then(() => true),
    databaseUp(data)
      .then(() => wait(seconds * 1000))
      .then(() => false),
  ]);
  if (done) return false;
  const [pid] = readFileSync(postmasterFile(data), 'utf8').split('\n');
  process.kill(Number(pid), 'SIGKILL');
  child.kill('SIGKILL');
  await ended;
  return true;
}

async function databaseUp(data: string): Promise<void> {
  while (!existsSync(postmasterFile(data))) await wait(50);
}

/** What died is not waited for: the job's last sign of life is put back, and its losses do not count. */
async function letLapse(data: string, at: (phase: string) => void): Promise<void> {
  await asOwner(data, async (client) => {
    await client.query(
      "update job set seen_at = now() - interval '5 minutes', failures = 0 where lease is not null",
    );
    const { rows } = await client.query<{ state: string }>(
      "select state from gather_batch where state not in ('queued', 'done') order by number desc limit 1",
    );
    at(rows[0]?.state ?? 'queued');
  });
}

/** The digest of each thing that is compared. */
async function digests(data: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  await asOwner(data, async (client) => {
    const all = { ...compared };
    // An encrypted value is another one each time: which items are there, and of what lineage, is compared.
    for (const table of facts)
      all[table] =
        `select area, (select jsonb_object_agg(key, case when value ->> 'v' like 'v1.%' then value - 'v' else value end)
          from jsonb_each(facts)) as facts from ${table}`;
    for (const [what, query] of Object.entries(all)) {
      const { rows } = await client.query<{ line: string }>(
        `select to_jsonb(x)::text as line from (${query}) x order by to_jsonb(x)::text collate "C"`,
      );
      const hash = createHash('sha256');
      for (const { line } of rows) hash.update(`${line}\n`);
      found[what] = `${rows.length} ${hash.digest('hex').slice(0, 16)}`;
    }
  });
  return found;
}

/** Runs something as the database's owner, on a database that is started for it where none runs. */
async function asOwner(data: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const { openInstallation } = await import('../../server/installation.ts');
  const { readConfig } = await import('../../server/config.ts');
  const installation = await openInstallation(
    readConfig({ ...process.env, ...quiet, MINQING_DATA: data }),
  );
  const client = new pg.Client(installation.reach.owner);
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
    await installation.leave();
  }
}
