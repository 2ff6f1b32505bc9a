import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { shapes } from '../features/archive/categories.ts';
import { loadDictionary } from '../features/archive/dictionary.ts';
import { fileQueries } from '../features/archive/file.ts';
import { keptTotal, pageOf } from '../features/archive/list.ts';
import { rangeOf } from '../features/area/queries.ts';
import { archivePack } from '../server/commands/demo.ts';
import type { Actor } from '../server/database/actor.ts';
import { firstPageWeight } from './console/weight.ts';
import { Figures } from './figures/figures.ts';
import type { BareTask } from './load/bare.ts';
import { closedLoop, Lane, quantile, type Run } from './load/loop.ts';
import { type Statement, statementOf, valuesOf } from './load/recorder.ts';
import { openSite, type Scope, type Site, scopes } from './site/site.ts';

const { values: options } = parseArgs({
  options: {
    residents: { type: 'string', default: '30000' },
    seconds: { type: 'string', default: '5' },
    json: { type: 'string' },
  },
});
const residents = Number(options.residents);
const seconds = Number(options.seconds);
const lanes = 10;
const dictionary = loadDictionary(archivePack);

const figures = new Figures();
const rows: Record<string, Record<string, string | number>> = {};

const areas: Record<Exclude<Scope, 'two grids'>, string> = {
  grid: '330881002205001',
  township: '330881002',
  county: '330881',
  city: '3308',
};

function actorFor(scope: Exclude<Scope, 'two grids'>): Actor {
  const range = rangeOf(areas[scope]);
  return {
    tokenHash: Buffer.alloc(32),
    account: '00000000-0000-7000-8000-000000000000',
    username: '',
    post: { id: '00000000-0000-7000-8000-000000000000', role: 'village_cadre', ...range },
    scope: range,
    open: ['file'],
    reveal: [],
    write: [],
    admin: null,
    now: new Date(),
    day: new Date().toISOString().slice(0, 10),
  };
}

/** Households spread over a scope, to be opened in turn. */
async function someHouseholds(site: Site, scope: Exclude<Scope, 'two grids'>): Promise<string[]> {
  const { lo, hi } = rangeOf(areas[scope]);
  const client = new pg.Client(site.installation.reach.owner);
  await client.connect();
  const { rows: found } = await client.query(
    `select id from household where area >= $1 and area < $2 order by md5(id::text) limit 2000`,
    [lo, hi],
  );
  await client.end();
  return found.map((row) => row.id as string);
}

async function throughApi(site: Site, cookie: string, paths: readonly string[]): Promise<Run> {
  const open = Array.from({ length: lanes }, () => new Lane(site.port));
  const run = await closedLoop(lanes, seconds, async (lane, turn) => {
    const path = paths[(turn * lanes + lane) % paths.length] ?? '/';
    return (await open[lane]?.get(`/api/v1${path}`, cookie)) === 200;
  });
  for (const lane of open) lane.close();
  if (run.failures > 0)
    throw new Error(`${run.failures} of ${run.count} requests failed: ${paths[0]}`);
  return run;
}

/** One request at a time: what a person waits for. */
async function latencies(
  site: Site,
  cookie: string,
  paths: readonly string[],
  rounds = 1,
): Promise<Run> {
  const lane = new Lane(site.port);
  const durations: number[] = [];
  for (let round = -1; round < rounds; round++) {
    for (const path of paths) {
      const from = performance.now();
      const status = await lane.get(`/api/v1${path}`, cookie);
      if (status !== 200) throw new Error(`${status} for ${path}`);
      if (round >= 0) durations.push(performance.now() - from);
    }
  }
  lane.close();
  durations.sort((a, b) => a - b);
  return {
    perSecond: 0,
    p50: quantile(durations, 0.5),
    p95: quantile(durations, 0.95),
    count: durations.length,
    failures: 0,
  };
}

function bare(site: Site, requests: Statement[]): Promise<Run> {
  const child = fork(join(import.meta.dirname, 'load/bare.ts'), { serialization: 'advanced' });
  return new Promise((done, fail) => {
    child.on('message', (message) => {
      if (message === 'ready') {
        const task: BareTask = { reach: site.installation.reach.owner, lanes, seconds, requests };
        child.send(task);
        return;
      }
      child.disconnect();
      done(message as Run);
    });
    child.once('error', fail);
    child.once('exit', (code) => code && fail(new Error('the bare process failed')));
  });
}

/** The same statement as the server's role under row security and as owner, one after the other on one connection. */
async function rowSecurityCost(site: Site, actor: Actor, statements: Statement[]): Promise<number> {
  const { server, owner } = site.installation.reach;
  const timed = async (reach: pg.ClientConfig): Promise<number> => {
    const client = new pg.Client(reach);
    await client.connect();
    await client.query(
      `begin; set local minqing.account = '${actor.account}'; set local minqing.lo = '${actor.scope?.lo}'; set local minqing.hi = '${actor.scope?.hi}'; set local minqing.open = ',file,'`,
    );
    const durations: number[] = [];
    for (let turn = 0; turn < 1500; turn++) {
      const statement = statements[turn % statements.length];
      if (!statement) continue;
      const from = performance.now();
      await client.query({ name: 'q', text: statement.text, values: valuesOf(statement) });
      if (turn >= 300) durations.push(performance.now() - from);
    }
    await client.end();
    durations.sort((a, b) => a - b);
    return quantile(durations, 0.5);
  };
  const guarded = await timed(server);
  return guarded / (await timed(owner));
}

