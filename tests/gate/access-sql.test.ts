import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Sessions } from '../../features/identity/sessions.ts';
import { hashToken } from '../../server/crypto.ts';
import type { Actor, Tx } from '../../server/database/actor.ts';
import { withClient } from '../../server/database/connect.ts';
import { Sql } from '../../server/database/sql.ts';
import { areasOf, placeAt, rangeOf } from './matrix/places.ts';
import { everybody, type Who } from './matrix/rights.ts';
import {
  added,
  changed,
  type Eyes,
  isPlaced,
  type Rows,
  seen,
  tables,
  writes,
} from './matrix/tables.ts';
import { type Account, makeWorld, type PostOf, type World } from './matrix/world.ts';

// Behind the API: what a statement reads and writes in the very transaction that the server opens for a role,
// whatever the statement says. Which rows are seen follows from matrix/rights.ts and matrix/tables.ts.

let world: World;
const names = Object.keys(tables) as (keyof typeof tables)[];
const tally = { reads: 0, writes: 0 };

beforeAll(async () => {
  world = await makeWorld();
  await scatter();
});
afterAll(async () => {
  console.log(
    `access in SQL: ${tally.reads} reads and ${tally.writes} writes of ${names.length} tables as ${everybody.length} roles`,
  );
  await world.close();
});

const slow = 120_000;

/** Rows of one's own for everybody in the places around, so that there is something to be kept from. */
async function scatter(): Promise<void> {
  for (const [at, { holder, code, records }] of Object.values(world.places).entries()) {
    await world.owner(
      `insert into item_change (county, version, kind, category, key, reason, account, account_name, post, at)
        values ($1::bigint / 1000000000, $2, 'item', 'resident', 'phone', 'matrix', $3, '', $4, now())`,
      [rangeOf(code).lo, at + 1, holder.id, holder.post],
    );
    await world.owner(
      `insert into draft (account, key, body, updated_at) values ($1, 'a', '', now())`,
      [holder.id],
    );
    await keepSystem(holder.id, code, records.resident);
    await scatterGathered(at, { holder, code });
    await world.owner(
      `insert into audit_entry (county, id, at, account, kind, action, subject, area)
        select $2::bigint / 1000000000, uuidv7(), now(), $1, kind, 'matrix', $3, $2 from unnest(array['look', 'session']) kind`,
      [holder.id, rangeOf(code).lo, records.resident],
    );
  }
}

/** Another system that serves the place, with all that belongs to one. */
async function keepSystem(holder: string, code: string, resident: string): Promise<void> {
  const { lo, hi } = rangeOf(code);
  await world.owner(
    `with made as (
       insert into gather_system (id, name, source, area, lo, hi, with_values, made_at, made_by)
       values ($1, '某系统', 'health', $2, $3, $4, true, now(), $1)),
     item as (insert into gather_system_item values ($1, 'resident', 'education', 'file')),
     secret as (insert into gather_secret values ($1, 1, 'sealed', now())),
     nonce as (insert into gather_nonce values ($1, 'nonce', now())),
     webhook as (insert into gather_webhook (system, lo, hi, after) values ($1, $3, $4, 0)),
     event as (insert into archive_event (at, place, category, record, gone) values (now(), $3, 'resident', $5, false)),
     raw as (insert into archive_event_raw (place, category, record, gone) values ($3, 'resident', $5, false))
     insert into gather_delivery (id, system, lo, hi, after, upto, events, state, tries, first_at, last_at)
     values ($1, $1, $3, $4, 0, 1, 1, 'received', 1, now(), now())`,
    [holder, code, lo, hi, resident],
  );
}

/** What departments gathered for the county of a place: a batch of each source with a row, a file, a profile, figures. */
async function scatterGathered(
  at: number,
  { holder, code }: { holder: Account; code: string },
): Promise<void> {
  const county = rangeOf(code.slice(0, 6));
  const number = Math.floor(county.lo / 1e9);
  for (const [which, source] of ['health', 'education', 'public-security'].entries()) {
    const own = 1000 + at * 10 + which;
    await world.owner(
      `insert into gather_batch (id, number, source, profile, file_name, file_key, digest, bytes, lo, hi, account, post, day, state, created_at)
        overriding system value values (uuidv7(), $1, $2, 'x', 'x', 'x', $3, 1, $4, $5, $6, $7, '2026-06-01', 'done', now())`,
      [own, source, Buffer.from(`${own}`), county.lo, county.hi, holder.id, holder.post],
    );
    await world.owner(`insert into gather_row (batch, n, aside) values ($1, 1, '{"code":"x"}')`, [
      own,
    ]);
    await world.owner(
      `insert into gather_file (id, source, account, post, file_name, file_key, digest, bytes, created_at)
        values (uuidv7(), $1, $2, $3, 'x', 'x', 'x', 1, now())`,
      [source, holder.id, holder.post],
    );
    await world.owner(
      `insert into gather_profile (county, key, version, source, zh, en, body, account, post, created_at)
        values ($1, $2, 1, $3, 'x', 'x', '{}', $4, $5, now())`,
      [number, `c${own}`, source, holder.id, holder.post],
    );
    await world.owner(
      `insert into gather_quality (county, source, area, measure, name, total, counted_at)
        values ($1, $2, $3, 'linked', '', 1, now()) on conflict do nothing`,
      [number, source, rangeOf(code).lo],
    );
  }
}

