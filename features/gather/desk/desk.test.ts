import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, startApp, type TestApp } from '../../../tests/support/app.ts';
import {
  gatherFile,
  handIn,
  healthFile,
  inventedId,
  type Known,
  knownPeople,
  officer,
  startGathering,
} from '../../../tests/support/gather.ts';

let t: TestApp;
let health: Caller;
let people: Known[];
beforeAll(async () => {
  t = await startApp();
  health = await officer(t, 'health');
  people = await knownPeople(t, 6);
});
afterAll(() => t.close());

const rowOf = ({ name, citizen }: Known, doctor: string): string[] => [
  name,
  citizen,
  '',
  '高血压',
  doctor,
  '2026-03-01',
];

const doctorOf = async (id: string): Promise<string | undefined> =>
  (
    await t.sql<{ doctor: string | undefined }>(
      `select facts -> 'family_doctor' ->> 'v' as doctor from resident_health where id = $1`,
      [id],
    )
  )[0]?.doctor ?? undefined;

const fileOf = (doctor: string): string =>
  healthFile([
    ...people.slice(0, 3).map((person) => rowOf(person, doctor)),
    ['司徒无名', inventedId('1971-01-01', 7), '', '', doctor, '2026-03-01'],
    [people[3]?.name ?? '', people[3]?.citizen ?? '', '12', '说不清的病', doctor, '05/06/2021'],
    ['', '', '', '', doctor, '2026-03-01'],
  ]);

describe('a file that is handed in', () => {
  it('is told how it is written, and which profile fits; nothing is gathered yet', async () => {
    const answer = await handIn(t, health, '卫健 三月.csv', fileOf('甲医生'));
    expect(answer.statusCode, answer.body).toBe(201);
    const look = answer.json();
    expect(look).toMatchObject({
      fileName: '卫健 三月.csv',
      same: null,
      format: { kind: 'csv', encoding: 'utf-8', separator: ',', titleRows: 0 },
      hasHeader: true,
      rows: 6,
      fits: [{ profile: 'health', fit: 'right', words: null }],
    });
    expect(look.columns.map(({ column }: { column: string }) => column)).toEqual(
      fileOf('').split('\n')[0]?.split(','),
    );
    expect((await health.get('/gather/batches')).json().items).toEqual([]);
  });

  it('of another shape is refused by its profile in words that name the columns', async () => {
    const handed = await handIn(t, health, 'x.csv', '姓名,单位\n周一,一厂\n');
    expect(handed.json().fits[0]).toMatchObject({ fit: 'wrong' });
    const answer = await health.send('POST', '/gather/batches', {
      file: handed.json().id,
      profile: 'health',
    });
    expect(answer.statusCode).toBe(400);
    expect(answer.json().detail).toContain('缺少列：证件号码');
    expect(answer.json().errors[0]).toMatchObject({ field: 'profile', code: 'header' });
  });

  it.each([
    ['nothing', ''],
    ['an old workbook', Buffer.from('d0cf11e0a1b11ae1', 'hex')],
    ['cut short', `${healthFile([])}\n"never closed,`],
  ])('that is %s is refused, and nothing of it is kept', async (_what, content) => {
    const before = (await Array.fromAsync(t.files.list('gather'))).length;
    const answer = await handIn(t, health, 'x.xls', content);
    expect(answer.statusCode).toBe(400);
    expect(answer.json().errors[0].field).toBe('file');
    expect((await Array.fromAsync(t.files.list('gather'))).length).toBe(before);
    expect(await t.sql(`select from gather_file where file_name = 'x.xls'`)).toEqual([]);
  });

  it('of more than 2 GB is refused before it is read', async () => {
    const answer = await t.app.inject({
      method: 'POST',
      url: '/api/v1/gather/files',
      headers: {
        cookie: health.cookie,
        'content-type': 'multipart/form-data; boundary=x',
        'content-length': String(3 * 1024 ** 3),
      },
      payload: '--x--\r\n',
    });
    expect([answer.statusCode, answer.json().detail]).toEqual([
      413,
      expect.stringContaining('2 GB'),
    ]);
  });

  it('is no form at all', async () => {
    const answer = await health.send('POST', '/gather/files', { file: 'x' });
    expect(answer.statusCode).toBe(415);
  });

  it('can be read otherwise: rows above the header, another separator', async () => {
    const text = '三月份名册\n姓名|证件号码\n周一|x\n吴二|y\n';
    const handed = await handIn(t, health, 'x.csv', text);
    const again = await health.send('POST', `/gather/files/${handed.json().id}/look`, {
      format: { kind: 'csv', encoding: 'utf-8', separator: '|', titleRows: 1 },
    });
    expect(again.json()).toMatchObject({ titles: ['三月份名册'], rows: 2 });
    expect(again.json().columns.map(({ column }: { column: string }) => column)).toEqual([
      '姓名',
      '证件号码',
    ]);
  });

  it('is its officer’s alone, and a day’s', async () => {
    const elsewhere = await officer(t, 'health', '330802');
    const handed = await handIn(t, elsewhere, 'x.csv', fileOf('某'));
    const body = { file: handed.json().id, profile: 'health' };
    for (const other of [health, await t.signIn('civil')])
      expect((await other.send('POST', '/gather/batches', body)).statusCode).toBe(404);
    await t.sql(
      `update gather_file set created_at = created_at - interval '25 hours' where id = $1`,
      [body.file],
    );
    expect((await elsewhere.send('POST', '/gather/batches', body)).statusCode).toBe(404);
    const look = await elsewhere.send('POST', `/gather/files/${body.file}/look`, {
      format: { kind: 'csv', titleRows: 0 },
    });
    expect(look.json().detail).toContain('请重新上传');
  });
});

