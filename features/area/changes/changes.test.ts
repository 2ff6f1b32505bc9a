import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { withClient } from '../../../server/database/connect.ts';
import { type Caller, startApp, type TestApp } from '../../../tests/support/app.ts';
import type { Building } from '../buildings/contract.ts';
import type { AreaChange, AreaChangeMade, AreaThen } from './contract.ts';
import { recode } from './recode.ts';

const village = '330881002205';
const grids = [1, 2, 3].map((n) => `${village}00${n}`) as [string, string, string];
const [first, second, third] = grids;

let t: TestApp;
let cadre: Caller;
let town: Caller;
let system: Caller;
beforeAll(async () => {
  t = await startApp();
  cadre = await t.signIn('village');
  town = await t.signIn('township');
  system = await t.signIn('sysadmin');
});
afterAll(() => t.close());

/** Every table with an area, from the catalogue, with how many of its rows lie in a range. */
async function weights(lo: string, hi = lo): Promise<Record<string, number>> {
  const tables = await t.sql<{ name: string; kind: string }>(
    'select name, kind from recode_tables()',
  );
  const counts: Record<string, number> = {};
  for (const { name, kind } of tables) {
    const kept = name === 'area_tally' ? 'and n <> 0' : '';
    const [row] = await t.sql<{ n: number }>(
      `select count(*)::int as n from ${name} where area between ${lo} and ${hi} ${kept}`,
    );
    if (row && row.n > 0) counts[`${kind} ${name}`] = row.n;
  }
  return counts;
}

const ask = (caller: Caller, change: AreaChange, reason = '镇政府〔2026〕3号') =>
  caller.send('POST', '/areas/changes', { change, reason });

async function make(
  caller: Caller,
  change: AreaChange,
): Promise<{ id: string; job: string | null }> {
  const answer = await ask(caller, change);
  expect(answer.body).toContain('"id"');
  expect(answer.statusCode).toBe(201);
  await t.worker().drain();
  return answer.json();
}

async function expectFinished(caller: Caller, id: string): Promise<AreaChangeMade> {
  const { items } = (await caller.get('/areas/changes')).json<{ items: AreaChangeMade[] }>();
  const found = items.find((one) => one.id === id);
  expect(found?.finishedAt).not.toBeNull();
  return found as AreaChangeMade;
}

/** Kept counts against a recount, for one category. */
async function expectTrueCounts(): Promise<void> {
  for (const category of ['resident', 'household', 'housing', 'premises', 'organisation']) {
    const off = await t.sql(`
      with counted as (
        select area, '${category}' as measure, count(*)::int as n from ${category} group by 1
        union all select area, 'completeness:${category}', sum(completeness)::int from ${category} group by 1
        union all select area, 'incomplete:${category}', count(*)::int from ${category} where completeness < 100 group by 1
        union all select area, 'tag:${category}:' || tag, count(*)::int from ${category}, unnest(tags) tag group by 1, tag
        union all select area, 'missing:${category}:' || item, count(*)::int from ${category}, unnest(missing) item group by 1, item),
      kept as (select area, measure, n from area_tally where measure = '${category}' or measure like '%:${category}' or measure like '%:${category}:%')
      select * from counted c full join kept k using (area, measure) where coalesce(c.n, 0) <> coalesce(k.n, 0)`);
    expect(off).toEqual([]);
  }
}

describe('the catalogue', () => {
  it('knows how every table with an area is re-coded', async () => {
    const tables = await t.sql<{ name: string; kind: string; tie: string | null }>(
      'select name, kind, tie from recode_tables()',
    );
    expect(tables.filter(({ kind }) => kind === 'unknown')).toEqual([]);
    expect(tables.filter(({ kind }) => kind === 'kept').map(({ name }) => name)).toEqual([
      'archive_change',
      'audit_entry',
      'gather_quality',
    ]);
    expect(tables.length).toBeGreaterThan(20);
  });

  it('finds a table that comes later, tied by its foreign key', async () => {
    await withClient(t.owner, async (client) => {
      await client.query('begin');
      await client.query(`create table visit (county int, id uuid, area bigint, household uuid,
        foreign key (county, household) references household (county, id))`);
      await client.query('create table stray (area bigint)');
      const { rows } = await client.query(
        `select name, kind, tie, of from recode_tables() where name in ('visit', 'stray') order by name`,
      );
      expect(rows).toEqual([
        { name: 'stray', kind: 'unknown', tie: null, of: null },
        { name: 'visit', kind: 'beside', tie: 'household', of: 'household' },
      ]);
      await client.query('rollback');
    });
  });
});