/** The actor that the server itself makes of a session. */
async function actorOf({ username }: Account): Promise<Actor> {
  const { cookie } = await world.t.signIn(username);
  const sessions = new Sessions(world.t.database, () => world.t.clock.now);
  return sessions.actor(await sessions.find(hashToken(cookie.split('=')[1] ?? '')));
}

const postOf = (who: Who, days: Pick<PostOf, 'until'> = {}): PostOf => ({
  role: who.role,
  department: who.department,
  area: areasOf[who.level].inside,
  ...days,
});

/** A statement as it stands. */
const raw = <R>(text: string): Sql<R> => new Sql<R>([text], []);

/** What is seen of each table, by the rows that may be and those that may not. */
async function look(
  tx: Tx,
  eyes: Eyes,
): Promise<Record<string, { seen: number; foreign: number }>> {
  const counts: Record<string, { seen: number; foreign: number }> = {};
  for (const name of names) {
    const statement = raw<{ seen: number; foreign: number }>(
      `select count(*)::int as seen, count(*) filter (where (${seen(tables[name], eyes)}) is not true)::int as foreign from ${name}`,
    );
    const [row] = await attempt(tx, () => tx.rows(statement));
    counts[name] = row ?? { seen: 0, foreign: 0 };
    tally.reads++;
  }
  return counts;
}

/** What there is of each table, read as the owner. */
async function there(eyes: Eyes): Promise<Record<string, { seen: number; foreign: number }>> {
  const counts: Record<string, { seen: number; foreign: number }> = {};
  for (const name of names) {
    const [row] = await world.owner<{ n: number }>(
      `select count(*)::int as n from ${name} where ${seen(tables[name], eyes)}`,
    );
    counts[name] = { seen: row?.n ?? 0, foreign: 0 };
  }
  return counts;
}

/** Not within the rights; a column whose numbers the database gives, which is looked at before the rights are. */
const refusals = ['42501', '428C9'];

/** Runs a statement on a savepoint; what the gate or a grant forbids answers with nothing. */
async function attempt<R>(tx: Tx, work: () => Promise<R[]>): Promise<R[]> {
  await tx.rows(raw('savepoint attempt'));
  try {
    return await work();
  } catch (error) {
    if (!refusals.includes((error as { code?: string }).code ?? '')) throw error;
    await tx.rows(raw('rollback to savepoint attempt'));
    return [];
  }
}

describe('the list of tables', () => {
  it('holds every table of the database, and no other', async () => {
    const found = await world.owner<{ name: string }>(
      `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
          and not relispartition order by 1`,
    );
    expect([...names].sort()).toEqual(found.map(({ name }) => name).sort());
  });
});

describe('what is read as the server’s role', () => {
  it.each(everybody)('$name', { timeout: slow }, async (who) => {
    const account = await world.account(postOf(who));
    await world.job(account.id, account.post, account.id, 'queued');
    const actor = await actorOf(account);
    const records = (place: 'inside' | 'sibling') =>
      world.places[placeAt(who.level, place)].records;
    const range = rangeOf(areasOf[who.level].inside);
    for (const subject of [
      null,
      records('inside').resident,
      records('inside').household,
      records('sibling').resident,
    ]) {
      const eyes: Eyes = { who, account: account.id, post: account.post, range, subject };
      const got = await world.t.database.withActor(actor, (tx) => look(tx, eyes), {
        subjects: subject ? [subject] : [],
      });
      expect(got).toEqual(await there(eyes));
    }
  });

  it('a post that has ended', async () => {
    for (const who of everybody) {
      const account = await world.account(postOf(who, { until: '2026-06-14' }));
      const eyes: Eyes = {
        who,
        account: account.id,
        post: account.post,
        range: null,
        subject: null,
      };
      const actor = await actorOf(account);
      expect(actor.post).toBe(null);
      const got = await world.t.database.withActor(actor, (tx) => look(tx, eyes));
      expect(got).toEqual(await there(eyes));
    }
  });

  it('nobody: no row of any table', async () => {
    await withClient(world.t.server, async (client) => {
      for (const name of names) {
        const rows = await client.query(`select count(*)::int as n from ${name}`).then(
          (result) => result.rows,
          () => [{ n: 0 }],
        );
        expect({ name, rows }).toEqual({ name, rows: [{ n: 0 }] });
      }
    });
  });
});

/** Undoes whatever a test has written. */
class Undone extends Error {}

interface Columns {
  all: string[];
  insertable: string[];
  updatable: string[];
}

/** The columns of a table, and those that the server's role may write. */
async function columnsOf(name: string): Promise<Columns> {
  const rows = await world.owner<{ name: string; add: boolean; change: boolean }>(
    `select attname as name, has_column_privilege('minqing_server', attrelid, attnum, 'insert') as add,
            has_column_privilege('minqing_server', attrelid, attnum, 'update') as change
       from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped`,
    [name],
  );
  return {
    all: rows.map((row) => row.name),
    insertable: rows.filter((row) => row.add).map((row) => row.name),
    updatable: rows.filter((row) => row.change).map((row) => row.name),
  };
}

