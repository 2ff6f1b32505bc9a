import { randomUUID } from 'node:crypto';
import Type from 'typebox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withClient } from '../../server/database/connect.ts';
import { Sql, sql } from '../../server/database/sql.ts';
import { openSteward } from '../../server/database/steward.ts';
import { defineJob, defineSystemJob } from '../../server/jobs/kind.ts';
import { type Caller, startApp, type TestApp } from '../../tests/support/app.ts';
import {
  counting,
  effectsOf,
  type Hooks,
  prepareCounting,
  upTo,
} from '../../tests/support/counting.ts';
import type { Job } from './contract.ts';

const hooks: Hooks = {};
const job = counting(hooks);

/** Counts the households and the identity numbers that its post may see. */
const seeing = defineJob({
  kind: 'seeing',
  label: { zh: '查看', en: 'Seeing' },
  input: Type.Object({}),
  start: { households: -1, identities: -1 },
  async run({ step }) {
    const { households, identities } = await step(async (tx) => ({
      households: (await tx.rows(sql`select 1 from household`)).length,
      identities: (await tx.rows(sql`select 1 from resident_identity`)).length,
    }));
    const words = `${households} ${identities}`;
    return { words: { zh: words, en: words } };
  },
});

/** A job of the house that reaches for what no migration granted it. */
const greedy = defineSystemJob({
  kind: 'greedy',
  label: { zh: '越权', en: 'Greedy' },
  input: Type.Object({ statement: Type.String() }),
  start: null,
  attempts: 1,
  async run({ step, input }) {
    await step(async (tx) => {
      await tx.rows(new Sql([input.statement], []));
      return null;
    });
    return undefined;
  },
});

let t: TestApp;
let village: Caller;
let village2: Caller;
let sysadmin: Caller;
beforeAll(async () => {
  t = await startApp({ kinds: [job, seeing, greedy] });
  await prepareCounting(t);
  village = await t.signIn('village');
  village2 = await t.signIn('village2');
  sysadmin = await t.signIn('sysadmin');
});
afterAll(() => t.close());

const list = async (by: Caller, query = ''): Promise<Job[]> =>
  (await by.get(`/jobs${query}`)).json().items;

describe('a job of another', () => {
  let id: string;
  beforeAll(async () => {
    id = await t.startJob(village, job, { upTo: 3 });
  });

  it('is not listed, not read, not held', async () => {
    expect((await list(village)).map((one) => one.id)).toContain(id);
    for (const name of ['village2', 'grid', 'county', 'secadmin', 'auditor']) {
      const other = await t.signIn(name);
      expect(await list(other)).toEqual([]);
      expect((await other.get(`/jobs/${id}`)).statusCode).toBe(404);
      for (const act of ['pause', 'resume', 'cancel'])
        expect((await other.send('POST', `/jobs/${id}/${act}`)).statusCode).toBe(404);
    }
    expect((await village.get(`/jobs/${id}`)).json()).toMatchObject({ state: 'queued' });
  });

  it('is nothing to who is not signed in', async () => {
    expect((await t.app.inject('/api/v1/jobs')).statusCode).toBe(401);
    const act = { method: 'POST', url: `/api/v1/jobs/${id}/cancel` } as const;
    expect((await t.app.inject(act)).statusCode).toBe(401);
  });

  it('is seen, and held, by the system administrator of its area; not what it works on', async () => {
    await t.worker().drain();
    const [seen] = (await list(sysadmin)).filter((one) => one.id === id);
    expect(seen).toMatchObject({
      kind: 'counting',
      state: 'done',
      mine: false,
      startedBy: { name: null, role: 'village_cadre', area: { code: '330881002205' } },
      progress: { done: 3, total: 3 },
      result: null,
    });
    expect((await village.get(`/jobs/${id}`)).json().result).toEqual({
      words: '数到 3',
      link: '/residents',
    });
    expect(await list(sysadmin, '?mine=true')).toEqual([]);
    const held = await t.startJob(village, job, { upTo: 3 });
    const answer = await sysadmin.send('POST', `/jobs/${held}/cancel`);
    expect(answer.json()).toMatchObject({ state: 'cancelled' });
  });

  it('is not seen by the system administrator of another county', async () => {
    await t.sql(`update post set lo = 330802000000000, hi = 330803000000000
      where account = (select id from account where username = 'sysadmin')`);
    const narrow = await t.signIn('sysadmin');
    expect(await list(narrow)).toEqual([]);
    expect((await narrow.send('POST', `/jobs/${id}/cancel`)).statusCode).toBe(404);
    await t.sql(`update post set lo = 330800000000000, hi = 330900000000000
      where account = (select id from account where username = 'sysadmin')`);
  });

  it('cannot be made, by a request that steps around the program', async () => {
    const [post] = await t.sql<{ id: string; account: string }>(
      `select p.id, p.account from post p join account a on a.id = p.account where a.username = 'village2'`,
    );
    const [own] = await t.sql<{ id: string; account: string; lo: number; hi: number }>(
      `select p.id, p.account, p.lo, p.hi from post p join account a on a.id = p.account where a.username = 'village'`,
    );
    await withClient(t.server, async (client) => {
      const add = async (values: unknown[]): Promise<unknown> => {
        await client.query(`begin; set local minqing.account = '${own?.account}'; set local minqing.post = '${own?.id}';
          set local minqing.lo = '${own?.lo}'; set local minqing.hi = '${own?.hi}'`);
        try {
          return await client.query(
            `insert into job (id, kind, account, post, role, lo, hi, due_at, created_at)
             values (uuidv7(), 'counting', $1, $2, 'village_cadre', $3, $4, now(), now())`,
            values,
          );
        } finally {
          await client.query('rollback');
        }
      };
      const refused = /row-level security/;
      await expect(add([post?.account, post?.id, own?.lo, own?.hi])).rejects.toThrow(refused);
      await expect(add([own?.account, post?.id, own?.lo, own?.hi])).rejects.toThrow(refused);
      await expect(add([own?.account, own?.id, 330000000000000, own?.hi])).rejects.toThrow(refused);
      await expect(add([null, null, null, null])).rejects.toThrow(refused);
      await expect(add([own?.account, own?.id, own?.lo, own?.hi])).resolves.toBeTruthy();
      for (const column of ['lease', 'seen_at'])
        await expect(client.query(`select ${column} from job`)).rejects.toThrow(
          /permission denied/,
        );
      for (const column of ['input', 'checkpoint'])
        await expect(client.query(`select ${column} from job_content`)).rejects.toThrow(
          /permission denied/,
        );
    });
  });
});