describe('refusals', () => {
  const elsewhere = '330881002206';
  const grid001 = first;
  it.each<[string, AreaChange, RegExp]>([
    [
      'one area alone',
      { kind: 'merge', codes: [grid001], into: { code: grid001 } },
      /至少选择两个/,
    ],
    [
      'areas of two levels',
      { kind: 'merge', codes: [grid001, elsewhere], into: { name: '甲' } },
      /同一级/,
    ],
    [
      'an area that is not there',
      { kind: 'rename', code: `${elsewhere}999`, name: '甲' },
      /不存在或已撤销/,
    ],
    ['a code that was used', { kind: 'add', parent: village, name: '甲', code: grid001 }, /已用过/],
    [
      'a code of elsewhere',
      { kind: 'add', parent: village, name: '甲', code: '330881002207001' },
      /代码须为/,
    ],
    ['a name that stands there', { kind: 'add', parent: village, name: '第一网格' }, /已有/],
  ])('%s', async (_name, change, words) => {
    const answer = await ask(town, change);
    expect([400, 403]).toContain(answer.statusCode);
    expect(answer.body).toMatch(words);
  });

  it('a village by a township, a grid by a grid worker, an area outside', async () => {
    expect((await ask(town, { kind: 'rename', code: elsewhere, name: '新名' })).statusCode).toBe(
      403,
    );
    expect(
      (await ask(town, { kind: 'rename', code: '330881001001', name: '新名' })).statusCode,
    ).toBe(400);
    const grid = await t.signIn('grid');
    expect((await ask(grid, { kind: 'rename', code: grid001, name: '甲' })).statusCode).toBe(403);
  });

  it('a change across counties, and closing what is not empty', async () => {
    const city = await ask(system, {
      kind: 'move',
      code: elsewhere,
      parent: '330802001',
      newCode: '330802001299',
    });
    expect(city.statusCode).toBe(400);
    const full = await ask(town, { kind: 'retire', code: grid001 });
    expect(full.statusCode).toBe(409);
    expect(full.json().detail).toContain('合并');
  });

  it('the functions of the job, to the server', async () => {
    await withClient(t.server, async (client) => {
      await expect(client.query(`select recode_batch(uuidv7(), 1)`)).rejects.toThrow(
        /permission denied/,
      );
      await expect(
        client.query(
          `select gate_area_change('{"id": "00000000-0000-7000-8000-000000000000", "kind": "rename", "code": "1", "name": "x", "lo": 1, "hi": 2, "reason": "x", "summary": [], "added": [], "renamed": [{"code": "330881", "name": "x", "search": "x"}], "retired": [], "moves": [], "households": []}', now(), '2026-06-15')`,
        ),
      ).rejects.toThrow();
    });
    expect(recode.rights).toBe('system');
  });
});

