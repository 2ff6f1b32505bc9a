import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hashToken } from '../../../server/crypto.ts';
import type { Tx } from '../../../server/database/actor.ts';
import { sql } from '../../../server/database/sql.ts';
import { type Caller, startApp, type TestApp } from '../../../tests/support/app.ts';
import {
  gatherFile,
  healthFile,
  knownPeople,
  officer,
  startGathering,
} from '../../../tests/support/gather.ts';
import { Sessions } from '../../identity/sessions.ts';

// Rules of access of this desk, each tried by breaking it: over the API, and in SQL behind it.

let t: TestApp;
let health: Caller;
let number: number;
beforeAll(async () => {
  t = await startApp();
  health = await officer(t, 'health');
  const [known] = await knownPeople(t, 1);
  const rows = [[known?.name ?? '', known?.citizen ?? '', '', '怪病', '甲', '2026-03-01']];
  number = (await gatherFile(t, health, 'health', healthFile(rows))).number;
});
afterAll(() => t.close());

/** Runs statements in the very transaction that the server opens for a caller. */
async function asCaller<T>(caller: Caller, work: (tx: Tx) => Promise<T>): Promise<T> {
  const sessions = new Sessions(t.database, () => t.clock.now);
  const session = await sessions.find(hashToken(caller.cookie.split('=')[1] ?? ''));
  return t.database.withActor(sessions.actor(session), work);
}

describe('a batch of another’s', () => {
  it.each([
    ['another department', () => officer(t, 'education'), 404],
    ['another county', () => officer(t, 'health', '330802'), 404],
    ['a village', () => t.signIn('village'), 403],
    ['a supervisor', () => t.signIn('county'), 403],
    ['the auditor', () => t.signIn('auditor'), 403],
  ])('is not seen or touched by %s', async (_who, signedIn, status) => {
    const caller = await signedIn();
    for (const path of ['', '/reasons'])
      expect((await caller.get(`/gather/batches/${number}${path}`)).statusCode).toBe(status);
    for (const act of ['undoing', 'continuation'])
      expect((await caller.send('POST', `/gather/batches/${number}/${act}`)).statusCode).toBe(
        status,
      );
    const counts = await asCaller(caller, async (tx) => [
      await tx.rows(sql`select number from gather_batch`),
      // Those who decide about rows of their area see these, and no others.
      await tx.rows(sql`select batch from gather_row r
        where not exists (select from gather_link l where l.batch = r.batch and l.n = r.n)`),
      await tx.rows(sql`select * from gate_gather_reasons(${number})`),
      await tx.rows(sql`select linked from gate_gather_linked(${number}) linked where linked > 0`),
    ]);
    expect(counts).toEqual([[], [], [], []]);
    expect((await health.get(`/gather/batches/${number}`)).json().state).toBe('done');
  });

  it('is not given a job by whoever started one of their own', async () => {
    const other = await officer(t, 'disabled');
    const taken = await asCaller(other, async (tx) => {
      const job = crypto.randomUUID();
      await tx.count(sql`insert into job (id, kind, account, post, role, lo, hi, due_at, created_at)
        values (${job}, 'gather', ${tx.actor.account}, ${tx.actor.post?.id ?? null}, 'department_officer',
          ${tx.actor.scope?.lo ?? null}, ${tx.actor.scope?.hi ?? null}, ${tx.actor.now}, ${tx.actor.now})`);
      return tx.first(
        sql<{ taken: boolean }>`select gate_gather_job(${number}, ${job}, true) as taken`,
      );
    });
    expect(taken?.taken).toBe(false);
    await t.sql(`delete from job where state = 'queued'`);
  });
});