describe('a batch', () => {
  it('goes its way, tells what became of its rows, and is taken back', async () => {
    const before = await doctorOf(people[0]?.id ?? '');
    const batch = await gatherFile(t, health, 'health', fileOf('钱医生'));
    expect(batch).toMatchObject({
      source: 'health',
      state: 'done',
      staged: 6,
      aside: 1,
      linked: 4,
      unmatched: 1,
      by: 'ohealth330881先生',
      house: false,
      can: { pause: false, continue: false, undo: true, takeRejected: true },
    });
    expect(batch.steps.map(({ key, state }) => `${key} ${state}`)).toEqual([
      'staging done',
      'matching done',
      'merging done',
    ]);
    expect(await doctorOf(people[0]?.id ?? '')).toBe('钱医生');

    const reasons = (await health.get(`/gather/batches/${batch.number}/reasons`)).json();
    expect(reasons.rows).toEqual([{ code: 'no_key', words: expect.any(String), times: 1 }]);
    expect(reasons.cells).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ column: '慢病', code: 'unknown_code', times: 1 }),
        expect.objectContaining({ column: '建档日期', code: 'date_ambiguous', times: 1 }),
      ]),
    );
    expect(JSON.stringify(reasons)).not.toContain('说不清');

    const undone = await health.send('POST', `/gather/batches/${batch.number}/undoing`);
    expect(undone.statusCode, undone.body).toBe(202);
    await t.worker().drain();
    const after = (await health.get(`/gather/batches/${batch.number}`)).json();
    expect(after).toMatchObject({ state: 'undone', can: { undo: false } });
    expect(await doctorOf(people[0]?.id ?? '')).toBe(before);
    const again = await health.send('POST', `/gather/batches/${batch.number}/undoing`);
    expect(again.statusCode).toBe(409);
  });

  it('of the very same file is not made twice, unless the first was taken back', async () => {
    const first = await gatherFile(t, health, 'health', fileOf('孙医生'));
    const handed = await handIn(t, health, 'again.csv', fileOf('孙医生'));
    expect(handed.json().same).toBe(first.number);
    const body = { file: handed.json().id, profile: 'health' };
    const second = await health.send('POST', '/gather/batches', body);
    expect(second.statusCode).toBe(409);
    expect(second.json().detail).toContain(`第 ${first.number} 批`);
    await health.send('POST', `/gather/batches/${first.number}/undoing`);
    await t.worker().drain();
    expect((await health.send('POST', '/gather/batches', body)).statusCode).toBe(202);
    await t.worker().drain();
  });

  it('is started once, however often the call is repeated', async () => {
    const handed = await handIn(t, health, 'x.csv', fileOf('李医生'));
    const call = () =>
      health.send(
        'POST',
        '/gather/batches',
        { file: handed.json().id, profile: 'health' },
        { 'idempotency-key': 'gather-once' },
      );
    const first = await call();
    expect(first.statusCode).toBe(202);
    const second = await call();
    expect([second.statusCode, second.json()]).toEqual([202, first.json()]);
    await t.worker().drain();
  });

  it('can be paused, and cancelled; then it is gone on with, or undone', async () => {
    const { number, job } = await startGathering(t, health, 'health', fileOf('周医生'));
    const view = async () => (await health.get(`/gather/batches/${number}`)).json();
    expect(await view()).toMatchObject({
      state: 'queued',
      job,
      can: { pause: true, cancel: true, continue: false, undo: false },
    });
    expect((await health.send('POST', `/gather/batches/${number}/undoing`)).statusCode).toBe(409);
    await health.send('POST', `/jobs/${job}/pause`);
    expect(await view()).toMatchObject({ state: 'paused', can: { resume: true } });
    await health.send('POST', `/jobs/${job}/cancel`);
    expect(await view()).toMatchObject({ state: 'stopped', can: { continue: true, undo: true } });
    const on = await health.send('POST', `/gather/batches/${number}/continuation`);
    expect(on.statusCode, on.body).toBe(202);
    expect((await health.send('POST', `/gather/batches/${number}/continuation`)).statusCode).toBe(
      409,
    );
    await t.worker().drain();
    expect(await view()).toMatchObject({ state: 'done', linked: 4 });
    expect((await health.send('POST', `/gather/batches/${number}/continuation`)).statusCode).toBe(
      409,
    );
  });

  it('that stopped before its end is taken back too', async () => {
    const { number, job } = await startGathering(t, health, 'health', fileOf('吴医生'));
    await health.send('POST', `/jobs/${job}/cancel`);
    expect((await health.send('POST', `/gather/batches/${number}/undoing`)).statusCode).toBe(202);
    await t.worker().drain();
    expect((await health.get(`/gather/batches/${number}`)).json().state).toBe('undone');
  });

  it('of which no row can be used is refused whole, and says so in the reader’s words', async () => {
    const rows = Array.from({ length: 25 }, (_, n) => ['', '', '', '', `医生${n}`, '']);
    const batch = await gatherFile(t, health, 'health', healthFile(rows));
    expect(batch).toMatchObject({ state: 'refused', can: { undo: false, continue: false } });
    expect(batch.problem).toContain('没有一行可用');
  });

  it.each([
    ['a day to come', { day: '2030-01-01' }, 'day'],
    ['another department’s profile', { profile: 'education' }, 'profile'],
    ['no profile', { profile: 'nothing' }, 'profile'],
  ])('with %s is refused', async (_what, wrong, field) => {
    const handed = await handIn(t, health, 'x.csv', fileOf('冯医生'));
    const answer = await health.send('POST', '/gather/batches', {
      file: handed.json().id,
      profile: 'health',
      ...wrong,
    });
    expect(answer.statusCode).toBe(400);
    expect(answer.json().errors[0].field).toBe(field);
  });
});

describe('the list of batches', () => {
  it('goes page by page and by state', async () => {
    const first = (await health.get('/gather/batches?limit=2')).json();
    expect(first.items).toHaveLength(2);
    const next = (await health.get(`/gather/batches?limit=2&cursor=${first.next}`)).json();
    expect(next.items[0].number).toBeLessThan(first.items[1].number);
    const refused = (await health.get('/gather/batches?state=refused')).json();
    expect(refused.items.map(({ state }: { state: string }) => state)).toEqual(['refused']);
    expect((await health.get('/gather/batches?cursor=x')).statusCode).toBe(400);
  });
});