describe('a merge of grids', () => {
  it('shows first what it would do', async () => {
    const answer = await cadre.send('POST', '/areas/changes/preview', {
      change: { kind: 'merge', codes: [second, third], into: { code: second } },
    });
    expect(answer.statusCode).toBe(200);
    const preview = answer.json();
    const [row] = await t.sql<{ household: number; resident: number }>(
      `select (select count(*)::int from household where area = ${third}) as household,
              (select count(*)::int from resident where area = ${third}) as resident`,
    );
    expect(preview).toMatchObject({
      code: second,
      records: row,
      codes: [{ code: third, to: second }],
    });
    expect(await t.sql(`select retired_at from area where code = '${third}'`)).toEqual([
      { retired_at: null },
    ]);
  });

  it('moves everything, keeps the history, and leads from the old code to the new', async () => {
    const before = await weights(third);
    const target = await weights(second);
    const file = await cadre.get(`/households?limit=1&area=${third}`);
    const [household] = file.json<{ items: { id: string }[] }>().items;
    const path = `/households/${household?.id}`;
    await cadre.get(path);
    const [{ count: looks } = { count: 0 }] = await t.sql<{ count: number }>(
      `select count(*)::int from audit_entry where subject = '${household?.id}'`,
    );

    const { id } = await make(cadre, {
      kind: 'merge',
      codes: [second, third],
      into: { code: second, name: '东网格' },
    });
    const change = await expectFinished(cadre, id);
    const after = await weights(third);
    // What was written down then keeps its code; everything else is gone from it.
    const kept = Object.entries(before).filter(([name]) => name.startsWith('kept'));
    expect(Object.keys(after).every((name) => name.startsWith('kept'))).toBe(true);
    for (const [name, n] of kept) expect(after[name]).toBeGreaterThanOrEqual(n);
    const now = await weights(second);
    for (const [name, n] of Object.entries(before)) {
      if (/^(record|beside) /.test(name) && name !== 'beside area_moved')
        expect(now[name]).toBe(n + (target[name] ?? 0));
    }
    expect(change).toMatchObject({ kind: 'merge', code: second, name: '东网格' });
    await expectTrueCounts();

    // The file, its history and who looked at it.
    expect((await cadre.get(path)).json().area).toMatchObject({ code: second, name: '东网格' });
    const changes = await cadre.get(`${path}/changes`);
    expect(changes.statusCode).toBe(200);
    const [{ count: still } = { count: 0 }] = await t.sql<{ count: number }>(
      `select count(*)::int from audit_entry where subject = '${household?.id}' and area = ${third}`,
    );
    expect(still).toBe(looks);

    const { items } = (await cadre.get(`/areas/then?q=${third}`)).json<{ items: AreaThen[] }>();
    expect(items).toMatchObject([
      { code: third, stands: false, now: { code: second, name: '东网格' } },
    ]);
    const yesterday = (await cadre.get(`/areas/then?q=${second}&on=2026-06-01`)).json();
    expect(yesterday.items[0]).toMatchObject({ code: second, stands: true });
    expect(yesterday.items[0].name).not.toBe('东网格');
  });

  it('lets a form that was begun before lead to the new code', async () => {
    const answer = await cadre.send('POST', '/households', {
      area: third,
      items: { address: '彭里村新屋 1 号' },
    });
    expect(answer.statusCode).toBe(201);
    const [row] = await t.sql<{ area: number }>(
      `select area from household where id = '${answer.json().id}'`,
    );
    expect(row?.area).toBe(Number(second));
  });

  it('shows the history of a moved file to whoever has the new grid only', async () => {
    const [moved] = await t.sql<{ subject: string; county: number }>(
      `select subject, county from area_moved where category = 'household' limit 1`,
    );
    await t.sql(
      `insert into archive_change (county, id, area, at, category, subject, household, kind, item_group)
       values ($1, uuidv7(), ${third}, now(), 'household', $2, $2, 'changed', 'file')`,
      [moved?.county, moved?.subject],
    );
    const [own] = await t.sql<{ id: string }>(`select id from account where username = 'grid'`);
    await t.sql(
      `insert into post (id, account, role, area, lo, hi, since, created_at)
       values (uuidv7(), $1, 'grid_worker', $2, $3, $4, '2026-01-01', now())`,
      [own?.id, second, second, Number(second) + 1],
    );
    const grid = await t.signIn('grid');
    const posts = (await grid.get('/session')).json<{
      posts: { id: string; area: { code: string } }[];
    }>().posts;
    const there = posts.find(({ area }) => area.code === second);
    await grid.send('PUT', '/session/post', { post: there?.id });
    const changes = await grid.get(`/households/${moved?.subject}/changes`);
    expect(changes.json().items.length).toBeGreaterThan(0);
    const elsewhere = posts.find(({ area }) => area.code === first);
    await grid.send('PUT', '/session/post', { post: elsewhere?.id });
    expect((await grid.get(`/households/${moved?.subject}/changes`)).statusCode).toBe(404);
  });
});

