import { parseArgs } from 'node:util';
import pg from 'pg';
import { rangeOf } from '../features/area/queries.ts';
import { prepareMonths } from '../features/audit/months.ts';
import { sealKey } from '../features/audit/seal/batch.ts';
import { sealAll } from '../features/audit/seal/sealing.ts';
import { verify } from '../features/audit/seal/verify.ts';
import { Figures } from './figures/figures.ts';
import { closedLoop, Lane } from './load/loop.ts';
import { openSite, type Site, serveSite } from './site/site.ts';

const { values: options } = parseArgs({
  options: {
    residents: { type: 'string', default: '30000' },
    entries: { type: 'string', default: '2000000' },
    seconds: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '3' },
    json: { type: 'string' },
  },
});
const seconds = Number(options.seconds);
const lanes = 10;

const figures = new Figures();

async function openings(port: number, cookie: string, paths: readonly string[]): Promise<number> {
  const open = Array.from({ length: lanes }, () => new Lane(port));
  const run = await closedLoop(lanes, seconds, async (lane, turn) => {
    const path = paths[(turn * lanes + lane) % paths.length] ?? '/';
    return (await open[lane]?.get(`/api/v1${path}`, cookie)) === 200;
  });
  for (const lane of open) lane.close();
  if (run.failures > 0) throw new Error(`${run.failures} of ${run.count} requests failed`);
  return run.perSecond;
}

/** Files opened a second with the record and without it, in turns: two servers on one database. */
async function measureReads(site: Site, client: pg.Client): Promise<void> {
  const { lo, hi } = rangeOf('330881002');
  const { rows } = await client.query(
    'select id from household where area >= $1 and area < $2 order by md5(id::text) limit 2000',
    [lo, hi],
  );
  const paths = rows.map(({ id }) => `/households/${id}`);
  const silent = await serveSite(site, { BENCH_WITHOUT_AUDIT: '1' });
  const cookie = site.cookies.township;
  const rates = { with: [] as number[], without: [] as number[] };
  for (let round = 0; round < Number(options.rounds); round++) {
    rates.with.push(await openings(site.port, cookie, paths));
    rates.without.push(await openings(silent.port, cookie, paths));
  }
  await silent.close();
  const median = (values: number[]): number =>
    values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
  figures.atLeast('file_per_second.audit_off', median(rates.without), 0);
  figures.atLeast('file_per_second.audit_on', median(rates.with), 0);
  figures.atLeast('file_on_vs_off', median(rates.with) / median(rates.without), 0.8);
}

/** Entries as officials leave them, two to a transaction on average, up to so many in all. */
async function fill(client: pg.Client, wanted: number): Promise<void> {
  const { rows } = await client.query('select count(*) as n from audit_entry');
  const missing = wanted - rows[0].n;
  if (missing <= 0) return;
  console.log(`writing ${missing.toLocaleString('en')} entries …`);
  await client.query('set synchronous_commit = off');
  await client.query(`do $$
    begin
      for turn in 1..${Math.ceil(missing / 50)} loop
        insert into audit_entry (county, id, at, account, post, role, kind, action, category, subject, area, purpose)
        select 330881, uuidv7(), now(), md5((turn % 300)::text)::uuid, md5((turn % 400)::text)::uuid, 'village_cadre', 'look',
               'open_file', 'resident', md5((turn % 5000)::text || g)::uuid, 330881002205001, case when g % 3 = 0 then 'visit' end
          from generate_series(1, 50) g;
        commit;
      end loop;
    end $$`);
  await client.query('vacuum analyze audit_entry');
}

async function measureSeals(site: Site, client: pg.Client): Promise<void> {
  const { reach, keys } = site.installation;
  const key = sealKey(keys);
  const started = performance.now();
  const sealed = await sealAll(client, key, () => new Date());
  const took = (performance.now() - started) / 1000;
  if (sealed > 100_000) figures.atLeast('sealed_per_second', sealed / took, 50_000);
  const verdict = await verify({ owner: reach.owner, key });
  if (verdict.finding)
    throw new Error(`found what is not there: ${JSON.stringify(verdict.finding)}`);
  console.log(`verified ${verdict.entries.toLocaleString('en')} entries`);
  figures.atLeast('verified_per_second', (verdict.entries / verdict.milliseconds) * 1000, 200_000);
  const { rows } = await client.query(`select
    (select sum(pg_total_relation_size(inhrelid)) from pg_inherits where inhparent = 'audit_entry'::regclass) as entries,
    pg_total_relation_size('audit_seal') as seals`);
  figures.atMost('bytes_an_entry', rows[0].entries / verdict.entries, 500);
  figures.atMost('seal_bytes_an_entry', rows[0].seals / verdict.entries, 32);
}

/** One file's looks out of all entries: what its page asks for. */
async function measureLooks(site: Site, client: pg.Client): Promise<void> {
  const { rows } = await client.query(
    'select id from household where area = 330881002205001 limit 20',
  );
  const lane = new Lane(site.port);
  const durations: number[] = [];
  for (let turn = 0; turn < 300; turn++) {
    const path = `/households/${rows[turn % rows.length]?.id}/looks`;
    const from = performance.now();
    const status = await lane.get(`/api/v1${path}`, site.cookies.grid);
    if (status !== 200) throw new Error(`${status} for ${path}`);
    durations.push(performance.now() - from);
  }
  lane.close();
  durations.sort((a, b) => a - b);
  figures.atMost('looks_p95_ms', durations[Math.floor(durations.length * 0.95)] ?? 0, 20);
}

const site = await openSite(Number(options.residents));
const client = new pg.Client(site.installation.reach.owner);
await client.connect();
await prepareMonths(client, new Date());
await measureReads(site, client);
await fill(client, Number(options.entries));
await measureSeals(site, client);
await measureLooks(site, client);
await client.end();
await site.close();

figures.tell(options.json);
