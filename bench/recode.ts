import { parseArgs } from 'node:util';
import pg from 'pg';
import { demoPassword } from '../features/identity/demo.ts';
import { openWorker } from '../server/commands/worker.ts';
import { readConfig } from '../server/config.ts';
import { openFiles } from '../server/files/files.ts';
import { jobKinds } from '../server/kinds.ts';
import { Figures } from './figures/figures.ts';
import { Lane, quantile } from './load/loop.ts';
import { openSite } from './site/site.ts';

// A township of 40,000 residents gets a new code while its pages are read: how long it takes, and what the readers feel.
const { values: options } = parseArgs({
  options: {
    residents: { type: 'string', default: '240000' },
    township: { type: 'string', default: '40000' },
    json: { type: 'string' },
  },
});
const site = await openSite(Number(options.residents));
const owner = new pg.Client(site.installation.reach.owner);
await owner.connect();
const county = '330881';

/** Townships of one county until so many residents are reached. */
async function chosenTownships(wanted: number): Promise<string[]> {
  const { rows } = await owner.query<{ code: string; n: number }>(
    `select a.code, coalesce(sum(t.n), 0)::int as n from area a
       left join area_tally t on t.area >= a.lo and t.area < a.hi and t.measure = 'resident'
      where a.parent = $1 and a.retired_at is null group by a.code order by n desc`,
    [county],
  );
  const chosen: string[] = [];
  let sum = 0;
  for (const { code, n } of rows) {
    if (sum >= wanted) break;
    chosen.push(code);
    sum += n;
  }
  return chosen;
}

async function nextCode(): Promise<string> {
  const { rows } = await owner.query<{ code: string }>(
    'select max(code) as code from area where parent = $1',
    [county],
  );
  return String(Number(rows[0]?.code) + 1);
}

async function call(
  cookie: string,
  path: string,
  body: unknown,
): Promise<{ id: string; job: string }> {
  const answer = await fetch(`http://127.0.0.1:${site.port}/api/v1${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', cookie },
    body: JSON.stringify(body),
  });
  if (answer.status >= 300) throw new Error(`${answer.status} ${await answer.text()}`);
  return answer.json() as Promise<{ id: string; job: string }>;
}

async function signIn(username: string): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${site.port}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username, password: demoPassword }),
  });
  return (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
}

/** Lists of the township and files of its households, one after another, until told to stop. */
async function reading(
  paths: readonly string[],
  cookie: string,
  until: Promise<unknown>,
): Promise<{ p50: number; p95: number; max: number; count: number; refused: number }> {
  const lane = new Lane(site.port);
  const durations: number[] = [];
  let refused = 0;
  let going = true;
  void until.finally(() => {
    going = false;
  });
  for (let turn = 0; going; turn++) {
    const from = performance.now();
    const status = await lane.get(`/api/v1${paths[turn % paths.length]}`, cookie);
    durations.push(performance.now() - from);
    if (status !== 200) refused++;
    await new Promise((next) => setTimeout(next, 20));
  }
  lane.close();
  durations.sort((a, b) => a - b);
  return {
    p50: quantile(durations, 0.5),
    p95: quantile(durations, 0.95),
    max: durations.at(-1) ?? 0,
    count: durations.length,
    refused,
  };
}

const system = await signIn('sysadmin');
const files = openFiles(readConfig(process.env), site.installation.keys);
const { worker, close: closeWorker } = openWorker(site.installation, jobKinds(files), 1);

async function recodeInto(
  codes: string[],
): Promise<{ code: string; records: number; seconds: number; id: string }> {
  const code = await nextCode();
  const from = performance.now();
  const { id } = await call(system, '/areas/changes', {
    change: { kind: 'merge', codes, into: { code, name: `试验镇${code.slice(-3)}` } },
    reason: 'bench',
  });
  await worker.drain();
  const seconds = (performance.now() - from) / 1000;
  const { rows } = await owner.query('select records, finished_at from area_change where id = $1', [
    id,
  ]);
  if (!rows[0]?.finished_at) throw new Error('the change did not finish');
  return { code, records: rows[0].records, seconds, id };
}

// Once: a township of that size, put together from small ones.
let [township = ''] = (
  await owner.query<{ code: string }>(
    `select code from area where parent = $1 and retired_at is null and name like '试验镇%' order by code desc limit 1`,
    [county],
  )
).rows.map(({ code }) => code);
if (township === '') {
  const chosen = await chosenTownships(Number(options.township));
  const built = await recodeInto(chosen);
  township = built.code;
  await owner.query('vacuum analyze');
}
const { rows } = await owner.query<{ n: number }>(
  `select count(*)::int as n from resident where area >= $1 and area < $2`,
  [Number(township) * 1e6, (Number(township) + 1) * 1e6],
);
const residents = rows[0]?.n ?? 0;
const households = (
  await owner.query<{ id: string }>(
    'select id from household where area >= $1 and area < $2 order by md5(id::text) limit 500',
    [Number(township) * 1e6, (Number(township) + 1) * 1e6],
  )
).rows.map(({ id }) => id);
const paths = households.flatMap((id) => [
  `/households/${id}`,
  `/residents?area=${county}&limit=50`,
  `/households?area=${county}&limit=50`,
]);
const cookie = site.cookies.county;
await reading(paths, cookie, new Promise((done) => setTimeout(done, 1000)));
const idle = await reading(paths, cookie, new Promise((done) => setTimeout(done, 5000)));
const running = recodeInto([township]);
const [during, result] = await Promise.all([reading(paths, cookie, running), running]);

console.table({
  idle,
  'while it runs': during,
});
console.log(
  `${residents} residents, ${result.records} records re-coded in ${result.seconds.toFixed(1)} s (${((result.seconds / residents) * 40_000).toFixed(1)} s for 40,000 residents)`,
);
const figures = new Figures();
figures.atMost('recode_seconds.40000', (result.seconds / residents) * 40_000, 30);
figures.atMost('recode_page_p95_ms.idle', idle.p95, 50);
figures.atMost('recode_page_p95_ms.running', during.p95, 200);
figures.atMost('recode_pages_refused', during.refused, 0);
figures.tell(options.json);
await worker.stop();
await closeWorker();
await owner.end();
await site.close();