describe('a split', () => {
  it('takes the households named, who lives there and their dwellings along', async () => {
    const households = await t.sql<{ id: string }>(
      `select id from household where area = ${first} order by sort_key, id limit 12`,
    );
    const ids = households.map(({ id }) => id);
    const [before] = await t.sql<{ n: number }>(
      `select count(*)::int as n from resident where household = any($1)`,
      [ids],
    );
    const { id } = await make(cadre, {
      kind: 'split',
      code: first,
      parts: [{ name: '北网格', households: ids }],
    });
    const { code } = await expectFinished(cadre, id);
    expect(code).toBe(`${village}004`);
    const rows = await t.sql(
      `select (select count(*)::int from household where area = ${code}) as households,
              (select count(*)::int from resident where area = ${code}) as residents,
              (select count(*)::int from household_member where area = ${code} and until is null) as members`,
    );
    expect(rows).toEqual([{ households: 12, residents: before?.n, members: before?.n }]);
    await expectTrueCounts();
  });

  it('refuses households of elsewhere, and all of a grid', async () => {
    const [other] = await t.sql<{ id: string }>(
      `select id from household where area = ${second} limit 1`,
    );
    const foreign = await ask(cadre, {
      kind: 'split',
      code: first,
      parts: [{ name: '南网格', households: [other?.id ?? ''] }],
    });
    expect(foreign.statusCode).toBe(400);
    expect(foreign.json().errors[0].field).toBe('parts');
    const all = await t.sql<{ id: string }>(`select id from household where area = ${first}`);
    const whole = await ask(cadre, {
      kind: 'split',
      code: first,
      parts: [{ name: '南网格', households: all.map(({ id }) => id) }],
    });
    expect(whole.json().errors[0].message).toContain('全部户');
  });
});