describe('what is written as the server’s role', () => {
  it.each(everybody)('$name', { timeout: slow }, async (who) => {
    const account = await world.account(postOf(who));
    const actor = await actorOf(account);
    const eyes: Eyes = {
      who,
      account: account.id,
      post: account.post,
      range: rangeOf(areasOf[who.level].inside),
      subject: null,
    };
    const wrong: string[] = [];
    const work = world.t.database.withActor(actor, async (tx) => {
      for (const name of names) wrong.push(...(await tamper(tx, name, tables[name], eyes)));
      throw new Undone();
    });
    await expect(work).rejects.toThrow(Undone);
    expect(wrong).toEqual([]);
  });
});

/** Tries to change, delete and add rows that are not the role's; tells which of it went through. */
async function tamper(tx: Tx, name: string, rows: Rows, eyes: Eyes): Promise<string[]> {
  const { all, insertable, updatable } = await columnsOf(name);
  const { who, range } = eyes;
  const wrong: string[] = [];
  const touch = async (what: string, text: string): Promise<void> => {
    tally.writes++;
    const touched = await attempt(tx, () => tx.rows(raw(text)));
    if (touched.length > 0) wrong.push(`${name}: ${what} ${touched.length} rows`);
  };
  const column = updatable[0] ?? all[0];
  const foreign = `(${changed(rows, eyes)}) is not true`;
  await touch('changed', `update ${name} set ${column} = ${column} where ${foreign} returning 1`);
  await touch('deleted', `delete from ${name} where ${foreign} returning 1`);

  const columns = (insertable.length > 0 ? insertable : all).join(', ');
  const add = async (what: string, row: Record<string, unknown> | undefined): Promise<void> => {
    if (!row) return;
    const values = JSON.stringify(row).replaceAll("'", "''");
    await touch(
      what,
      `insert into ${name} (${columns}) select ${columns} from jsonb_populate_record(null::${name}, '${values}') returning 1`,
    );
  };
  await add('added a foreign row', await oneOf(name, `(${added(rows, eyes)}) is not true`));

  if (!isPlaced(rows) || !range) return wrong;
  const inside = `area >= ${range.lo} and area < ${range.hi}`;
  wrong.push(...(await blindly(tx, name, rows, eyes)));
  if (writes(rows, who)) return wrong;
  await touch(
    'changed against its rights',
    `update ${name} set ${column} = ${column} where ${inside} returning 1`,
  );
  await touch('deleted against its rights', `delete from ${name} where ${inside} returning 1`);
  await add('added against its rights', await oneOf(name, inside));
  return wrong;
}

/**
 * Statements that read nothing: what reads is held back by the reading policies too, which would hide a hole in
 * those of writing. Rows may be moved and taken away inside, by those who write; over the border by nobody.
 */
async function blindly(tx: Tx, name: string, rows: Rows, { who }: Eyes): Promise<string[]> {
  const { inside, sibling } = areasOf[who.level];
  const place = (area: number): string => `area = ${area}, county = ${Math.floor(area / 1e9)}`;
  const statements = [
    ['pushed over the border', `update ${name} set ${place(rangeOf(sibling).lo)}`, false],
    ['pulled in', `update ${name} set ${place(rangeOf(inside).lo)}`, true],
    ['deleted blindly', `delete from ${name}`, true],
  ] as const;
  // Whoever writes would move a whole township: the same policies are tried in a grid and a village.
  const tried = statements.filter(
    ([, , own]) => !own || !writes(rows, who) || ['grid', 'village'].includes(who.level),
  );
  const [own] = await world.owner<{ n: number }>(
    `select count(*)::int as n from ${name} where area >= ${rangeOf(inside).lo} and area < ${rangeOf(inside).hi}`,
  );
  const wrong: string[] = [];
  for (const [what, text, mayReachOwn] of tried) {
    tally.writes++;
    const most = mayReachOwn && writes(rows, who) ? (own?.n ?? 0) : 0;
    const [touched = 0] = await attempt(tx, async () => [await tx.count(raw(text))]).catch(
      // Two rows in one place: they were reached.
      (error: { code?: string }) => [error.code === '23505' ? most : Number.POSITIVE_INFINITY],
    );
    await tx.rows(raw('rollback to savepoint attempt'));
    if (touched > most) wrong.push(`${name}: ${what} ${touched} rows, of ${most}`);
  }
  return wrong;
}

/** A row to be copied, under a key of its own where the table has ids. */
async function oneOf(
  name: string,
  condition: string,
): Promise<Record<string, unknown> | undefined> {
  const [found] = await world.owner<{ row: Record<string, unknown> }>(
    `select to_jsonb(t) as row from ${name} t where ${condition} limit 1`,
  );
  return found && ('id' in found.row ? { ...found.row, id: crypto.randomUUID() } : found.row);
}
