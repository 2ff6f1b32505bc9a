import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../../tests/support/app.ts';
import { hashToken } from '../crypto.ts';
import { newId } from '../ids.ts';
import { type Actor, staleSession, type Tx } from './actor.ts';
import { sql } from './sql.ts';

const village = { lo: 330881002205000, hi: 330881002206000 };

let t: TestApp;
let actor: Actor;

beforeAll(async () => {
  t = await startApp();
  const { cookie } = await t.signIn('village');
  const [post] = await t.sql<{ id: string; account: string }>(
    "select p.id, p.account from post p join account a on a.id = p.account where a.username = 'village'",
  );
  actor = {
    tokenHash: hashToken(cookie.split('=')[1] ?? ''),
    account: post?.account ?? '',
    username: 'village',
    post: { id: post?.id ?? '', role: 'village_cadre', ...village },
    scope: village,
    open: ['file'],
    reveal: [],
    write: ['list', 'file'],
    admin: null,
    now: t.clock.now,
    day: '2026-06-15',
  };
});
afterAll(() => t.close());

const entry = (tx: Tx, id: string) =>
  tx.count(sql`insert into audit_entry (id, at, account, action)
    values (${id}, ${tx.actor.now}, ${tx.actor.account}, 'test')`);
const written = async (id: string): Promise<number> =>
  (await t.sql('select from audit_entry where id = $1', [id])).length;

describe('reading together', () => {
  it('answers every query of the page by its name, inside the scope only', async () => {
    const page = await t.database.readTogether(actor, (tx) => ({
      households: tx.rows(sql<{ area: number }>`select area from household`),
      residents: tx.first(sql<{ n: number }>`select count(*)::int as n from resident`),
      none: tx.first(sql<{ n: number }>`select 1 as n where false`),
    }));
    expect(page.households).toHaveLength(407);
    expect(page.households.every(({ area }) => area >= village.lo && area < village.hi)).toBe(true);
    expect(page.residents?.n).toBe(1489);
    expect(page.none).toBeUndefined();
  });

  it('keeps the order of each query', async () => {
    const { names } = await t.database.readTogether(actor, (tx) => ({
      names: tx.rows(sql<{ n: number }>`select n from generate_series(1, 50) n order by n desc`),
    }));
    expect(names.map(({ n }) => n)).toEqual(Array.from({ length: 50 }, (_, at) => 50 - at));
  });

  it('writes what the page puts on record, and counts it', async () => {
    const id = newId();
    const { looked, one } = await t.database.readTogether(actor, (tx) => ({
      one: tx.rows(sql`select 1`),
      looked: entry(tx, id),
    }));
    expect([looked, one.length, await written(id)]).toEqual([1, 1, 1]);
  });

  it('puts on record the very rows that it shows, by their name, and none that it does not', async () => {
    const [inside] = await t.sql<{ id: string }>(
      `select id from household where area >= ${village.lo} and area < ${village.hi} limit 1`,
    );
    const [outside] = await t.sql<{ id: string }>(
      `select id from household where area >= ${village.hi} limit 1`,
    );
    const open = async (household: string | undefined): Promise<number[]> => {
      const id = newId();
      const { shown, looked } = await t.database.readTogether(actor, (tx) => ({
        looked:
          tx.count(sql`insert into audit_entry (county, id, at, account, action, subject, area)
          select r.county, ${id}::uuid, ${tx.actor.now}::timestamptz, ${tx.actor.account}::uuid, 'test', r.id, r.area from shown r`),
        shown: tx.rows(sql`select * from household where id = ${household}::uuid`, 'shown'),
      }));
      return [shown.length, looked, await written(id)];
    };
    expect(await open(inside?.id)).toEqual([1, 1, 1]);
    expect(await open(outside?.id)).toEqual([0, 0, 0]);
  });

  it('leaves nothing behind when one of its queries fails', async () => {
    const id = newId();
    const failing = t.database.readTogether(actor, (tx) => ({
      looked: entry(tx, id),
      broken: tx.rows(sql`select 1 / (select 0)`),
    }));
    await expect(failing).rejects.toThrow(/division by zero/);
    expect(await written(id)).toBe(0);
    // The connection goes back to the pool in order.
    const after = await t.database.readTogether(actor, (tx) => ({ one: tx.rows(sql`select 1`) }));
    expect(after.one).toHaveLength(1);
  });

  it('refuses a query that waits for the answer of another', async () => {
    const waiting = t.database.readTogether(actor, (tx) => ({
      late: tx.rows(sql`select 1`).then(() => tx.rows(sql`select 2`)),
    }));
    await expect(waiting).rejects.toThrow(/waited for the answer/);
  });

  it('shows and writes nothing under a session or a post that no longer holds', async () => {
    const id = newId();
    const post = actor.post ?? { id: '', role: '', ...village };
    for (const stale of [
      { ...actor, tokenHash: Buffer.alloc(32, 1) },
      { ...actor, post: { ...post, hi: post.hi + 1 } },
      { ...actor, post: { ...post, id: newId() } },
      { ...actor, now: new Date('2036-01-01T00:00:00Z') },
    ]) {
      const reading = t.database.readTogether(stale, (tx) => ({
        looked: entry(tx, id),
        all: tx.rows(sql`select * from household`),
      }));
      await expect(reading).rejects.toMatchObject({ code: staleSession });
      await expect(t.database.withActor(stale, (tx) => entry(tx, id))).rejects.toMatchObject({
        code: staleSession,
      });
    }
    expect(await written(id)).toBe(0);
  });
});
