import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withClient } from '../../../server/database/connect.ts';
import { type Caller, startApp, type TestApp } from '../../../tests/support/app.ts';
import type { Building, BuildingFile } from './contract.ts';

const village = '330881002205';
const grid = `${village}001`;
const community = '330802008001';

let t: TestApp;
let cadre: Caller;
let worker: Caller;
beforeAll(async () => {
  t = await startApp();
  cadre = await t.signIn('village');
  worker = await t.signIn('grid');
});
afterAll(() => t.close());

const list = async (caller: Caller, code = grid, query = ''): Promise<Building[]> =>
  (await caller.get(`/areas/${code}/buildings${query}`)).json().items;
const add = (caller: Caller, body: object) =>
  caller.send('POST', '/buildings', { area: grid, kind: 'building', ...body });
const fieldOf = (answer: { json(): { errors: { field: string }[] } }) =>
  answer.json().errors[0]?.field;

describe('from the first brick to the last', () => {
  let yard: string;
  let house: string;
  let dwelling: string;

  it('a grid worker records a compound and a building in it', async () => {
    expect(await list(worker)).toEqual([]);
    const made = await add(worker, { kind: 'compound', name: ' 彭里新村 ' });
    expect(made.statusCode).toBe(201);
    yard = made.json().id;
    const id = randomUUID();
    const body = { id, name: '10幢', parent: yard, floors: 6, units: 2, at: [118.6021, 28.7012] };
    const key = { 'idempotency-key': 'building-1' };
    const first = await worker.send(
      'POST',
      '/buildings',
      { area: grid, kind: 'building', ...body },
      key,
    );
    const again = await worker.send(
      'POST',
      '/buildings',
      { area: grid, kind: 'building', ...body },
      key,
    );
    expect([first.statusCode, again.statusCode]).toEqual([201, 201]);
    expect(again.json()).toEqual(first.json());
    house = first.json().id;
    expect(house).toBe(id);
    await add(worker, { name: '9幢', parent: yard });
    expect((await list(cadre)).map(({ name, parent }) => [name, parent?.name ?? null])).toEqual([
      ['9幢', '彭里新村'],
      ['10幢', '彭里新村'],
      ['彭里新村', null],
    ]);
  });

  it('a dwelling names it; counts and lists follow', async () => {
    const [home] = await t.sql<{ housing: string; household: string }>(
      `select housing, household from household_housing where area = ${grid} and kind = 'lives' and until is null order by housing limit 1`,
    );
    dwelling = home?.housing ?? '';
    const { version } = (await worker.get(`/housing/${dwelling}`)).json();
    const put = await worker.send(
      'PUT',
      `/housing/${dwelling}/building`,
      { building: house, reason: '入户核实' },
      { 'if-match': `"${version}"` },
    );
    expect(put.json()).toEqual({ id: dwelling, version: version + 1 });
    expect((await worker.get(`/housing/${dwelling}`)).json().building).toEqual({
      id: house,
      name: '彭里新村 10幢',
    });
    const counts = (await list(cadre)).map((one) => [one.name, one.housing, one.households]);
    expect(counts).toEqual([
      ['9幢', 0, 0],
      ['10幢', 1, 1],
      ['彭里新村', 1, 1],
    ]);
    for (const id of [house, yard]) {
      const households = (await cadre.get(`/households?building=${id}&count=exact`)).json();
      expect(households).toMatchObject({ items: [{ id: home?.household }], total: 1 });
      const housing = (await cadre.get(`/housing?building=${id}&area=${grid}`)).json();
      expect(housing.items).toMatchObject([{ id: dwelling, building: { id: house } }]);
    }
    const people = (await cadre.get(`/residents?building=${house}`)).json().items;
    expect(people.length).toBeGreaterThan(0);
    expect(new Set(people.map((one: { household: { id: string } }) => one.household.id))).toEqual(
      new Set([home?.household]),
    );
    // What was said of the dwelling stands in its history, with who and why.
    const { items } = (await cadre.get(`/housing/${dwelling}/changes`)).json();
    expect(items[0]).toMatchObject({
      kind: 'changed',
      item: 'building',
      before: null,
      after: '彭里新村 10幢',
      actor: '周网格',
      reason: '入户核实',
    });
  });

  it('a new dwelling is put into it at once', async () => {
    const made = await worker.send('POST', '/housing', {
      area: grid,
      items: { address: '彭里新村10幢1单元' },
      building: house,
    });
    expect(made.statusCode).toBe(201);
    expect((await worker.get(`/housing/${made.json().id}`)).json().building.id).toBe(house);
    const elsewhere = await worker.send('POST', '/housing', {
      area: grid,
      items: { address: '别处' },
      building: randomUUID(),
    });
    expect([elsewhere.statusCode, fieldOf(elsewhere)]).toEqual([400, 'building']);
  });

  it('an edit needs the version, and keeps what was before', async () => {
    t.clock.now = new Date(t.clock.now.getTime() + 60_000);
    const { version } = (await worker.get(`/buildings/${house}`)).json<BuildingFile>();
    const edit = (body: object, headers: Record<string, string> = {}) =>
      worker.send('PATCH', `/buildings/${house}`, { reason: '复核', ...body }, headers);
    expect((await edit({ floors: 7 })).statusCode).toBe(428);
    const done = await edit({ floors: 7, at: null }, { 'if-match': `"${version}"` });
    expect(done.json().version).toBe(version + 1);
    expect((await edit({ floors: 8 }, { 'if-match': `"${version}"` })).statusCode).toBe(412);
    // Nothing new is no edit.
    const same = await edit({ floors: 7 }, { 'if-match': `"${version + 1}"` });
    expect(same.json().version).toBe(version + 1);
    const file = (await worker.get(`/buildings/${house}`)).json<BuildingFile>();
    expect(file).toMatchObject({ floors: 7, units: 2, at: null, version: version + 1 });
    expect(file.changes).toMatchObject([
      {
        kind: 'edited',
        before: { floors: 6, at: [118.6021, 28.7012] },
        after: { floors: 7, at: null },
        reason: '复核',
        by: '周网格',
      },
      { kind: 'added', after: { name: '10幢', floors: 6 } },
    ]);
  });

  it.each([
    ['a name of blanks', { name: '  ' }, 'name'],
    ['too many floors', { name: '甲', floors: 900 }, 'floors'],
    ['latitude first', { name: '甲', at: [28.7, 118.6] }, 'at'],
    ['a compound that is none', { name: '甲', parent: randomUUID() }, 'parent'],
    ['an area that is no grid', { name: '甲', area: '330881' }, 'area'],
  ])('%s is refused', async (_name, body, field) => {
    const answer = await add(worker, body);
    expect(answer.statusCode).toBe(400);
    expect(fieldOf(answer)).toContain(field);
  });

  it('the same name is refused beside it and not in another yard', async () => {
    expect(fieldOf(await add(worker, { name: '10幢', parent: yard }))).toBe('name');
    expect((await add(worker, { name: '10幢' })).statusCode).toBe(201);
  });

  it('is retired when nothing names it any more, and then not edited', async () => {
    const version = async (id: string) => (await cadre.get(`/buildings/${id}`)).json().version;
    const retire = async (id: string, more: object = {}) =>
      cadre.send(
        'POST',
        `/buildings/${id}/retirement`,
        { reason: '已拆除', ...more },
        { 'if-match': `"${await version(id)}"` },
      );
    expect((await retire(house)).statusCode).toBe(409);
    expect((await retire(yard)).json().detail).toContain('2 栋楼');
    for (const { id } of (await cadre.get(`/housing?building=${house}`)).json().items) {
      const { version: held } = (await cadre.get(`/housing/${id}`)).json();
      await cadre.send(
        'PUT',
        `/housing/${id}/building`,
        { building: null, reason: '拆迁' },
        { 'if-match': `"${held}"` },
      );
    }
    expect(fieldOf(await retire(house, { on: '2099-01-01' }))).toBe('on');
    expect((await retire(house, { on: '2026-06-01' })).statusCode).toBe(200);
    expect((await list(cadre)).map(({ id }) => id)).not.toContain(house);
    const all = await list(cadre, grid, '?retired=true');
    expect(all.find(({ id }) => id === house)?.retiredOn).toBe('2026-06-01');
    const edit = await cadre.send(
      'PATCH',
      `/buildings/${house}`,
      { floors: 3, reason: '更正' },
      { 'if-match': `"${await version(house)}"` },
    );
    expect(edit.statusCode).toBe(409);
    const { version: held } = (await cadre.get(`/housing/${dwelling}`)).json();
    const back = await cadre.send(
      'PUT',
      `/housing/${dwelling}/building`,
      { building: house, reason: '误' },
      { 'if-match': `"${held}"` },
    );
    expect(fieldOf(back)).toBe('building');
  });
});

