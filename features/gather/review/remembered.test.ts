import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createVault } from '../../../server/crypto.ts';
import { sql } from '../../../server/database/sql.ts';
import { type Caller, startApp, type TestApp } from '../../../tests/support/app.ts';
import { type Gathering, gatheringIn, idOf } from '../../../tests/support/gathered.ts';
import { freshenPersons } from '../match/persons.ts';
import { linkById } from '../match/run.ts';
import { applyDecisions, decisionKey, type Identifying } from './remembered.ts';

const nothing: Identifying = {
  name: null,
  birth: null,
  sex: null,
  citizen: null,
  repairs: null,
  phone: null,
  address: null,
  household_number: null,
  guardian: null,
  guardian_phone: null,
  code: null,
};

describe('the key of a row', () => {
  const vault = createVault({ data: Buffer.alloc(32, 1), blind: Buffer.alloc(32, 2) });
  const other = createVault({ data: Buffer.alloc(32, 1), blind: Buffer.alloc(32, 3) });
  const row = { ...nothing, name: '柴测甲', citizen: 'abc', birth: '1960-05-12' };

  it('is the same for the same row, another for any other mark, and nobody’s without the key', () => {
    const key = decisionKey(vault, row);
    expect(key).toHaveLength(12);
    expect(decisionKey(vault, { ...row })).toEqual(key);
    for (const mark of ['name', 'birth', 'sex', 'citizen', 'phone', 'address'] as const)
      expect(decisionKey(vault, { ...row, [mark]: 'x' })).not.toEqual(key);
    expect(decisionKey(other, row)).not.toEqual(key);
  });

  it('does not depend on the order in which a spoiled id was repaired', () => {
    const spoiled = { ...row, citizen: null, repairs: ['b', 'a'] };
    expect(decisionKey(vault, spoiled)).toEqual(
      decisionKey(vault, { ...spoiled, repairs: ['a', 'b'] }),
    );
  });

  it.each([
    ['a name', { name: '柴测甲' }],
    ['a name and a sex', { name: '柴测甲', sex: '1' }],
    ['a name and a birth', { name: '柴测甲', birth: '1960-05-12' }],
    ['a name and a guardian’s name', { name: '柴测甲', guardian: '王平' }],
    ['an id without a name', { citizen: 'abc' }],
  ])('is not made of %s', (_what, marks) => {
    expect(decisionKey(vault, { ...nothing, ...marks })).toBeNull();
  });
});

