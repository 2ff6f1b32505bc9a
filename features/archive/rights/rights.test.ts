import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, startApp, type TestApp } from '../../../tests/support/app.ts';
import { firstSignIn, makeAccount } from '../../../tests/support/steps.ts';
import { photo, upload } from '../../../tests/support/uploads.ts';

let t: TestApp;
let village: Caller;
let grid: Caller;
let township: Caller;
let elsewhere: Caller;
let line: Caller;

const area = '330881002205001';
const phone = '19900056781';
const citizenId = '990101196001012512';

beforeAll(async () => {
  t = await startApp();
  [village, grid, township, elsewhere] = [
    await t.signIn('village'),
    await t.signIn('grid'),
    await t.signIn('township'),
    await t.signIn('village2'),
  ];
  const post = { role: 'township_officer', area: '330881002', department: 'civil-affairs' };
  const { password } = await makeAccount(t, 'line', post);
  line = await firstSignIn(t, 'line', password);
});
afterAll(() => t.close());

async function person(items: object = {}): Promise<string> {
  const made = await village.send('POST', '/residents', {
    area,
    items: { name: '周权利', phone, ...items },
  });
  expect(made.statusCode, made.body).toBe(201);
  return made.json().id;
}

const entries = (subject: string) =>
  t.sql<{ action: string; item: string | null; purpose: string | null }>(
    'select action, item, purpose from audit_entry where subject = $1 order by xid, id',
    [subject],
  );

describe('a copy of the whole file', () => {
  it('holds every item with its lineage, the history, documents and who looked; on record', async () => {
    const id = await person({ citizen_id: citizenId, chronic_illness: ['I10'] });
    const version = String((await village.get(`/residents/${id}`)).headers.etag);
    await village.send(
      'PATCH',
      `/residents/${id}`,
      { items: { phone: '19900056782' }, reason: '换了号码' },
      { 'if-match': version },
    );
    await upload(t.app, village, `/residents/${id}`, { kind: 'consent' }, await photo());
    const answer = await village.get(`/residents/${id}/copy?purpose=rights`);
    expect(answer.statusCode, answer.body).toBe(200);
    expect(answer.headers['content-disposition']).toContain(`resident-${id}.json`);
    const copy = answer.json();
    const values = Object.fromEntries(
      copy.items.map(({ key, value }: { key: string; value: unknown }) => [key, value]),
    );
    expect(values).toMatchObject({
      name: '周权利',
      phone: '19900056782',
      citizen_id: citizenId,
      chronic_illness: ['I10'],
      birth: '1960-01-01',
    });
    expect(copy.items.find(({ key }: { key: string }) => key === 'phone')).toMatchObject({
      label: '联系电话',
      source: '村（社区）',
      asOf: '2026-06-15',
      enteredBy: '毛村干',
      kept: '迁出或死亡后三年',
    });
    expect(copy.history).toContainEqual(
      expect.objectContaining({
        key: 'phone',
        before: phone,
        after: '19900056782',
        reason: '换了号码',
        by: '毛村干',
      }),
    );
    expect(copy.documents).toEqual([
      expect.objectContaining({ kind: 'consent', label: expect.any(String), version: 1 }),
    ]);
    expect(copy.looks.map(({ action }: { action: string }) => action)).toContain('open_file');
    expect((await entries(id)).at(-1)).toEqual({
      action: 'copy_file',
      item: null,
      purpose: 'rights',
    });
  });

  it('is refused without the purpose, to who does not see all, and beyond the village', async () => {
    const id = await person();
    const ask = async (caller: Caller, purpose = '?purpose=rights') => {
      const { statusCode, json } = await caller.get(`/residents/${id}/copy${purpose}`);
      return `${statusCode} ${json().type}`;
    };
    expect(await ask(village, '')).toContain('400');
    expect(await ask(village, '?purpose=visit')).toBe('400 /problems/invalid');
    expect(await ask(grid)).toBe('403 /problems/forbidden');
    expect(await ask(line)).toBe('403 /problems/forbidden');
    expect(await ask(await t.signIn('county'))).toBe('403 /problems/forbidden');
    expect(await ask(await t.signIn('sysadmin'))).toBe('403 /problems/forbidden');
    expect(await ask(elsewhere)).toBe('404 /problems/not-found');
    expect((await entries(id)).filter(({ action }) => action === 'copy_file')).toEqual([]);
  });
});

const asked = {
  asker: 'self',
  item: 'phone',
  value: '19900056799',
  wrong: '号码早已不用',
  proof: '本人当面说明，出示新卡',
};

async function askFor(id: string, more: object = {}, caller = village) {
  return caller.send('POST', `/residents/${id}/corrections`, { ...asked, ...more });
}
const decide = (id: string, decision: object, caller = village) =>
  caller.send('POST', `/corrections/${id}/decision`, decision);