describe('a merge during edits', () => {
  afterEach(async () => {
    await t.worker().drain();
  });

  it('waits for an edit under way, and for what was made under the old code', async () => {
    const source = `${village}004`;
    const [locked] = await t.sql<{ id: string; county: number }>(
      `select id, county from household where area = ${source} limit 1`,
    );
    // An edit that has read the old code, and a creation that has not yet written under it.
    const edit = await open();
    await edit.query('select area from household where county = $1 and id = $2 for update', [
      locked?.county,
      locked?.id,
    ]);
    const creation = await open();
    await creation.query(`select lo from area where code = '${source}'`);
    const answer = await ask(cadre, {
      kind: 'merge',
      codes: [source],
      into: { code: second },
    });
    expect(answer.statusCode).toBe(201);
    const { id } = answer.json<{ id: string }>();
    const drained = t.worker().drain();
    await until(async () => {
      const [row] = await t.sql<{ n: number }>(
        `select count(*)::int as n from pg_locks where not granted and locktype in ('transactionid', 'tuple')`,
      );
      return (row?.n ?? 0) > 0;
    });
    // Meanwhile nobody else changes these areas.
    const second2 = await ask(cadre, { kind: 'rename', code: second, name: '又一网格' });
    expect(second2.statusCode).toBe(409);
    await edit.query(
      `insert into document (county, id, area, category, subject, kind, item_group, media_type, size, sha256, pages, files, series, version, single, uploaded_at, uploaded_by)
       select $1, x, ${source}, 'household', $2, 'photo', 'file', 'image/jpeg', 1, '', '[]', x, x, 1, false, now(), $2 from (select uuidv7() as x) i`,
      [locked?.county, locked?.id],
    );
    await edit.query('commit');
    await until(async () => {
      const [row] = await t.sql<{ n: number }>(
        `select count(*)::int as n from household where area = ${source}`,
      );
      return row?.n === 0;
    });
    await creation.query(
      `insert into household (county, id, area, address, updated_at) values (330881, uuidv7(), ${source}, '迟到的户', now())`,
    );
    await creation.query(
      `insert into area_tally (county, area, measure, n) values (330881, ${source}, 'household', 1), (330881, ${source}, 'incomplete:household', 1)
       on conflict (county, area, measure) do update set n = area_tally.n + excluded.n`,
    );
    await creation.query('commit');
    await drained;
    await edit.end();
    await creation.end();
    await expectFinished(cadre, id);
    const left = await weights(source);
    expect(Object.keys(left).filter((name) => !name.startsWith('kept'))).toEqual([]);
    const [late] = await t.sql<{ area: number }>(
      `select area from household where address = '迟到的户'`,
    );
    expect(late?.area).toBe(Number(second));
    await expectTrueCounts();
  });

  it('goes on where it stood when its worker died or the job was cancelled', async () => {
    const [before] = await t.sql<{ n: number }>(
      `select count(*)::int as n from resident where area between ${village}000 and ${village}999`,
    );
    const answer = await ask(cadre, { kind: 'merge', codes: [first], into: { code: second } });
    const { id, job } = answer.json<{ id: string; job: string }>();
    // Killed in a step: nothing of it was kept. Cancelled after one: what moved has moved.
    const holder = await open();
    await holder.query(`select 1 from household where area = ${first} for update`);
    const drained = t.worker().drain();
    await until(async () => {
      const [row] = await t.sql<{ n: number }>(
        `select count(*)::int as n from pg_locks where not granted and locktype in ('transactionid', 'tuple')`,
      );
      return (row?.n ?? 0) > 0;
    });
    expect((await cadre.send('POST', `/jobs/${job}/cancel`, {})).statusCode).toBeLessThan(300);
    await holder.query('rollback');
    await holder.end();
    await drained;
    expect((await cadre.get(`/jobs/${job}`)).json().state).toBe('cancelled');
    const [row] = await t.sql(`select finished_at from area_change where id = '${id}'`);
    expect(row?.finished_at).toBeNull();
    const again = await cadre.send('POST', `/areas/changes/${id}/resume`, {});
    expect(again.statusCode).toBe(201);
    await t.worker().drain();
    const change = await expectFinished(cadre, id);
    const [moved] = await t.sql<{ n: number }>(
      `select count(*)::int as n from area_moved where change = '${id}'`,
    );
    expect(change.records).toBe(moved?.n);
    expect(Object.keys(await weights(first)).filter((name) => !name.startsWith('kept'))).toEqual(
      [],
    );
    const [after] = await t.sql<{ n: number }>(
      `select count(*)::int as n from resident where area between ${village}000 and ${village}999`,
    );
    expect(after?.n).toBe(before?.n);
    await expectTrueCounts();
    expect((await cadre.send('POST', `/areas/changes/${id}/resume`, {})).statusCode).toBe(403);
  });
});

