import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, startApp, type TestApp } from '../../tests/support/app.ts';
import type { PatternHit, PatternKey } from './contract.ts';
import { loadPatternRules } from './pattern-rules.ts';

let t: TestApp;
let auditor: Caller;
const accounts: Record<string, string> = {};
beforeAll(async () => {
  t = await startApp();
  auditor = await t.signIn('auditor');
  for (const { username, id } of await t.sql<{ username: string; id: string }>(
    'select username, id from account',
  ))
    accounts[username] = id;
});
afterAll(() => t.close());

async function find(pattern: PatternKey, query = '', by = auditor): Promise<PatternHit[]> {
  const answer = await by.get(`/audit/patterns/${pattern}${query}`);
  expect(answer.statusCode, answer.body).toBe(200);
  return answer.json().items;
}

/** Looks at so many different files, one every so many seconds. */
const looked = (
  username: string,
  from: string,
  count: number,
  seconds: number,
  area = 330881002205001,
) =>
  t.sql(
    `insert into audit_entry (county, id, at, account, kind, action, category, subject, area)
     select $5::bigint / 1000000000, uuidv7(), $2::timestamptz + g * make_interval(secs => $4), $1::uuid, 'look', 'open_file', 'household',
            md5($1::text || $2::text || g)::uuid, $5::bigint from generate_series(0, $3::int - 1) g`,
    [accounts[username], from, count, seconds, area],
  );

const hitsOf = (hits: PatternHit[], username: string) =>
  hits.filter(({ account }) => account?.username === username);

describe('many files in a short time', () => {
  it('starts at the threshold, within a span of any beginning', async () => {
    await looked('grid', '2026-06-12T01:03:00Z', 29, 10);
    expect(hitsOf(await find('many_files'), 'grid')).toEqual([]);
    await looked('grid', '2026-06-12T01:12:59Z', 1, 1);
    const [hit] = hitsOf(await find('many_files'), 'grid');
    expect(hit).toMatchObject({
      files: 30,
      acts: 30,
      most: 30,
      from: '2026-06-12T01:03:00.000Z',
      until: '2026-06-12T01:12:59.000Z',
    });
  });

  it('does not count the same file twice, nor files spread over the day', async () => {
    await t.sql(
      `insert into audit_entry (county, id, at, account, kind, action, category, subject, area)
       select 330881, uuidv7(), '2026-06-12T03:00:00Z'::timestamptz + g * interval '5 s', $1, 'look', 'open_file', 'resident',
              md5('same' || g % 3)::uuid, 330881002205001 from generate_series(1, 60) g`,
      [accounts.village],
    );
    await looked('village', '2026-06-13T00:00:00Z', 200, 120);
    expect(hitsOf(await find('many_files'), 'village')).toEqual([]);
  });

  it('is told as one while it goes on, and as two when it stops and begins again', async () => {
    await looked('township', '2026-06-11T01:00:00Z', 150, 10);
    await looked('township', '2026-06-11T08:00:00Z', 40, 5);
    const hits = hitsOf(await find('many_files'), 'township');
    expect(hits.map(({ files, most }) => [files, most])).toEqual([
      [150, 61],
      [40, 40],
    ]);
  });
});

describe('at night', () => {
  it('begins at ten in the evening and ends at six, a night for itself', async () => {
    const at = (time: string) => looked('civil', `2026-06-${time}+08`, 1, 1);
    for (const time of ['09 21:59:59', '09 22:00:00', '10 05:59:59', '10 06:00:00', '10 23:00:00'])
      await at(time);
    const hits = hitsOf(await find('at_night'), 'civil');
    expect(hits.map(({ files, from, until }) => [files, from, until])).toEqual([
      [2, '2026-06-09T14:00:00.000Z', '2026-06-09T21:59:59.000Z'],
      [1, '2026-06-10T15:00:00.000Z', '2026-06-10T15:00:00.000Z'],
    ]);
  });
});