const listed = async (caller: Caller, query = '') =>
  (await caller.get(`/rights-requests${query}`)).json().items as Record<string, unknown>[];
const itemOf = async (id: string, item: string) =>
  (await village.send('POST', `/residents/${id}/reveals`, { item, purpose: 'rights' })).json().view
    ?.value;

describe('a correction', () => {
  it('is asked with proof, due in 15 working days, opened, accepted, and then stands in the file', async () => {
    const id = await person();
    const made = await askFor(id);
    expect(made.statusCode, made.body).toBe(201);
    // 15 working days from Monday 15 June 2026, with the Dragon Boat Festival between.
    expect(made.json()).toMatchObject({ dueOn: '2026-07-07', provisional: false });
    const correction = made.json().id;
    expect(await listed(village, `?resident=${id}`)).toEqual([
      expect.objectContaining({
        kind: 'correction',
        id: correction,
        resident: { id, name: '周权利' },
        item: 'phone',
        asker: 'self',
        askedBy: '毛村干',
        overdue: false,
        state: 'open',
        mayDecide: true,
      }),
    ]);
    expect((await village.get(`/corrections/${correction}`)).statusCode).toBe(403);
    const shown = await village.get(`/corrections/${correction}?purpose=record_correction`);
    expect(shown.json()).toEqual({
      id: correction,
      item: 'phone',
      current: { value: phone, source: 'village', asOf: '2026-06-15' },
      value: '19900056799',
      wrong: asked.wrong,
      proof: asked.proof,
      answer: null,
    });
    const decided = await decide(correction, { accept: true });
    expect(decided.json()).toEqual({ id: correction, state: 'accepted', outcome: 'corrected' });
    expect(await itemOf(id, 'phone')).toBe('19900056799');
    const changes = (await village.get(`/residents/${id}/changes`)).json().items;
    expect(changes).toContainEqual(
      expect.objectContaining({ item: 'phone', reason: '本人申请更正个人信息' }),
    );
    expect(await listed(village)).not.toContainEqual(expect.objectContaining({ id: correction }));
    expect((await listed(village, `?resident=${id}&state=all`))[0]).toMatchObject({
      state: 'accepted',
      outcome: 'corrected',
      decidedBy: '毛村干',
    });
    expect((await entries(id)).map(({ action }) => action)).toEqual(
      expect.arrayContaining(['ask_correction', 'open_correction', 'accept_correction', 'edit']),
    );
    expect((await decide(correction, { accept: true })).statusCode).toBe(409);
  });

  it('is refused with a reason that the resident can be told, and changes nothing', async () => {
    const id = await person();
    const correction = (await askFor(id)).json().id;
    const silent = await decide(correction, { accept: false });
    expect(silent.statusCode).toBe(400);
    expect(silent.json().errors[0].field).toBe('answer');
    const refused = await decide(correction, {
      accept: false,
      answer: '经核实，原号码仍由本人使用',
    });
    expect(refused.json()).toMatchObject({ state: 'refused', outcome: null });
    expect(await itemOf(id, 'phone')).toBe(phone);
    const shown = await village.get(`/corrections/${correction}?purpose=rights`);
    expect(shown.json().answer).toBe('经核实，原号码仍由本人使用');
  });

  it('of what an authority says stands beside it; of what stands so already changes nothing', async () => {
    const id = await person({ skills: '木工' });
    await t.sql(
      `update resident_file set facts = jsonb_set(facts, '{name,s}', '"public-security"') where id = $1`,
      [id],
    );
    const name = (await askFor(id, { item: 'name', value: '周权力' })).json().id;
    expect((await decide(name, { accept: true })).json().outcome).toBe('beside');
    const file = (await village.get(`/residents/${id}`)).json();
    expect(file.name).toBe('周权利');
    expect(file.conflicts[0]).toMatchObject({ item: 'name', value: '周权力' });
    const skills = (await askFor(id, { item: 'skills', value: '木工' })).json().id;
    expect((await decide(skills, { accept: true })).json().outcome).toBe('same');
  });

  it('is checked as an edit is, when it is asked', async () => {
    const id = await person();
    for (const [wrong, field] of [
      [{ value: '123' }, 'items.phone'],
      [{ item: 'nonsense' }, 'items.nonsense'],
      [{ item: 'name', value: null }, 'items.name'],
      [{ proof: ' ' }, '/proof'],
      [{ asker: 'neighbour' }, '/asker'],
    ] as const) {
      const answer = await askFor(id, wrong);
      expect(`${answer.statusCode} ${answer.json().errors?.[0].field}`).toMatch(
        new RegExp(`^400 .*${field.replace('/', '')}`),
      );
    }
    expect(await listed(village, `?resident=${id}`)).toEqual([]);
  });

  it('is closed to another village, to roles that do not keep the item, and to those who read only', async () => {
    const id = await person();
    expect((await askFor(id, {}, elsewhere)).statusCode).toBe(404);
    expect((await askFor(id, { item: 'ethnic', value: '01' }, grid)).statusCode).toBe(400);
    for (const name of ['county', 'sysadmin', 'auditor']) {
      expect((await askFor(id, {}, await t.signIn(name))).statusCode).toBe(403);
    }
    const health = (await askFor(id, { item: 'chronic_illness', value: ['E14'] })).json().id;
    // The grid worker, who does not keep items of health, does not learn that one is in question.
    for (const caller of [grid, line, elsewhere, await t.signIn('civil')]) {
      expect((await caller.get(`/corrections/${health}?purpose=rights`)).statusCode).toBe(404);
      expect((await decide(health, { accept: true }, caller)).statusCode).toBe(404);
      expect(JSON.stringify(await listed(caller))).not.toContain(health);
    }
    const county = await t.signIn('county');
    expect((await decide(health, { accept: true }, county)).statusCode).toBe(403);
    expect(await listed(township)).toContainEqual(expect.objectContaining({ id: health }));
    expect((await decide(health, { accept: true }, township)).json().outcome).toBe('corrected');
  });

  it('that is past its day is marked, and stands first', async () => {
    const id = await person();
    const correction = (await askFor(id)).json().id;
    t.clock.now = new Date('2026-07-08T02:00:00Z');
    village = await t.signIn('village');
    expect((await listed(village))[0]).toMatchObject({ overdue: true });
    expect(await listed(village, `?resident=${id}`)).toEqual([
      expect.objectContaining({ id: correction, overdue: true }),
    ]);
  });
});

