import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type pg from 'pg';
import { demoPassword, loadDemoAccounts } from '../../features/identity/demo.ts';
import { dayOf } from '../../server/clock.ts';
import { readConfig } from '../../server/config.ts';
import { withClient } from '../../server/database/connect.ts';
import { newId } from '../../server/ids.ts';
import { type Installation, openInstallation } from '../../server/installation.ts';

/** Accounts that the bench looks through, by scope. */
export const scopes = ['grid', 'township', 'county', 'city', 'two grids'] as const;
export type Scope = (typeof scopes)[number];

/** A filled installation with the server under load. */
export interface Site {
  residents: number;
  installation: Installation;
  port: number;
  cookies: Record<Scope, string>;
  close(): Promise<void>;
}

const usernames: Record<Scope, string> = {
  grid: 'bench-grid',
  township: 'bench-township',
  county: 'bench-county',
  city: 'bench-city',
  'two grids': 'bench-two',
};

/** Posts of the bench's accounts. All open files at once, so that the scopes differ by nothing but width. */
const posts: readonly (readonly [username: string, role: string, area: string])[] = [
  ['bench-grid', 'grid_worker', '330881002205001'],
  ['bench-township', 'village_cadre', '330881002'],
  ['bench-county', 'village_cadre', '330881'],
  ['bench-city', 'village_cadre', '3308'],
  ['bench-two', 'grid_worker', '330881002205001'],
  ['bench-two', 'grid_worker', '330802013202001'],
];

/** Opens (and fills, the first time) the installation for so many residents and starts a server on it. */
export async function openSite(residents: number): Promise<Site> {
  const env = environment(residents);
  const installation = await openInstallation(readConfig(env));
  await fill(installation, residents);
  const { child, port } = await startServer(env);
  return {
    residents,
    installation,
    port,
    cookies: await signInAll(port),
    async close() {
      const gone = new Promise((done) => child.once('exit', done));
      child.disconnect();
      await gone;
      await installation.leave();
    },
  };
}

/** A further server on the same installation, with other settings. */
export async function serveSite(
  { residents }: Site,
  settings: NodeJS.ProcessEnv,
): Promise<{ port: number; close(): Promise<void> }> {
  const { child, port } = await startServer({ ...environment(residents), ...settings });
  return {
    port,
    async close() {
      const gone = new Promise((done) => child.once('exit', done));
      child.disconnect();
      await gone;
    },
  };
}

function environment(residents: number): NodeJS.ProcessEnv {
  const folder = process.env.MINQING_BENCH_DATA ?? join('data', 'bench');
  return { ...process.env, MINQING_DATA: join(folder, String(residents)), MINQING_DEMO: '1' };
}

async function fill({ reach }: Installation, residents: number): Promise<void> {
  const filled = await withClient(
    reach.owner,
    async (client) => (await client.query('select 1 from household limit 1')).rowCount,
  );
  if (!filled) {
    console.log(`loading ${residents.toLocaleString('en')} residents …`);
    const started = performance.now();
    const loader = fork(join(import.meta.dirname, 'fill.ts'), [String(residents)], {
      env: environment(residents),
    });
    const [code] = await once(loader, 'exit');
    if (code !== 0) throw new Error('the residents were not loaded');
    console.log(`loaded in ${((performance.now() - started) / 1000).toFixed(0)} s`);
  }
  await withClient(reach.owner, addAccounts);
}

async function addAccounts(client: pg.Client): Promise<void> {
  const now = new Date();
  await loadDemoAccounts(client, now, dayOf(now));
  const { rows } = await client.query(
    "select password_hash from account where username = 'village'",
  );
  for (const username of new Set(posts.map(([name]) => name))) {
    await client.query(
      'insert into account (id, username, name, password_hash, created_at) values ($1, $2, $2, $3, now()) on conflict do nothing',
      [newId(), username, rows[0]?.password_hash],
    );
  }
  for (const [username, role, area] of posts) {
    await client.query(
      `insert into post (id, account, role, area, lo, hi, since, created_at)
       select $1, a.id, $2, r.code, r.lo, r.hi, current_date - 1, now() from account a, area r
        where a.username = $3 and r.code = $4 and not exists (select from post p where p.account = a.id and p.area = r.code)`,
      [newId(), role, username, area],
    );
  }
}

function startServer(env: NodeJS.ProcessEnv): Promise<{ child: ChildProcess; port: number }> {
  const child = fork(join(import.meta.dirname, 'serve.ts'), { env });
  return new Promise((done, fail) => {
    child.once('message', (message) => done({ child, port: (message as { port: number }).port }));
    child.once('exit', () => fail(new Error('the server did not start')));
  });
}

async function signInAll(port: number): Promise<Record<Scope, string>> {
  const cookies = {} as Record<Scope, string>;
  for (const scope of scopes) {
    const answer = await fetch(`http://127.0.0.1:${port}/api/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username: usernames[scope], password: demoPassword }),
    });
    if (answer.status !== 201) throw new Error(`sign-in of ${usernames[scope]}: ${answer.status}`);
    cookies[scope] = (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  }
  return cookies;
}