describe('villages and townships', () => {
  it('are merged by the system administrator, with their grids and posts', async () => {
    const codes = ['330881002204', village];
    const [before] = await t.sql<{ n: number }>(
      `select count(*)::int as n from resident where area between 330881002204000 and ${village}999`,
    );
    const preview = await system.send('POST', '/areas/changes/preview', {
      change: { kind: 'merge', codes, into: { code: '330881002204' } },
    });
    expect(preview.statusCode).toBe(200);
    expect(preview.json().posts).toBeGreaterThan(0);
    const { id } = await make(system, { kind: 'merge', codes, into: { code: '330881002204' } });
    await expectFinished(system, id);
    const [after] = await t.sql<{ n: number }>(
      'select count(*)::int as n from resident where area between 330881002204000 and 330881002204999',
    );
    expect(after?.n).toBe(before?.n);
    expect(
      Object.keys(await weights(`${village}000`, `${village}999`)).filter(
        (name) => !name.startsWith('kept'),
      ),
    ).toEqual([]);
    // The cadre's post went along: the old session finds it.
    const area = (await cadre.get('/session')).json<{ posts: { area: { code: string } }[] }>();
    expect(area.posts.map((post) => post.area.code)).toContain('330881002204');
    expect(area.posts.map((post) => post.area.code)).not.toContain(village);
    await expectTrueCounts();
  });

  it('move as a whole, with what lies under them', async () => {
    const { id } = await make(system, {
      kind: 'move',
      code: '330881002204',
      parent: '330881001',
      newCode: '330881001299',
    });
    await expectFinished(system, id);
    const answer = await system.get(`/areas/then?q=${village}`);
    expect(answer.json().items[0].now.code).toBe('330881001299');
    await expectTrueCounts();
  });

  it('move several grids in one step', async () => {
    const old = '330881002001';
    const places = ['000', '001', '002'];
    const before = await Promise.all(places.map((place) => weights(`${old}${place}`)));
    const answer = await ask(system, {
      kind: 'move',
      code: old,
      parent: '330881001',
      newCode: '330881001298',
    });
    const { id } = answer.json<{ id: string }>();
    expect(await gridsOfOneStep(id)).toBeGreaterThan(1);
    await t.worker().drain();
    const change = await expectFinished(system, id);
    const moved = before
      .flatMap((had) => Object.entries(had))
      .filter(([name]) => name.startsWith('record '));
    expect(change.records).toBe(moved.reduce((sum, [, n]) => sum + n, 0));
    // The village and each grid have what their namesakes had, in every table; what was written down then stays.
    for (const [at, place] of places.entries()) {
      const now = await weights(`330881001298${place}`);
      for (const [name, n] of Object.entries(before[at] ?? {}))
        if (/^(record|beside) /.test(name)) expect(now[name]).toBe(n);
      const left = Object.keys(await weights(`${old}${place}`));
      expect(left.filter((name) => !name.startsWith('kept'))).toEqual([]);
    }
    await expectTrueCounts();
  });
});

/** How many grids one step of a change begins to move; the step is undone. */
async function gridsOfOneStep(change: string): Promise<number> {
  const client = await open();
  await client.query(`set local minqing.kind = 'area.recode'`);
  await client.query('select recode_batch($1, 150)', [change]);
  const { rows } = await client.query<{ n: number }>(
    'select count(distinct was)::int as n from area_moved where change = $1',
    [change],
  );
  await client.query('rollback');
  await client.end();
  return rows[0]?.n ?? 0;
}

async function open() {
  const { default: pg } = await import('pg');
  const client = new pg.Client(t.owner);
  await client.connect();
  await client.query('begin');
  return client;
}