describe('the system administrator', () => {
  it('sees counts and reasons of batches, no row of them, and takes them back', async () => {
    const admin = await t.signIn('sysadmin');
    const batch = (await admin.get(`/gather/batches/${number}`)).json();
    expect(batch).toMatchObject({
      staged: 1,
      can: { undo: true, takeRejected: false, continue: false },
    });
    const reasons = (await admin.get(`/gather/batches/${number}/reasons`)).json();
    expect(reasons.cells[0]).toMatchObject({ column: '慢病', code: 'unknown_code' });
    expect(JSON.stringify(reasons)).not.toContain('怪病');
    expect(await asCaller(admin, (tx) => tx.rows(sql`select n from gather_row`))).toEqual([]);
    for (const [method, path] of [
      ['POST', '/gather/files'],
      ['POST', '/gather/batches'],
      ['POST', `/gather/batches/${number}/continuation`],
      ['GET', '/gather/profiles'],
      ['GET', '/gather/quality'],
    ] as const) {
      const body = { file: crypto.randomUUID(), profile: 'health' };
      const answer =
        method === 'GET' ? await admin.get(path) : await admin.send(method, path, body);
      expect([path, answer.statusCode]).toEqual([path, 403]);
    }
    const { job } = await startGathering(
      t,
      health,
      'health',
      healthFile([['某某', '', '', '', '乙', '']]),
    );
    expect((await admin.send('POST', `/jobs/${job}/pause`)).statusCode).toBe(200);
    expect((await admin.send('POST', `/jobs/${job}/cancel`)).statusCode).toBe(200);
    expect((await admin.send('POST', `/gather/batches/${number}/undoing`)).statusCode).toBe(202);
    await t.worker().drain();
    expect((await health.get(`/gather/batches/${number}`)).json().state).toBe('undone');
  });
});

describe('in SQL', () => {
  const refused = async (
    caller: Caller,
    statement: (tx: Tx) => Promise<unknown>,
  ): Promise<string> => {
    const error = await asCaller(caller, statement).then(
      () => undefined,
      (thrown) => thrown,
    );
    return (error as { code?: string })?.code ?? 'done';
  };

  it('of rows no more are read than those with which something was wrong', async () => {
    await t.sql(
      `insert into gather_row (batch, n, name, items, faults) values ($1, 1, '甲', '{}', null), ($1, 2, '乙', '{}', '[]')`,
      [number],
    );
    const rows = await asCaller(health, (tx) => tx.rows(sql`select batch, n from gather_row`));
    expect(rows).toEqual([{ batch: number, n: 2 }]);
    await t.sql('delete from gather_row where batch = $1', [number]);
    expect(await asCaller(health, (tx) => tx.rows(sql`select from gather_link`))).toEqual([]);
    for (const table of ['gather_person', 'gather_touch'])
      expect(await refused(health, (tx) => tx.rows(sql`select * from ${sql.table(table)}`))).toBe(
        '42501',
      );
  });

  it('a batch is made of the own source and range alone, and its counts are the job’s', async () => {
    const add = (source: string, lo: number) => (tx: Tx) =>
      tx.count(sql`insert into gather_batch (id, source, profile, file_name, file_key, digest, bytes, lo, hi, day, account, post, created_at)
        values (${crypto.randomUUID()}, ${source}, 'x', 'x', 'x', ${Buffer.from(source)}, 1, ${lo}, ${tx.actor.scope?.hi ?? 0}, '2026-06-01',
          ${tx.actor.account}, ${tx.actor.post?.id ?? null}, ${tx.actor.now})`);
    expect(await refused(health, add('education', 330881000000000))).toBe('42501');
    expect(await refused(health, add('health', 330800000000000))).toBe('42501');
    expect(await refused(health, (tx) => tx.count(sql`update gather_batch set linked = 9`))).toBe(
      '42501',
    );
    expect(await refused(health, (tx) => tx.count(sql`delete from gather_batch`))).toBe('42501');
    expect(await refused(health, (tx) => tx.count(sql`update gather_profile set body = ''`))).toBe(
      '42501',
    );
    expect(await refused(health, (tx) => tx.count(sql`delete from gather_quality`))).toBe('42501');
  });
});
