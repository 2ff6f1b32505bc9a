import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { archivePack } from '../../../../server/commands/demo.ts';
import { createVault } from '../../../../server/crypto.ts';
import { openSteward } from '../../../../server/database/steward.ts';
import { lapse } from '../../../../server/jobs/worker.ts';
import { type Caller, startApp, type TestApp } from '../../../../tests/support/app.ts';
import { countFaults } from '../../../../tests/support/counts.ts';
import { testNow } from '../../../../tests/support/template.ts';
import { loadDictionary } from '../../dictionary.ts';
import { foretell, retention, retentionKind } from './job.ts';
import type { Tally } from './retire.ts';

let t: TestApp;
let village: Caller;
const area = '330881002205001';

beforeAll(async () => {
  t = await startApp();
  village = await t.signIn('village');
});
afterAll(() => t.close());
afterEach(async () => {
  t.clock.now = testNow;
  expect(await countFaults(t.sql)).toEqual([]);
});

const desk = () => ({ dictionary: loadDictionary(archivePack), vault: createVault(t.keys) });

/** A record; a day of death among its items is registered as the act that it is. */
async function made(
  path: string,
  { death, ...items }: { death?: string; [item: string]: unknown },
  more: object = {},
): Promise<string> {
  const answer = await village.send('POST', path, { area, items, ...more });
  expect(answer.statusCode, answer.body).toBe(201);
  const { id } = answer.json();
  if (death !== undefined) await dies(id, death);
  return id;
}

async function dies(resident: string, day: string): Promise<void> {
  const act = await village.send('POST', '/life-events', {
    kind: 'death',
    day,
    people: [{ resident }],
    proof: { kind: 'death_certificate' },
  });
  expect(act.statusCode, act.body).toBe(201);
}

async function dryRun(): Promise<Tally> {
  const steward = openSteward(t.steward, 1);
  try {
    const settings = { 'minqing.kind': retentionKind };
    return await steward.transaction((tx) => foretell(tx, desk(), t.clock.now), settings);
  } finally {
    await steward.close();
  }
}

/** Starts a run of the house. @returns its id */
async function queued(): Promise<string> {
  const [row] = await t.sql<{ id: string }>(
    `insert into job (id, kind, due_at, created_at) values (uuidv7(), $1, $2, $2) returning id`,
    [retentionKind, t.clock.now],
  );
  await t.sql('insert into job_content (job, input) values ($1, $2)', [
    row?.id,
    createVault(t.keys).sealBytes(Buffer.from('{}')),
  ]);
  return row?.id ?? '';
}

async function run(): Promise<string> {
  const id = await queued();
  expect(await t.worker().runOne(id)).toBe('done');
  return id;
}

const factsOf = async (id: string): Promise<string[]> => {
  const rows = await t.sql<{ key: string }>(
    ['file', 'contact', 'identity', 'health', 'ethnic', 'welfare', 'minor']
      .map((group) => `select jsonb_object_keys(facts) as key from resident_${group} where id = $1`)
      .join(' union all '),
    [id],
  );
  return rows.map(({ key }) => key).sort();
};

