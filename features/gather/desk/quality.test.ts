import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createVault } from '../../../server/crypto.ts';
import { openSteward } from '../../../server/database/steward.ts';
import { newId } from '../../../server/ids.ts';
import { sealJson } from '../../../server/jobs/content.ts';
import { addSystemJob } from '../../../server/jobs/queue.ts';
import { type Caller, startApp, type TestApp } from '../../../tests/support/app.ts';
import {
  gatherFile,
  healthFile,
  type Known,
  knownPeople,
  officer,
} from '../../../tests/support/gather.ts';
import type { BatchView, Quality } from '../contract.ts';

let t: TestApp;
let health: Caller;
let people: Known[];
let batch: BatchView;
const village = '330881002205';
beforeAll(async () => {
  t = await startApp();
  health = await officer(t, 'health');
  people = await knownPeople(t, 3);
  batch = await gatherFile(
    t,
    health,
    'health',
    healthFile([
      ...people.map(({ name, citizen }, n) => [
        name,
        citizen,
        '',
        n === 0 ? '怪病' : '高血压',
        '丁医生',
        '2026-03-01',
      ]),
      ['司徒无名', '', '', '', '丁医生', '05/06/2021'],
      ['', '', '', '', '丁医生', '2026-03-01'],
    ]),
  );
});
afterAll(() => t.close());

const qualityFor = async (caller: Caller, area = ''): Promise<Quality> => {
  const answer = await caller.get(`/gather/quality${area && `?area=${area}`}`);
  expect(answer.statusCode, answer.body).toBe(200);
  return answer.json();
};

const ofHealth = ({ sources }: Quality) => sources.find(({ source }) => source === 'health');

/** How many of the area have a value, counted one by one. */
async function filledIn(item: string, lo: number, hi: number) {
  const [row] = await t.sql<{ total: number; filled: number }>(
    `select count(*)::int as total, count(*) filter (where coalesce(f.facts -> $1 -> 'v', 'null') not in ('null', '""', '[]'))::int as filled
       from resident r left join resident_health f on f.county = r.county and f.id = r.id
      where r.area >= $2 and r.area < $3 and r.left_on is null`,
    [item, lo, hi],
  );
  return row;
}

describe('the quality of a source', () => {
  it('is counted when a batch has been gathered: items, rows, what was not taken', async () => {
    const county = await qualityFor(health);
    expect(county.area).toMatchObject({ code: '330881', level: 'county' });
    expect(county.batchesOpen).toBe(true);
    expect(county.countedAt).not.toBeNull();
    const own = ofHealth(county);
    expect(own?.batch).toMatchObject({
      number: batch.number,
      batches: 1,
      staged: 5,
      linked: 3,
      unmatched: 1,
      aside: 1,
    });
    expect(own).toMatchObject({ linked: 3, asked: 0 });
    expect(own?.rows).toEqual([
      { code: 'no_key', words: expect.stringContaining('识别'), times: 1 },
    ]);
    expect(own?.cells).toEqual([
      { code: 'date_ambiguous', words: expect.any(String), times: 1 },
      { code: 'unknown_code', words: expect.stringContaining('代码表'), times: 1 },
    ]);
    const doctor = own?.items.find(({ item }) => item === 'resident.family_doctor');
    expect(doctor).toMatchObject((await filledIn('family_doctor', 330881e9, 330882e9)) ?? {});
    expect(doctor?.filled).toBeGreaterThan(2);
  });

  it('adds up: a village’s figures are its own, the township’s those of its villages', async () => {
    const cadre = await t.signIn('village');
    const here = ofHealth(await qualityFor(cadre));
    // Of a row that belongs to nobody here the village is told nothing.
    expect(here).toMatchObject({ linked: 3, rows: [] });
    expect(here?.cells.map(({ code }) => code)).toEqual(['unknown_code']);
    const doctor = here?.items.find(({ item }) => item === 'resident.family_doctor');
    expect(doctor).toMatchObject(
      (await filledIn('family_doctor', 330881002205000, 330881002206000)) ?? {},
    );
    const township = await qualityFor(await t.signIn('township'));
    const sum = township.children
      .flatMap(({ sources }) => sources)
      .reduce((all, { filled }) => all + filled, 0);
    const whole = ofHealth(township)?.items.reduce((all, { filled }) => all + filled, 0);
    expect(sum).toBe(whole);
    expect(township.children.map(({ area }) => area.code)).toContain(village);
  });

  it('is counted anew at night, after villages have edited', async () => {
    await t.sql(`update resident_health set facts = facts - 'family_doctor' where id = $1`, [
      people[0]?.id,
    ]);
    const before = ofHealth(await qualityFor(health))?.items;
    const steward = openSteward(t.steward, 1);
    await steward.transaction((tx) =>
      addSystemJob(tx, newId(), 'gather.quality', sealJson(createVault(t.keys), {}), t.clock.now),
    );
    await steward.close();
    await t.worker().drain();
    const after = ofHealth(await qualityFor(health))?.items;
    const filled = (items: typeof before) =>
      items?.find(({ item }) => item === 'resident.family_doctor')?.filled;
    expect(filled(after)).toBe((filled(before) ?? 0) - 1);
  });

  it('of a batch that is taken back is gone with it', async () => {
    await health.send('POST', `/gather/batches/${batch.number}/undoing`);
    await t.worker().drain();
    const own = ofHealth(await qualityFor(health));
    expect(own).toMatchObject({ linked: 0, batch: null, cells: [] });
  });
});

describe('who sees it', () => {
  it('a department its own source alone', async () => {
    const other = await officer(t, 'education');
    expect((await qualityFor(other)).sources).toEqual([]);
  });

  it('nobody beyond the post’s area, be it above or beside', async () => {
    const cadre = await t.signIn('village');
    for (const area of ['330881', '330881002', '330881002204', '330802'])
      expect((await cadre.get(`/gather/quality?area=${area}`)).statusCode).toBe(403);
    const elsewhere = await t.signIn('village2');
    expect((await qualityFor(elsewhere)).sources).toEqual([]);
  });

  it.each(['grid', 'sysadmin', 'auditor', 'secadmin'])('not %s', async (username) => {
    const caller = await t.signIn(username);
    expect((await caller.get('/gather/quality')).statusCode).toBe(403);
  });
});