describe('an application is withdrawn', () => {
  beforeAll(async () => {
    township = await t.signIn('township');
    elsewhere = await t.signIn('village2');
  });
  const correction = async (id: string, by = village): Promise<string> => {
    const asked = await by.send('POST', `/residents/${id}/corrections`, {
      asker: 'self',
      item: 'skills',
      value: '书法',
      wrong: '没有登记',
      proof: '本人说明',
    });
    expect(asked.statusCode, asked.body).toBe(201);
    return asked.json().id;
  };
  const deletion = async (id: string) =>
    village.send('POST', `/residents/${id}/deletion`, {
      asker: 'self',
      ground: 'consent_withdrawn',
    });
  const listed = async (id: string, by = village) =>
    (await by.get(`/rights-requests?resident=${id}&state=all`)).json().items;

  it('by who put it on record; it stays there as withdrawn, and can be asked for anew', async () => {
    const id = await person();
    const paths = [
      `/corrections/${await correction(id)}`,
      `/deletions/${(await deletion(id)).json().id}`,
    ];
    for (const one of await listed(id)) expect(one.mayWithdraw).toBe(true);
    for (const path of paths) {
      expect((await village.send('POST', `${path}/withdrawal`)).statusCode).toBe(204);
      const again = await village.send('POST', `${path}/withdrawal`);
      expect([again.statusCode, again.json().detail]).toEqual([409, '这项申请已经办结']);
    }
    for (const one of await listed(id))
      expect(one).toMatchObject({ state: 'withdrawn', mayDecide: false, mayWithdraw: false });
    // What was withdrawn is not decided any more, and nothing of the file has changed.
    const decided = await township.send('POST', `${paths[1]}/decision`, { accept: true });
    expect(decided.statusCode).toBe(409);
    expect((await village.get(`/residents/${id}`)).json().items.skills).toBeUndefined();
    expect((await deletion(id)).statusCode).toBe(201);
    const acts = (await entries(id)).map(({ action }) => action);
    expect(acts).toContain('withdraw_correction');
    expect(acts).toContain('withdraw_deletion');
  });

  it('by nobody else, and not once it was decided', async () => {
    const id = await person();
    const own = await correction(id);
    const asked = (await deletion(id)).json().id;
    for (const path of [`/corrections/${own}`, `/deletions/${asked}`]) {
      const refused = await township.send('POST', `${path}/withdrawal`);
      expect([refused.statusCode, refused.json().detail]).toEqual([
        403,
        '申请由登记人撤回：请联系登记人，或按程序办结',
      ]);
      expect((await elsewhere.send('POST', `${path}/withdrawal`)).statusCode).toBe(404);
    }
    for (const one of await listed(id, township)) expect(one.mayWithdraw).toBe(false);
    // Decided is decided.
    await township.send('POST', `/deletions/${asked}/decision`, {
      accept: false,
      answer: '尚在保存期内',
    });
    expect((await village.send('POST', `/deletions/${asked}/withdrawal`)).statusCode).toBe(409);
  });
});