describe('who sees and writes it', () => {
  it('nobody of another area, nor administrators, nor those who keep no files', async () => {
    const made = (await add(cadre, { area: `${village}002`, name: '村口楼' })).json();
    const path = `/buildings/${made.id}`;
    expect((await worker.get(path)).statusCode).toBe(404);
    expect((await worker.get(`/areas/${village}002/buildings`)).statusCode).toBe(403);
    expect(await list(worker, village)).not.toContainEqual(
      expect.objectContaining({ id: made.id }),
    );
    expect(fieldOf(await add(worker, { area: `${village}002`, name: '越界' }))).toBe('area');
    const body = [{ reason: '改', floors: 2 }, { 'if-match': '"1"' }] as const;
    expect((await worker.send('PATCH', path, ...body)).statusCode).toBe(404);
    const county = await t.signIn('county');
    expect((await county.get(path)).statusCode).toBe(200);
    expect((await county.send('PATCH', path, ...body)).statusCode).toBe(403);
    const civil = await t.signIn('civil');
    expect((await civil.send('PATCH', path, ...body)).statusCode).toBe(403);
    const system = await t.signIn('sysadmin');
    expect((await system.get(path)).statusCode).toBe(403);
  });

  it('a dwelling takes no building of another grid, whoever asks', async () => {
    const made = (await add(cadre, { area: `${village}003`, name: '三格楼' })).json();
    const [home] = await t.sql<{ id: string; version: number }>(
      `select id, version from housing where area = ${grid} limit 1`,
    );
    const put = await cadre.send(
      'PUT',
      `/housing/${home?.id}/building`,
      { building: made.id, reason: '误' },
      { 'if-match': `"${home?.version}"` },
    );
    expect([put.statusCode, fieldOf(put)]).toEqual([400, 'building']);
  });

  it('the history is added to and never changed', async () => {
    await withClient(t.server, async (client) => {
      for (const statement of [
        `update building_change set reason = ''`,
        'delete from building_change',
        'delete from building',
      ])
        await expect(client.query(statement)).rejects.toThrow(/permission denied/);
    });
  });
});