/** What people type, as it grows letter by letter. */
const typed = [
  '张',
  '王芳',
  '李淑',
  '周建国',
  'zh',
  'zhang',
  'zhangj',
  'zhangjian',
  'wf',
  'ljg',
  'xu',
  'xuxiuying',
  '7',
  '73',
  '120号',
  '1234',
  '4321',
  '毛',
  '毛秀',
  'maoxiu',
];

async function measureSite(site: Site): Promise<void> {
  const label = site.residents.toLocaleString('en');
  for (const scope of scopes) {
    const row: Record<string, string | number> = {};
    const cookie = site.cookies[scope];
    const list = scope === 'two grids' ? '/households?limit=20&posts=all' : '/households?limit=20';
    const search = await latencies(
      site,
      cookie,
      typed.map((q) => `/search?q=${encodeURIComponent(q)}`),
      20,
    );
    const listed = await latencies(site, cookie, [list], 300);
    row['search p95 ms'] = search.p95.toFixed(2);
    row['list p95 ms'] = listed.p95.toFixed(2);
    figures.atMost(`search_p95_ms.${scope}.${site.residents}`, search.p95, 20);
    figures.atMost(`list_p95_ms.${scope}.${site.residents}`, listed.p95, 20);
    if (scope !== 'two grids') {
      const ids = await someHouseholds(site, scope);
      const file = await latencies(
        site,
        cookie,
        ids.slice(0, 400).map((id) => `/households/${id}`),
      );
      row['file p95 ms'] = file.p95.toFixed(2);
      figures.atMost(`file_p95_ms.${scope}.${site.residents}`, file.p95, 20);
    }
    rows[`${label} · ${scope}`] = row;
  }
}

async function measureThroughput(site: Site): Promise<void> {
  const label = site.residents.toLocaleString('en');
  for (const scope of ['grid', 'township', 'county', 'city'] as const) {
    const row = rows[`${label} · ${scope}`] ?? {};
    const actor = actorFor(scope);
    const ids = await someHouseholds(site, scope);
    const range = actor.scope ?? { lo: 0, hi: 0 };
    const page = statementOf(actor, (tx) => ({
      items: pageOf(tx, shapes.household, range, {}, undefined, 21),
      total: keptTotal(tx, shapes.household, range, {}),
    }));
    const files = ids.map((id) =>
      statementOf(actor, (tx) => fileQueries(tx, dictionary, shapes.household, { id })),
    );
    row['row security: list ×'] = (
      await noteRights(`rls_list.${scope}`, rowSecurityCost(site, actor, [page]))
    ).toFixed(2);
    row['look-up ×'] = (
      await noteRights(`rls_lookup.${scope}`, rowSecurityCost(site, actor, files))
    ).toFixed(2);
    const cookie = site.cookies[scope];
    const listBare = await bare(site, [page]);
    const listApi = await throughApi(site, cookie, ['/households?limit=20']);
    const fileBare = await bare(site, files);
    const fileApi = await throughApi(
      site,
      cookie,
      ids.map((id) => `/households/${id}`),
    );
    row['list/s'] = Math.round(listApi.perSecond);
    row['bare/s'] = Math.round(listBare.perSecond);
    row['list ratio'] = (listApi.perSecond / listBare.perSecond).toFixed(2);
    row['file/s'] = Math.round(fileApi.perSecond);
    row['file bare/s'] = Math.round(fileBare.perSecond);
    row['file ratio'] = (fileApi.perSecond / fileBare.perSecond).toFixed(2);
    figures.atLeast(`list_per_second.${scope}`, listApi.perSecond, 3752);
    figures.atLeast(`list_vs_bare.${scope}`, listApi.perSecond / listBare.perSecond, 0.5);
    figures.atLeast(`file_vs_bare.${scope}`, fileApi.perSecond / fileBare.perSecond, 0.5);
    rows[`${label} · ${scope}`] = row;
  }
}

async function noteRights(name: string, measured: Promise<number>): Promise<number> {
  const value = await measured;
  figures.atMost(name, value, 1.5);
  return value;
}

function compare(small: number): void {
  const value = (name: string): number => figures.metrics[name]?.value ?? Number.NaN;
  for (const what of ['search', 'list', 'file']) {
    for (const scope of scopes) {
      if (what === 'file' && scope === 'two grids') continue;
      figures.atMost(
        `${what}_p95_growth.${scope}`,
        value(`${what}_p95_ms.${scope}.${residents}`) / value(`${what}_p95_ms.${scope}.${small}`),
        1.5,
      );
    }
  }
  figures.atMost(
    'search_city_vs_grid',
    value(`search_p95_ms.city.${residents}`) / value(`search_p95_ms.grid.${residents}`),
    2,
  );
}

const small = Math.min(30_000, Math.max(12_000, Math.round(residents / 100)));
if (small !== residents) {
  const site = await openSite(small);
  await measureSite(site);
  await site.close();
}
const site = await openSite(residents);
await measureSite(site);
await measureThroughput(site);
if (small !== residents) compare(small);
if (existsSync('dist/console/index.html'))
  figures.atMost('first_page_js_kb_gzip', await firstPageWeight(), 350);
await site.close();

console.table(rows);
figures.tell(options.json);