/** Waits for a condition in the database. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await holds()); tries++) {
    if (tries > 200) throw new Error('the condition never held');
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

describe('buildings', () => {
  const community = '330802008001';
  const [from, other] = [`${community}001`, `${community}002`] as const;
  let own: Caller;
  beforeAll(async () => {
    own = await t.signIn('community');
  });

  const buildings = async (code: string): Promise<Building[]> =>
    (await own.get(`/areas/${code}/buildings`)).json().items;

  /** Dwellings that lie in another grid than the building they name. */
  const apart = async (): Promise<number> => {
    const [row] = await t.sql<{ n: number }>(
      `select count(*)::int as n from housing d join building b on b.county = d.county and b.id = d.building
        where d.area <> b.area`,
    );
    return row?.n ?? -1;
  };

  it('split a grid in three: a compound takes its buildings along, a building its dwellings and who lives there', async () => {
    const before = await buildings(from);
    const [yard] = before.filter(({ kind }) => kind === 'compound');
    const outside = before.filter(
      ({ kind, parent }) => kind === 'building' && parent?.id !== yard?.id,
    );
    const [lone, broken] = outside;
    const [stayer] = await t.sql<{ id: string }>(
      `select l.household as id from household_housing l join housing d on d.county = l.county and d.id = l.housing
        where d.building = $1 and l.until is null order by 1 limit 1`,
      [broken?.id],
    );
    const change: AreaChange = {
      kind: 'split',
      code: from,
      parts: [
        { name: '东苑网格', buildings: [yard?.id ?? ''] },
        { name: '新楼网格', buildings: [lone?.id ?? ''] },
        { to: other, households: [stayer?.id ?? ''] },
      ],
    };
    const preview = (await own.send('POST', '/areas/changes/preview', { change })).json();
    const { parts } = preview;
    expect(parts.map((part: { name: string }) => part.name)).toEqual([
      '东苑网格',
      '新楼网格',
      '第二网格',
      '第一网格',
    ]);
    const inYard = before.filter(({ parent }) => parent?.id === yard?.id);
    expect(parts[0]).toMatchObject({
      households: yard?.households,
      buildings: inYard.length + 1,
    });
    expect(parts[1]).toMatchObject({ households: lone?.households, buildings: 1 });
    expect(parts[2]).toMatchObject({ households: 1, buildings: 0 });
    const [total] = await t.sql<{ households: number; residents: number }>(
      `select (select count(*)::int from household where area = ${from}) as households,
              (select count(*)::int from resident where area = ${from}) as residents`,
    );
    const sum = (key: string) =>
      parts.reduce((n: number, part: Record<string, number>) => n + (part[key] ?? 0), 0);
    expect([sum('households'), sum('residents')]).toEqual([total?.households, total?.residents]);
    expect(preview.records).toEqual({
      household: sum('households') - parts[3].households,
      resident: sum('residents') - parts[3].residents,
    });

    const { id } = await make(own, change);
    await expectFinished(own, id);
    const [yardGrid, loneGrid] = preview.codes.map(({ to }: { to: string }) => to);
    expect((await buildings(yardGrid)).map((one) => one.id).sort()).toEqual(
      [yard, ...inYard].map((one) => one?.id).sort(),
    );
    expect((await buildings(loneGrid)).map((one) => one.id)).toEqual([lone?.id]);
    // One household that went alone does not take the building along.
    expect((await buildings(from)).map((one) => one.id)).toContain(broken?.id);
    expect(await apart()).toBe(1);
    for (const [code, part] of [
      [yardGrid, parts[0]],
      [loneGrid, parts[1]],
      [from, parts[3]],
    ])
      expect(
        await t.sql(`select (select count(*)::int from household where area = ${code}) as households,
          (select count(*)::int from resident where area = ${code}) as residents`),
      ).toEqual([{ households: part.households, residents: part.residents }]);
    await expectTrueCounts();
    // Rented dwellings of a building too.
    const [left] = await t.sql(
      `select count(*)::int as n from housing where building = $1 and area <> ${loneGrid}`,
      [lone?.id],
    );
    expect(left).toEqual({ n: 0 });
  });

  it('follow when all their dwellings go, and with their compound history', async () => {
    const [target] = (await buildings(other)).filter(({ kind }) => kind === 'building');
    const households = await t.sql<{ id: string }>(
      `select distinct l.household as id from household_housing l join housing d on d.county = l.county and d.id = l.housing
        where d.building = $1 and l.until is null`,
      [target?.id],
    );
    const edited = await own.send(
      'PATCH',
      `/buildings/${target?.id}`,
      { floors: 7, reason: '加层' },
      { 'if-match': `"${target?.version}"` },
    );
    expect(edited.statusCode).toBe(200);
    const { id } = await make(own, {
      kind: 'split',
      code: other,
      parts: [{ to: `${community}003`, households: households.map((one) => one.id) }],
    });
    const made = await expectFinished(own, id);
    expect(made.kind).toBe('shift');
    const file = (await own.get(`/buildings/${target?.id}`)).json();
    expect(file.area.code).toBe(`${community}003`);
    expect(file.changes[0]).toMatchObject({ kind: 'edited', reason: '加层' });
    const [kept] = await t.sql(`select area from building_change where building = $1`, [
      target?.id,
    ]);
    expect(String(kept?.area)).toBe(`${community}003`);
  });

  it('are re-coded when their grid is merged, retired ones and all', async () => {
    const source = `${community}004`;
    const before = await buildings(source);
    const empty = await own.send('POST', '/buildings', {
      area: source,
      kind: 'building',
      name: '旧楼',
    });
    await own.send(
      'POST',
      `/buildings/${empty.json().id}/retirement`,
      { reason: '拆除' },
      { 'if-match': '"1"' },
    );
    const { id } = await make(own, {
      kind: 'merge',
      codes: [source],
      into: { code: `${community}003` },
    });
    await expectFinished(own, id);
    const [row] = await t.sql(`select count(*)::int as n from building where area = ${source}`);
    expect(row).toEqual({ n: 0 });
    const now = new Set((await buildings(`${community}003`)).map((one) => one.id));
    expect(before.every((one) => now.has(one.id))).toBe(true);
    const late = await own.send('POST', '/buildings', {
      area: source,
      kind: 'building',
      name: '新楼',
    });
    expect((await own.get(`/buildings/${late.json().id}`)).json().area.code).toBe(
      `${community}003`,
    );
  });

  it('a split that makes no sense is refused, with the field', async () => {
    const [building] = (await buildings(from)).filter(({ kind }) => kind === 'building');
    const [foreign] = await buildings(other);
    const ids = [building?.id ?? ''];
    for (const [parts, field, words] of [
      [[{ households: [] }], 'parts[0].name', /名称/],
      [[{ name: '甲', to: other, buildings: ids }], 'parts[0].name', /名称/],
      [[{ name: '甲', buildings: [foreign?.id ?? ''] }], 'parts', /不在这个网格/],
      [[{ name: '甲' }], 'parts', /分到住户/],
      [[{ to: from, buildings: ids }], 'parts[0].to', /另一个网格/],
      [[{ to: `${village}002`, buildings: ids }], 'parts[0].to', /./],
      [
        [
          { name: '甲', buildings: ids },
          { name: '乙', buildings: ids },
        ],
        'parts',
        /分到两个网格/,
      ],
      [
        [
          { name: '甲', buildings: ids },
          { name: '甲', buildings: ids },
        ],
        'parts[1].name',
        /已有/,
      ],
    ] as const) {
      const answer = await ask(own, {
        kind: 'split',
        code: from,
        parts: parts as never,
      });
      expect(answer.statusCode).toBe(400);
      expect(answer.json().errors[0]).toMatchObject({
        field,
        message: expect.stringMatching(words),
      });
    }
  });
});