describe('the result of a job', () => {
  it('is shown under the post that started it only', async () => {
    const id = await t.startJob(village, job, { upTo: 1 });
    await t.worker().drain();
    await t.sql(`insert into post (id, account, role, area, lo, hi, since, created_at)
      select uuidv7(), id, 'grid_worker', '330881002205001', 330881002205001, 330881002205002, date '2026-06-15', now()
        from account where username = 'village'`);
    const again = await t.signIn('village');
    const { posts, post } = (await again.get('/session')).json();
    const other = posts.find((one: { id: string }) => one.id !== post).id;
    expect((await again.get(`/jobs/${id}`)).json().result).not.toBeNull();
    await again.send('PUT', '/session/post', { post: other });
    expect((await again.get(`/jobs/${id}`)).json()).toMatchObject({ state: 'done', result: null });
    await t.sql('delete from session where post = $1', [other]);
    await t.sql('delete from post where id = $1', [other]);
    village = await t.signIn('village');
  });
});

describe('the rights of a job', () => {
  it('are those of its starter’s post', async () => {
    const ran = async (by: Caller): Promise<string> => {
      const id = await t.startJob(by, seeing, {});
      await t.worker().drain();
      return (await by.get(`/jobs/${id}`)).json().result.words;
    };
    const inVillage = await t.sql(
      'select 1 from household where area >= 330881002205000 and area < 330881002206000',
    );
    expect(await ran(village)).toBe(`${inVillage.length} 0`);
    expect(await ran(village2)).not.toBe(`${inVillage.length} 0`);
    // An administrator has no scope at all.
    expect(await ran(sysadmin)).toBe('0 0');
  });

  it('are checked by the gate: no transaction with a job that is not running, or not with this lease', async () => {
    const id = await t.startJob(village, job, { upTo: 2 });
    const [post] = await t.sql<{ id: string; account: string; lo: number; hi: number }>(
      `select p.id, p.account, p.lo, p.hi from post p join account a on a.id = p.account where a.username = 'village'`,
    );
    const actor = (lease: string, account = post?.account ?? '') => ({
      tokenHash: Buffer.alloc(0),
      job: { id, lease },
      account,
      username: 'village',
      post: { id: post?.id ?? '', role: 'village_cadre', lo: post?.lo ?? 0, hi: post?.hi ?? 0 },
      scope: { lo: post?.lo ?? 0, hi: post?.hi ?? 0 },
      open: ['file'],
      reveal: [],
      write: [],
      admin: null,
      now: t.clock.now,
      day: '2026-06-15',
    });
    const read = (as: ReturnType<typeof actor>) =>
      t.database.withActor(as, (tx) => tx.rows(sql`select 1 from household limit 1`));
    await expect(read(actor(randomUUID()))).rejects.toThrow(/not this worker/);
    let lease = '';
    hooks.inStep = async (n) => {
      if (n !== 1) return;
      const [row] = await t.sql<{ lease: string }>('select lease from job where id = $1', [id]);
      lease = row?.lease ?? '';
      expect(await read(actor(lease))).toHaveLength(1);
      await expect(read(actor(randomUUID()))).rejects.toThrow(/not this worker/);
      const [other] = await t.sql<{ id: string }>(
        `select id from account where username = 'village2'`,
      );
      await expect(read(actor(lease, other?.id))).rejects.toThrow(/not this worker/);
      const wider = actor(lease);
      wider.post.hi = wider.scope.hi = 330900000000000;
      await expect(read(wider)).rejects.toThrow(/no longer in force/);
    };
    await t.worker().drain();
    hooks.inStep = undefined;
    expect(await effectsOf(t, id)).toEqual(upTo(2));
    await expect(read(actor(lease))).rejects.toThrow(/not this worker/);
  });

  it('of the house end at what a migration granted its kind', async () => {
    const steward = openSteward(t.steward, 1);
    const inKind = (kind: string, statement: string) =>
      steward.transaction((tx) => tx.rows(new Sql([statement], [])), { 'minqing.kind': kind });
    const [{ count } = { count: 0 }] = await t.sql<{ count: number }>(
      'select count(*)::int as count from session',
    );
    expect(count).toBeGreaterThan(0);
    // Not of this kind: no row, and nothing goes.
    expect(
      await inKind('greedy', 'delete from session where expires_at < now() returning 1'),
    ).toEqual([]);
    expect(
      await inKind('greedy', 'delete from job where ended_at is not null returning id'),
    ).toEqual([]);
    // Granted to the kind that ends retention, and to no other.
    for (const table of ['resident', 'resident_identity', 'archive_change', 'document'])
      expect(await inKind('housekeeping', `select id from ${table}`)).toEqual([]);
    // Granted to the kind that gathers, and to no other.
    for (const statement of [
      'delete from resident_identity returning id',
      'update household set head = null returning id',
      'insert into resident select * from resident returning id',
      'select number from gather_batch',
    ])
      expect(await inKind('housekeeping', statement)).toEqual([]);
    await expect(
      inKind(
        'housekeeping',
        `insert into household (county, id, area, updated_at)
        values (330881, uuidv7(), 330881002205001, now())`,
      ),
    ).rejects.toThrow(/row-level security/);
    // A job that has not ended stays, whatever the kind.
    const id = await t.startJob(village, job, { upTo: 1 });
    expect(await inKind('housekeeping', `delete from job where id = '${id}' returning id`)).toEqual(
      [],
    );
    for (const statement of [
      'select token_hash from session',
      'select * from request_receipt',
      'select * from organisation',
      'delete from archive_change',
      'select * from account',
      'select * from post',
      'delete from audit_entry',
      'select * from audit_entry',
      'set local role minqing_owner',
    ])
      await expect(inKind('housekeeping', statement)).rejects.toThrow(/permission denied/);
    await steward.close();
    await village.send('POST', `/jobs/${id}/cancel`);
  });

  it('of the house, when they are not enough, fail it', async () => {
    const id = await t.startJob(sysadmin, greedy, { statement: 'select * from organisation' });
    await t.worker().drain();
    expect((await sysadmin.get(`/jobs/${id}`)).json()).toMatchObject({
      state: 'failed',
      problem: { key: 'forbidden' },
    });
  });
});

describe('the list of jobs', () => {
  it('pages newest first, each job once, and knows what is at its end', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 7; i++) {
      t.clock.now = new Date(t.clock.now.getTime() + 1);
      ids.unshift(await t.startJob(village2, job, { upTo: 1 }));
    }
    const seen: string[] = [];
    for (let cursor = '', more = true; more; ) {
      const page = (await village2.get(`/jobs?limit=3&live=true${cursor}`)).json();
      seen.push(...page.items.map((one: Job) => one.id));
      more = page.next !== null;
      cursor = `&cursor=${page.next}`;
    }
    expect(seen).toEqual(ids);
    const ended = await list(village2, '?live=false');
    expect(ended.every((one) => one.endedAt !== null)).toBe(true);
    expect((await village2.get('/jobs?cursor=x.y')).statusCode).toBe(400);
    await t.worker().drain();
    expect(await list(village2, '?live=true')).toEqual([]);
  });
});
