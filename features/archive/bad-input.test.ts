import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, startApp, type TestApp } from '../../tests/support/app.ts';

let t: TestApp;
let village: Caller;
beforeAll(async () => {
  t = await startApp();
  village = await t.signIn('village');
});
afterAll(() => t.close());

const area = '330881002205001';
const add = (items: unknown, more: object = {}, language = '') =>
  village.send(
    'POST',
    '/residents',
    { area, items: items as object, ...more },
    language ? { 'accept-language': language } : {},
  );

describe('a value that cannot be is refused, naming the field and the fix', () => {
  const name = '周试';
  it.each<[string, object, string, string, string]>([
    [
      'a wrong check digit',
      { citizen_id: '990001195003051230' },
      'citizen_id',
      '公民身份号码：校验码应为 2，请核对第 18 位',
      'Citizen id: the check digit should be 2; compare the last one and all others',
    ],
    [
      'a citizen id of an impossible day',
      { citizen_id: '990001195002301234' },
      'citizen_id',
      '公民身份号码：第 7–14 位不是可能的出生日期，请核对',
      'Citizen id: digits 7 to 14 are not a possible birth date',
    ],
    [
      'a citizen id of tomorrow',
      { citizen_id: '99000120260616123X' },
      'citizen_id',
      '公民身份号码：第 7–14 位不是可能的出生日期，请核对',
      'Citizen id: digits 7 to 14 are not a possible birth date',
    ],
    [
      'a citizen id too short',
      { citizen_id: '9900011950' },
      'citizen_id',
      '公民身份号码：应为 18 位，请核对',
      'Citizen id: must have 18 characters',
    ],
    [
      'a day that does not exist',
      { birth: '2025-02-29' },
      'birth',
      '出生日期：2025-02-29 不存在，请核对月和日',
      'Birth date: 2025-02-29 does not exist; check month and day',
    ],
    [
      'a day to come',
      { birth: '2026-06-16' },
      'birth',
      '出生日期：不能晚于今天',
      'Birth date: may not be after today',
    ],
    [
      'a day too long ago',
      { birth: '0000-01-01' },
      'birth',
      '出生日期：0000-01-01 不存在，请核对月和日',
      'Birth date: 0000-01-01 does not exist; check month and day',
    ],
    [
      'a day in words',
      { birth: '1950年3月5日' },
      'birth',
      '出生日期：应写作 YYYY-MM-DD，例如 1957-07-21',
      'Birth date: must be YYYY-MM-DD, such as 1957-07-21',
    ],
    [
      'an unknown code',
      { sex: '男' },
      'sex',
      '性别：没有代码“男”，请从列表中选择',
      'Sex: there is no code "男"; choose from the list',
    ],
    [
      'an unknown code in a list',
      { chronic_illness: ['I10', 'flu'] },
      'chronic_illness',
      '慢性病：没有代码“flu”，请从列表中选择',
      'Chronic illness: there is no code "flu"; choose from the list',
    ],
    [
      'an unknown item',
      { shoe_size: 42 },
      'shoe_size',
      'shoe_size：档案中没有这一项',
      'shoe_size: the dictionary has no such item',
    ],
    [
      'a property of every object',
      { constructor_: 1, tostring: 1 },
      'constructor_',
      'constructor_：档案中没有这一项',
      'constructor_: the dictionary has no such item',
    ],
    ['a number for a text', { skills: 12 }, 'skills', '特长技能：应为文字', 'Skills: must be text'],
    [
      'a text for yes or no',
      { volunteer: 'yes' },
      'volunteer',
      '愿意参加志愿服务：应为“是”或“否”',
      'Willing to volunteer: must be true or false',
    ],
    [
      'an array for a text',
      { skills: ['书法'] },
      'skills',
      '特长技能：应为文字',
      'Skills: must be text',
    ],
    [
      'a text for a list',
      { chronic_illness: 'I10' },
      'chronic_illness',
      '慢性病：应为代码的列表',
      'Chronic illness: must be a list of codes',
    ],
    [
      'a wrong phone',
      { phone: '12345' },
      'phone',
      '联系电话：应为 11 位手机号，或带区号的固定电话（如 0570-1234567）',
      'Phone: must be a mobile number of 11 digits or a landline with its area code (0570-1234567)',
    ],
    [
      'a NUL',
      { skills: '书\0法' },
      'skills',
      '特长技能：含有不可见字符，请删除后重新输入',
      'Skills: holds characters that cannot be seen; type it anew',
    ],
    [
      'a lone surrogate',
      { skills: '书\ud842法' },
      'skills',
      '特长技能：含有不可见字符，请删除后重新输入',
      'Skills: holds characters that cannot be seen; type it anew',
    ],
    [
      'a turned direction',
      { skills: '书\u202e法' },
      'skills',
      '特长技能：含有不可见字符，请删除后重新输入',
      'Skills: holds characters that cannot be seen; type it anew',
    ],
    [
      'a negative amount',
      { assistance_amount: -1 },
      'assistance_amount',
      '月救助金额（元）：不能小于 0',
      'Assistance a month (yuan): may not be less than 0',
    ],
    [
      'too large an amount',
      { assistance_amount: 1e9 },
      'assistance_amount',
      '月救助金额（元）：不能大于 100000',
      'Assistance a month (yuan): may not be more than 100000',
    ],
    [
      'a third of a cent',
      { assistance_amount: 0.001 },
      'assistance_amount',
      '月救助金额（元）：小数最多 2 位',
      'Assistance a month (yuan): at most 2 decimal places',
    ],
  ])('%s', async (_what, items, key, zh, en) => {
    for (const [language, message] of [
      ['', zh],
      ['en', en],
    ] as const) {
      const answer = await add({ name, ...items }, {}, language);
      expect(answer.statusCode).toBe(400);
      expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
      const { type, errors } = answer.json();
      expect(type).toBe('/problems/invalid');
      expect(errors[0]).toMatchObject({ field: `items.${key}`, message });
    }
  });

  it('all of them at once', async () => {
    const { errors } = (await add({ name, sex: '9x', birth: 'x', phone: '1', hat: 1 })).json();
    expect(errors.map(({ field }: { field: string }) => field)).toEqual([
      'items.sex',
      'items.birth',
      'items.phone',
      'items.hat',
    ]);
  });

  it.each<[string, object, string]>([
    ['an object', { name: { first: '周' } }, 'items.name'],
    ['objects in a list', { chronic_illness: [{}] }, 'items.chronic_illness'],
    ['a name of 5,000 characters', { name: '周'.repeat(5000) }, 'items.name'],
    ['no name', { sex: '1' }, 'items.name'],
  ])('%s', async (_what, items, field) => {
    const answer = await add(items);
    expect(answer.statusCode).toBe(400);
    expect(answer.json().errors[0].field.startsWith(field)).toBe(true);
  });

  it('an item that is worked out by the system', async () => {
    const answer = await village.send('POST', '/households', {
      area,
      items: { address: '1号', resident_count: 3 },
    });
    expect(answer.json().errors).toEqual([
      {
        field: 'items.resident_count',
        code: 'not_yours',
        message: '常住人数：当前岗位不能填写这一项，请去掉后再提交',
      },
    ]);
  });

  it.each<[string, unknown, string]>([
    ['an area of five digits', '33088', 'area'],
    ['an area above the village', '330881002', 'area'],
    ['an area that is not there', '330881002999', 'area'],
    ['an area that is a number', 330881002205, 'area'],
  ])('%s', async (_what, wrong, field) => {
    const answer = await village.send('POST', '/residents', { area: wrong, items: { name } });
    expect(answer.statusCode).toBe(400);
    expect(answer.json().errors[0].field).toBe(field);
  });

  it('a reason, a day or an id beside the items', async () => {
    const fieldOf = async (more: object) => (await add({ name }, more)).json().errors?.[0].field;
    expect(await fieldOf({ reason: 'x'.repeat(201) })).toBe('reason');
    expect(await fieldOf({ id: '12' })).toBe('id');
    const id = '01970000-0000-7000-8000-000000000000';
    for (const since of ['2026-02-30', '0000-01-01', '10000-01-01', 'gestern'])
      expect(await fieldOf({ household: { id, relation: '02', since } })).toBe('household.since');
    const nul = await add({ name }, { reason: 'a\0b' });
    expect(nul.statusCode).toBe(400);
    expect(nul.json().detail).toBe('文字中含有无法保存的字符');
  });
});

describe('unusual text is kept as it is', () => {
  it.each([
    "O'Neil<script>alert(1)</script>",
    '𠮷野家太郎',
    '阿卜杜·热西提',
    '\ue863某',
    'Ñandú',
    'Mary-Ann O’Hara',
    'John Smith',
    '😀微笑',
    '%_\\"',
    '{"v":1}',
    "'); drop table resident;--",
    '周'.repeat(50),
  ])('%s', async (name) => {
    const made = await add({ name, residence_address: name });
    expect(made.statusCode).toBe(201);
    const file = await village.get(`/residents/${made.json().id}`);
    expect(file.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(file.headers['x-content-type-options']).toBe('nosniff');
    expect(file.json()).toMatchObject({ name, items: { residence_address: { value: name } } });
    const { items } = (await village.get(`/search?q=${encodeURIComponent(name)}`)).json();
    if (!/[%_'’{]/.test(name) && name.length < 31)
      expect(items.map(({ id }: { id: string }) => id)).toContain(made.json().id);
  });

  it('but for outer spaces and the form of its characters', async () => {
    const made = await add({ name: '  e\u0301toile ' });
    expect((await village.get(`/residents/${made.json().id}`)).json().name).toBe('étoile');
  });
});