describe('the demo community', () => {
  it('has compounds and buildings in each grid, and every dwelling in one of its own grid', async () => {
    const caller = await t.signIn('community');
    const all = await list(caller, community);
    for (const number of [1, 2, 3, 4]) {
      const own = all.filter(({ area }) => area.code === `${community}00${number}`);
      expect(own.filter(({ kind }) => kind === 'compound').length).toBe(2);
      expect(own.filter(({ kind }) => kind === 'building').length).toBeGreaterThan(5);
    }
    const [stray] = await t.sql(
      `select (count(*) filter (where d.building is null))::int as none,
              (count(*) filter (where b.area <> d.area))::int as apart, (count(*) > 500)::boolean as many
         from housing d left join building b on b.county = d.county and b.id = d.building
        where d.area between ${community}000 and ${community}999`,
    );
    expect(stray).toEqual({ none: 0, apart: 0, many: true });
    const built = all.filter(({ kind }) => kind === 'building');
    const sum = (these: Building[]) => these.reduce((n, { households }) => n + households, 0);
    const [households] = await t.sql<{ n: number }>(
      `select count(*)::int as n from household where area between ${community}000 and ${community}999`,
    );
    expect(sum(built)).toBe(households?.n);
    expect(sum(all.filter(({ kind }) => kind === 'compound'))).toBe(households?.n);
  });
});