describe('a later batch', () => {
  let t: TestApp;
  let g: Gathering;
  let village: Caller;
  let resident: string;
  const father = idOf('99080119600512111');
  const header = '姓名,证件号码,联系电话,慢病,家庭医生,建档日期';
  const stranger = `欧阳远山,${father},19900000077`;
  const own = `柴测甲,${father},19900000078`;

  beforeAll(async () => {
    t = await startApp();
    g = gatheringIn(t);
    village = await t.signIn('village');
    const register = await g.gather('public-security', [
      '户号,姓名,性别,民族,公民身份号码,与户主关系,出生日期,户籍地址,行政区划,更新日期',
      `HKT1,柴测甲,男,汉族,${father},户主,1960-05-12,彭里村3组5号,330881002205,2026-03-01`,
    ]);
    resident = (await g.row(register, 1)).resident ?? '';
  });
  afterAll(async () => {
    await g.close();
    await t.close();
  });

  const act = async (batch: number, path: string, body: object): Promise<void> => {
    const { version } = await g.row(batch, 1);
    const answer = await village.send('POST', `/gather/rows/${batch}/1/${path}`, body, {
      'if-match': `"${version}"`,
      'idempotency-key': randomUUID(),
    });
    expect(answer.statusCode).toBe(200);
    expect(answer.json().remembered).toBe(true);
    await t.worker().drain();
  };

  /** The same file of a later month up to the phase that follows the ids: staged, linked by ids, remembered ones decided. */
  async function later(
    line: string,
    source = 'health',
  ): Promise<{ decided: number; row: object[] }> {
    const batch = await g.gather(source, [header, `${line},,后来的医生${randomUUID()},2026-06-01`]);
    const vault = createVault(t.keys);
    return g.transaction(async (tx) => {
      await tx.count(sql`delete from gather_link where batch = ${batch}`);
      const [staged] = await tx.rows(sql<Identifying>`
        select name, birth::text as birth, sex, citizen, repairs, phone, address, household_number, guardian, guardian_phone, code
          from gather_row where batch = ${batch}`);
      const key = staged && decisionKey(vault, staged);
      await tx.count(sql`update gather_row set decision_key = ${key} where batch = ${batch}`);
      await freshenPersons(tx, vault, null, 10_000);
      await linkById(tx, { batch, lo: 0, hi: 1e15, from: 1, to: 10 });
      const decided = await applyDecisions(tx, batch);
      const row = await tx.rows(sql<object>`
        select decision, resident, account is not null as told_by from gather_link where batch = ${batch}`);
      return { decided, row };
    });
  }

  it('links the row that an official linked, without asking', async () => {
    const batch = await g.gather('health', [header, `${stranger},,甲医生,2026-02-02`]);
    expect((await g.row(batch, 1)).decision).toBe('ask');
    await act(batch, 'decision', { decision: 'linked', resident });
    const again = await later(stranger);
    expect(again.decided).toBe(1);
    expect(again.row).toEqual([{ decision: 'linked', resident, told_by: true }]);
  });

  it('does not know a row that differs', async () => {
    const again = await later(`欧阳远山,${father},19900000099`);
    expect(again.decided).toBe(0);
  });

  it('keeps apart what an official took apart, whatever the id says', async () => {
    const batch = await g.gather('health', [header, `${own},,乙医生,2026-02-03`]);
    expect((await g.row(batch, 1)).decision).toBe('id');
    await act(batch, 'separation', { to: 'queue' });
    expect((await later(own)).row).toMatchObject([{ decision: 'ask', resident: null }]);
    await act(batch, 'decision', { decision: 'parted' });
    expect((await later(own)).row).toMatchObject([{ decision: 'parted', resident: null }]);
  });

  it('holds nothing of the row in the clear', async () => {
    const rows = await t.sql<{ row: string }>(
      'select to_jsonb(d)::text as row from gather_decision d',
    );
    expect(rows.length).toBeGreaterThan(0);
    for (const { row } of rows) {
      expect(row).not.toContain('欧阳');
      expect(row).not.toContain(father);
      expect(row).not.toContain('1990000');
    }
  });

  it('asks again about a resident whose file is deleted, and no batch names whom it was about', async () => {
    await t.sql('select erase_gathered($1)', [resident]);
    expect(await t.sql('select from gather_decision')).toEqual([]);
    expect(await t.sql('select from gather_act')).toEqual([]);
    const named = await t.sql(
      "select from gather_link where $1 in (resident, subject) or candidates::text like '%' || $1::text || '%'",
      [resident],
    );
    expect(named).toEqual([]);
    expect((await later(stranger)).decided).toBe(0);
  });
});

describe('what was decided', () => {
  let t: TestApp;
  let g: Gathering;
  beforeAll(async () => {
    t = await startApp();
    g = gatheringIn(t);
  });
  afterAll(async () => {
    await g.close();
    await t.close();
  });

  it('goes along when areas are re-coded', async () => {
    const found = await t.sql(
      "select name, kind, tie from recode_tables() where name like 'gather_act' or name like 'gather_decision' order by name",
    );
    expect(found).toEqual([
      { name: 'gather_act', kind: 'beside', tie: 'subject' },
      { name: 'gather_decision', kind: 'beside', tie: 'subject' },
    ]);
  });

  it('follows a resident to another village, and to another county', async () => {
    const id = idOf('99080119600512111');
    const header = '姓名,证件号码,联系电话,慢病,家庭医生,建档日期';
    const register = await g.gather('public-security', [
      '户号,姓名,性别,民族,公民身份号码,与户主关系,出生日期,户籍地址,行政区划,更新日期',
      `,柴测甲,男,汉族,${id},,1960-05-12,彭里村3组5号,330881002205,2026-03-01`,
    ]);
    const resident = (await g.row(register, 1)).resident;
    const batch = await g.gather('health', [header, `欧阳远山,${id},19900000077,,甲,2026-02-02`]);
    const village = await t.signIn('village');
    const decided = await village.send(
      'POST',
      `/gather/rows/${batch}/1/decision`,
      { decision: 'linked', resident },
      { 'if-match': '"1"' },
    );
    expect(decided.statusCode).toBe(200);
    await t.worker().drain();
    const places = () =>
      t.sql(
        `select 'link' as of, county, area::text as area from gather_link where subject = $1 and batch = $2
         union all select 'act', county, area::text from gather_act where subject = $1
         union all select 'decision', county, area::text from gather_decision where subject = $1 order by 1`,
        [resident, batch],
      );
    for (const [from, to] of [
      [330881, 330881002206000],
      [330881, 330802013202000],
    ] as const) {
      await t.sql("select archive_carry('resident', $1, $2, $3)", [resident, from, to]);
      const county = Math.floor(to / 1e9);
      expect(await places()).toEqual(
        ['act', 'decision', 'link'].map((of) => ({ of, county, area: String(to) })),
      );
    }
  });
});