describe('a hand-over that waits', () => {
  it('follows its target to the new code, and the giver keeps its side', async () => {
    const cell = { from: 330802013202001, to: 330802008001000 };
    const target = { code: '330802008098', name: '斗潭新社区' };
    const [gone] = await t.sql<{ id: string }>(
      `update resident set left_on = '2026-06-01', left_how = 'moved_out'
        where id = (select id from resident where area = ${cell.from} order by id limit 1) returning id`,
    );
    const [account] = await t.sql<{ id: string }>(
      `select id from account where username = 'village2'`,
    );
    await t.sql(
      `insert into handover (county, id, area, to_lo, event, resident, name, from_name, to_name, day, asked_by, asked_at)
       values (330802, uuidv7(), ${cell.from}, ${cell.to}, uuidv7(), $1, '迁来人', '上洋村', '斗潭社区', '2026-06-01', $2, now())`,
      [gone?.id, account?.id],
    );
    const { id } = await make(system, {
      kind: 'merge',
      codes: ['330802008001'],
      into: target,
    });
    await expectFinished(system, id);
    const giver = await t.signIn('village2');
    expect((await giver.get('/departures')).json().items).toMatchObject([
      { resident: gone?.id, state: 'pending' },
    ]);
    const [row] = await t.sql<{ to_lo: number }>('select to_lo from handover where resident = $1', [
      gone?.id,
    ]);
    expect(row?.to_lo).toBe(Number(target.code) * 1000);
    // The cadre has a post on the new village and takes the file over there.
    const arrived = await t.signIn('community');
    const { items } = (await arrived.get('/arrivals')).json();
    expect(items).toMatchObject([{ name: '迁来人' }]);
    const taken = await arrived.send('POST', '/life-events', {
      kind: 'move_in',
      day: '2026-06-02',
      people: [{ arrival: items[0].id, relation: '01' }],
      newHousehold: { area: `${target.code}001`, items: { address: '新村 1 号' } },
      proof: { kind: 'village_statement' },
    });
    expect(taken.body).toContain('"id"');
    const [now] = await t.sql<{ area: number }>('select area from resident where id = $1', [
      gone?.id,
    ]);
    expect(String(now?.area).startsWith(target.code)).toBe(true);
  });
});