describe('files of relatives', () => {
  it('are those of the official’s own name and of the household where one lives; whose, is not told', async () => {
    const village = await t.signIn('village');
    const name = '毛村干';
    const [place] = await t.sql<{ household: string; other: string; member: string }>(`select
      h.id as household, (select id from household x where x.area = h.area and x.id <> h.id order by id limit 1) as other,
      (select resident from household_member m where m.household = h.id and until is null limit 1) as member
      from household h where h.area = 330881002205001 and h.members > 0 order by id limit 1`);
    if (!place) throw new Error('no household');
    const made = await village.send('POST', '/residents', {
      area: '330881002205001',
      items: { name },
      household: { id: place.household, relation: '20' },
    });
    expect(made.statusCode).toBe(201);
    const own = made.json().id;
    await village.get(`/residents/${own}`);
    await village.get(`/residents/${own}`);
    await village.get(`/residents/${place.member}`);
    await village.get(`/households/${place.household}`);
    await village.get(`/households/${place.other}`);
    const answer = await auditor.get('/audit/patterns/relatives');
    const hits: PatternHit[] = answer.json().items;
    expect(hits.map(({ subject, tie, acts }) => [subject, tie, acts]).sort()).toEqual(
      [
        [own, 'same_name', 2],
        [place.member, 'same_household', 1],
        [place.household, 'same_household', 1],
      ].sort(),
    );
    const names = await t.sql<{ name: string }>('select name from resident where household = $1', [
      place.household,
    ]);
    for (const resident of names)
      if (resident.name !== name) expect(answer.body).not.toContain(resident.name);
  });

  it('are nobody’s business but the auditor’s, and only in the auditor’s area', async () => {
    for (const name of ['village', 'secadmin', 'sysadmin', 'county'])
      expect((await (await t.signIn(name)).get('/audit/patterns/relatives')).statusCode).toBe(403);
    const [asServer] = await t.sql<{ n: number }>(
      `select count(*)::int as n from gate_relatives('2020-01-01', '2030-01-01')`,
    );
    expect(asServer?.n).toBe(0);
    await t.sql(`update post set lo = 330802000000000, hi = 330803000000000 where account = $1`, [
      accounts.auditor,
    ]);
    const narrow = await t.signIn('auditor');
    expect(await find('relatives', '', narrow)).toEqual([]);
    expect(await find('many_files', '', narrow)).toEqual([]);
    await t.sql(`update post set lo = 330800000000000, hi = 330900000000000 where account = $1`, [
      accounts.auditor,
    ]);
    auditor = await t.signIn('auditor');
  });
});

describe('refusals in a row', () => {
  it('are counted until something succeeds; a purpose still to be stated counts as none', async () => {
    const county = await t.signIn('county');
    // What was refused before belongs to another row.
    t.clock.now = new Date(t.clock.now.getTime() + 1000);
    await county.get('/areas/330881/book');
    t.clock.now = new Date(t.clock.now.getTime() + 1000);
    const strange = (n: number) => `/residents/01970000-0000-7000-8000-00000000000${n}`;
    for (let i = 0; i < 4; i++) await county.get(`${strange(i)}?purpose=visit`);
    for (let i = 0; i < 6; i++) await county.get(strange(i));
    expect(hitsOf(await find('refusals'), 'county')).toEqual([]);
    t.clock.now = new Date(t.clock.now.getTime() + 1000);
    await county.get('/areas/330881/book');
    t.clock.now = new Date(t.clock.now.getTime() + 1000);
    await county.get(`${strange(5)}?purpose=visit`);
    expect(hitsOf(await find('refusals'), 'county')).toEqual([]);
    for (let i = 6; i < 10; i++) await county.get(`${strange(i)}?purpose=visit`);
    const [hit] = hitsOf(await find('refusals'), 'county');
    expect(hit).toMatchObject({ acts: 5, files: 5 });
  });
});

describe('the period', () => {
  it('is the last seven days, or what is asked for, at most 31 days', async () => {
    const view = async (query: string) =>
      (await auditor.get(`/audit/patterns/at_night${query}`)).json();
    expect(await view('')).toMatchObject({ from: '2026-06-09', until: '2026-06-15' });
    expect(await view('?from=2026-05-01')).toMatchObject({
      from: '2026-05-01',
      until: '2026-05-31',
    });
    expect(await view('?until=2026-05-31')).toMatchObject({
      from: '2026-05-25',
      until: '2026-05-31',
    });
    expect(await view('?from=2026-06-10')).toMatchObject({
      from: '2026-06-10',
      until: '2026-06-15',
    });
    for (const query of [
      '?from=2026-05-01&until=2026-06-01',
      '?from=2026-06-02&until=2026-06-01',
    ]) {
      const refused = await view(query);
      expect(refused.errors[0].field).toBe('until');
    }
    expect(hitsOf(await find('many_files', '?until=2026-06-11'), 'grid')).toEqual([]);
    expect(
      hitsOf(await find('many_files', '?from=2026-06-12&until=2026-06-12'), 'grid'),
    ).toHaveLength(1);
  });
});

describe('the pack of thresholds', () => {
  it('is refused with the file and the field when it is not right', () => {
    const folder = mkdtempSync(join(tmpdir(), 'minqing-pack-'));
    writeFileSync(
      join(folder, 'patterns.yaml'),
      'many_files: {files: 1, minutes: 10}\nat_night: {from: 22, until: 6}\nrefusals: {times: 5}\ndays: 31\n',
    );
    expect(() => loadPatternRules(folder)).toThrow(/patterns\.yaml: \/many_files\/files/);
    rmSync(folder, { recursive: true });
  });
});