describe('the end of retention', () => {
  it('is foretold by item, changing nothing, and then carried out just so', async () => {
    const recent = await made('/residents', {
      name: '石近逝',
      death: '2025-06-15',
      employer: '石料厂',
      phone: '19900071001',
    });
    const [before] = await t.sql('select count(*)::int as n from resident');
    const told = await dryRun();
    expect(told.items['resident.employer']?.values).toBeGreaterThan(0);
    expect(await t.sql('select count(*)::int as n from resident')).toEqual([before]);
    expect(await factsOf(recent)).toContain('employer');

    const id = await run();
    // What is kept while the person lives there goes; what is kept three years stays.
    expect(await factsOf(recent)).toEqual(['death', 'name', 'phone']);
    const rows = await t.sql<{ key: string; values: number; history: number }>(
      `select category || '.' || item as key, vals::int as values, history::int as history from retention_count where run = $1`,
      [id],
    );
    expect(Object.fromEntries(rows.map(({ key, ...figures }) => [key, figures]))).toEqual(
      told.items,
    );
    const [figures] = await t.sql(
      `select looked::int as looked, records::int as records, documents::int as documents from retention_run where id = $1`,
      [id],
    );
    expect(figures).toEqual({
      looked: told.looked,
      records: told.records,
      documents: told.documents,
    });
    // A second run finds nothing more to delete.
    expect((await dryRun()).items).toEqual({});
  });

  it('deletes a file whole once nothing of it is kept, with its history, and says so', async () => {
    const id = await made('/residents', { name: '石久逝', death: '2023-06-14', skills: '石雕' });
    const version = String((await village.get(`/residents/${id}`)).headers.etag);
    await village.send(
      'PATCH',
      `/residents/${id}`,
      { items: { skills: '石匠' }, reason: '更正' },
      { 'if-match': version },
    );
    await run();
    expect((await village.get(`/residents/${id}`)).statusCode).toBe(404);
    expect(await t.sql('select from archive_change where subject = $1', [id])).toEqual([]);
    expect(await t.sql('select from archive_token where id = $1', [id])).toEqual([]);
    const [deletion] = await t.sql(
      'select ground, state, asked_by, decided_by, answer from deletion where subject = $1',
      [id],
    );
    expect(deletion).toEqual({
      ground: 'retention_over',
      state: 'done',
      asked_by: null,
      decided_by: null,
      answer: null,
    });
    expect((await village.get('/search?q=石久逝')).json().items).toEqual([]);
  });

  it('keeps name and death as long as assistance is kept: ten years', async () => {
    const id = await made('/residents', {
      name: '石受助',
      death: '2023-06-14',
      assistance_status: 'minimum',
      residence_kind: 'local',
    });
    await run();
    expect(await factsOf(id)).toEqual(['assistance_status', 'death', 'name']);
    t.clock.now = new Date('2033-06-13T02:00:00Z');
    await run();
    expect(await factsOf(id)).toEqual(['assistance_status', 'death', 'name']);
    t.clock.now = new Date('2033-06-14T02:00:00Z');
    await run();
    expect(await factsOf(id)).toEqual([]);
  });

  it('takes values out of the history too, and nothing of who lives', async () => {
    const id = await made('/residents', { name: '石变更', employer: '旧厂' });
    const version = String((await village.get(`/residents/${id}`)).headers.etag);
    const body = { items: { employer: '新厂' }, reason: '走访' };
    await village.send('PATCH', `/residents/${id}`, body, { 'if-match': version });
    await dies(id, '2026-06-01');
    const living = await made('/residents', { name: '石在世', employer: '老厂' });
    await run();
    const values = await t.sql(
      `select item, before is null and after is null as gone from archive_change where subject = $1 and item is not null order by item`,
      [id],
    );
    expect(values).toEqual([
      { item: 'death', gone: false },
      { item: 'employer', gone: true },
    ]);
    expect(await factsOf(living)).toEqual(['employer', 'name']);
  });

  it('of premises begins with their closing, and leaves their name and state', async () => {
    const id = await made('/premises', { name: '石头小吃', state: 'cancelled', licence: '甲 1' });
    await t.sql(
      `update premises_file set facts = jsonb_set(facts, '{state,d}', '"2023-06-14"') where id = $1`,
      [id],
    );
    await run();
    const [row] = await t.sql<{ facts: object }>('select facts from premises_file where id = $1', [
      id,
    ]);
    expect(Object.keys(row?.facts ?? {}).sort()).toEqual(['name', 'state']);
  });

  it('killed in the middle goes on where it stood, and counts everything once', async () => {
    for (let n = 0; n < 120; n++)
      await made('/residents', { name: `石众${n}`, death: '2026-06-01', employer: '众厂' });
    const told = await dryRun();
    const id = await queued();
    const { server, steward } = t;
    const { folder } = inject('cluster');
    const script = join(import.meta.dirname, '../../../../tests/support/retention-process.ts');
    const settings = { server, steward, folder, now: testNow, dieAtStep: 2 };
    const child = fork(script, [JSON.stringify(settings)], { execArgv: [], stdio: 'inherit' });
    const [, signal] = await once(child, 'exit');
    expect(signal).toBe('SIGKILL');
    const [half] = await t.sql<{ looked: number }>(
      'select looked::int as looked from retention_run where id = $1',
      [id],
    );
    expect(half?.looked).toBe(50);
    t.clock.now = new Date(testNow.getTime() + lapse + 1);
    await t.worker().drain();
    const [job] = await t.sql('select state from job where id = $1', [id]);
    expect(job).toEqual({ state: 'done' });
    const [whole] = await t.sql<{ looked: number; values: number }>(
      `select looked::int as looked, (select vals::int from retention_count where run = r.id and item = 'employer') as values
         from retention_run r where id = $1`,
      [id],
    );
    expect(whole).toEqual({
      looked: told.looked,
      values: told.items['resident.employer']?.values,
    });
  }, 60_000);
});

describe('figures of the last run', () => {
  it('are shown to the system administrator, without anybody in them', async () => {
    await run();
    const answer = await (await t.signIn('sysadmin')).get('/retention');
    expect(answer.statusCode).toBe(200);
    const { rules, run: last } = answer.json();
    expect(rules.map(({ key }: { key: string }) => key)).toContain('village');
    expect(last).toMatchObject({ looked: expect.any(Number), endedAt: expect.any(String) });
    expect(answer.body).not.toContain('石');
    expect((await village.get('/retention')).statusCode).toBe(403);
  });

  it('cannot be had, nor anything be deleted, under another kind of job', async () => {
    const steward = openSteward(t.steward, 1);
    const [row] = await t.sql<{ county: number; id: string }>(
      'select county, id from resident limit 1',
    );
    const settings = { 'minqing.kind': 'housekeeping' };
    const tell = steward.transaction((tx) => foretell(tx, desk(), t.clock.now), settings);
    expect((await tell).looked).toBe(0);
    const erase = steward.transaction(
      (tx) =>
        tx.first({
          text: `select gate_retention_erase(${row?.county}, '${row?.id}', now())`,
          values: [],
        } as never),
      settings,
    );
    await expect(erase).rejects.toThrow(/not the retention job/);
    await steward.close();
    expect(retention({ files: t.files, desk }).cron).toBe('30 2 * * *');
  });
});
