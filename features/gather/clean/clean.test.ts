import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkCitizenId, citizenIdCheckDigit } from '../../archive/rules/citizen-id.ts';
import { addressKeyOf, addressOf, partsOf } from './address.ts';
import { CodeWords, partsOfMany, truthOf } from './code.ts';
import { dayOf } from './day.ts';
import { certificateOf, idOf } from './id.ts';
import { nameOf } from './name.ts';
import { numberOf } from './number.ts';
import { phoneOf } from './phone.ts';
import { dense, statesNothing } from './plain.ts';

const today = '2026-11-25';
const wide = (text: string): string =>
  text.replace(/[0-9A-Za-z]/g, (c) => String.fromCharCode(c.charCodeAt(0) + 0xfee0));

const day = fc
  .date({ min: new Date('1910-01-01'), max: new Date('2099-12-30'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));
const id = fc
  .tuple(day, fc.integer({ min: 0, max: 999 }))
  .filter(([birth]) => birth < today)
  .map(([birth, order]) => {
    const first = `990801${birth.replaceAll('-', '')}${String(order).padStart(3, '0')}`;
    return first + citizenIdCheckDigit(first);
  });

describe('a day', () => {
  it('is the same in each of its spellings', () => {
    fc.assert(
      fc.property(day, (text) => {
        const [year, month, date] = text.split('-').map(Number) as [number, number, number];
        const serial = Math.round(Date.parse(text) / 86_400_000) + 25_569;
        const spellings = [
          text,
          `${year}/${month}/${date}`,
          `${year}.${month}.${date}`,
          text.replaceAll('-', '.'),
          text.replaceAll('-', '/'),
          text.replaceAll('-', ''),
          `${year}年${month}月${date}日`,
          `${year}年${text.slice(5, 7)}月${text.slice(8)}日`,
          `${serial}`,
          `${serial}.5`,
          wide(text),
          wide(`${year}年${month}月${date}日`),
          wide(text.replaceAll('-', '')),
          `  ${text}\u3000`,
          `'${text}`,
          `${text} 00:00:00`,
          `${text}T08:30:00`,
          `${year}/${month}/${date} 8:05`,
          `${text.replaceAll('-', '')}083000`,
          `${text.replaceAll('-', '')}.0`,
          `${year} ${month} ${date}`,
        ];
        for (const spelling of spellings) expect(dayOf(spelling), spelling).toEqual({ day: text });
      }),
    );
  });

  it('may be written in words', () => {
    expect(dayOf('二〇二一年五月六日')).toEqual({ day: '2021-05-06' });
    expect(dayOf('一九八四年十二月三十一日')).toEqual({ day: '1984-12-31' });
    expect(dayOf('二零二〇年十月二十日')).toEqual({ day: '2020-10-20' });
  });

  it('that does not exist, is not whole, or can be read in two ways is a fault', () => {
    const faults: Record<string, string[]> = {
      date_impossible: ['2021-02-29', '20211301', '2021/4/31', '2021年13月1日', '1021-05-06'],
      date_partial: ['2021', '2021-05', '2021年5月', '1984年', '202105'],
      date_ambiguous: ['05/06/2021', '5-6-21', '21.5.6'],
      date_unreadable: ['长期', '-1', '2021-1-1 2', '99999', '1234', '2021-05/06', '0', '1e5'],
    };
    for (const [fault, cells] of Object.entries(faults))
      for (const cell of cells) expect(dayOf(cell), cell).toEqual({ fault });
  });

  it('never throws, and what it gives exists', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9年月日\-/. T:一二十〇]{0,14}$/), (text) => {
        const read = dayOf(text);
        if (read.day === undefined) return;
        expect(new Date(read.day).toISOString().slice(0, 10)).toBe(read.day);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('a name', () => {
  const read = (cell: string) => nameOf(cell).name;

  it('loses padding, inner spaces, remarks and what cannot be seen', () => {
    for (const cell of [
      '张三',
      ' 张三 ',
      '张　三',
      '张 三',
      '张三（已婚）',
      '张三(户主)',
      '（户主）张三',
      '张三【已迁出】',
      '张三〔故〕',
      '张三（已婚',
      '张\u200b三',
      '\ufeff张三',
      '张三\u202e',
      '张三\t',
    ])
      expect(read(cell), JSON.stringify(cell)).toBe('张三');
  });

  it('of another language keeps its dots as one kind, and its spaces where it has no Chinese', () => {
    for (const dot of ['·', '•', '‧', '・', '．', '.', ' · '])
      expect(read(`阿依古丽${dot}买买提`)).toBe('阿依古丽·买买提');
    expect(read('Ｊｏｈｎ  Smith')).toBe('John Smith');
    expect(read('𠮷田')).toBe('𠮷田');
    expect(read('\ue123三')).toBe('\ue123三');
  });

  it('with digits or stars, several in one cell, or without end, is a fault', () => {
    for (const cell of ['张三1', '张*', '张?', '123', '=张三'])
      expect(nameOf(cell).fault, cell).toBe('name_characters');
    for (const cell of ['张三、李四', '张三,李四', '张三/李四'])
      expect(nameOf(cell).fault, cell).toBe('name_many');
    for (const cell of ['合计', ' 小 计 ', '姓名', '制表人'])
      expect(nameOf(cell).fault, cell).toBe('name_word');
    expect(nameOf('张'.repeat(60)).fault).toBe('name_length');
    expect(nameOf('（户主）')).toEqual({ name: '' });
  });

  it('once clean is clean', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[张三·•（）() 　a.1]{0,12}$/), (text) => {
        const name = read(text);
        if (name) expect(nameOf(name)).toEqual({ name });
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('a citizen id', () => {
  it('is the same however it is written', () => {
    fc.assert(
      fc.property(id, (text) => {
        const spellings = [
          text,
          text.toLowerCase(),
          wide(text),
          `'${text}`,
          `’${text}`,
          `="${text}"`,
          ` ${text.slice(0, 6)} ${text.slice(6, 14)} ${text.slice(14)} `,
          `${text.slice(0, 6)}\u3000${text.slice(6)}`,
          `\ufeff${text}\u200b`,
          `${text.slice(0, 6)}-${text.slice(6, 14)}-${text.slice(14)}`,
          `${text}（已核）`,
          `${text}.0`,
          // A disabled person's certificate in the wrong column.
          `${text}43`,
        ];
        if (text.startsWith('19', 6)) spellings.push(`${text.slice(0, 6)}${text.slice(8, 17)}`);
        for (const spelling of spellings)
          expect(idOf(spelling, today), spelling).toEqual({ id: text });
      }),
    );
  });

  it('is judged as the archive judges it', () => {
    const near = fc
      .tuple(id, fc.nat(17), fc.constantFrom(...'0123456789Xx'))
      .map(([text, at, other]) => text.slice(0, at) + other + text.slice(at + 1));
    fc.assert(
      fc.property(near, (text) => {
        const check = checkCitizenId(text, today);
        const read = idOf(text, today);
        if (check.ok) expect(read).toEqual({ id: check.id });
        else expect(read).toEqual({ fault: `id_${check.reason}`, spoiled: text.toUpperCase() });
      }),
      { numRuns: 3_000 },
    );
  });

  it('that is spoiled is kept for comparison, and never as an id', () => {
    expect(idOf('990801198408272250', today)).toMatchObject({ fault: 'id_check' });
    expect(idOf('990801198408272', today)).toMatchObject({ spoiled: '990801198408272' });
    expect(idOf('990801202709012250', today)).toMatchObject({ fault: 'id_birth' });
    expect(idOf('99080', today)).toEqual({ fault: 'id_length', spoiled: '' });
    expect(idOf('9908O1198408272251', today)).toMatchObject({ fault: 'id_characters' });
  });

  it('that Excel kept as a number has lost its end, even where its check digit happens to fit', () => {
    expect(idOf('9.90804195707214E+17', today)).toEqual({
      fault: 'id_digits_lost',
      spoiled: '990804195707214000',
    });
    expect(idOf('9.90804E+17', today)).toEqual({ fault: 'id_digits_lost', spoiled: '' });
  });
});

it('a certificate is 20 characters, those of a replacement two more', () => {
  expect(certificateOf('９９０８０６１９５５１２０７５４６５７４')).toEqual({
    certificate: '99080619551207546574',
  });
  expect(certificateOf('9908061955120754 65 74b1').certificate).toBe('99080619551207546574B1');
  expect(certificateOf('990806195512075465').fault).toBe('certificate');
  expect(certificateOf('99080619551207546589').fault).toBe('certificate');
});

it('a phone has one form, of several the first is taken and told', () => {
  const mobile = '19900001234';
  for (const cell of [
    mobile,
    '199-0000-1234',
    '+86 199 0000 1234',
    '8619900001234',
    wide(mobile),
    `'${mobile}`,
    `${mobile}.0`,
    '（199）00001234',
  ])
    expect(phoneOf(cell), cell).toEqual({ phone: mobile });
  expect(phoneOf('0570-1234567')).toEqual({ phone: '0570-1234567' });
  expect(phoneOf('(0570)1234567')).toEqual({ phone: '0570-1234567' });
  expect(phoneOf('+86 570 1234567')).toEqual({ phone: '0570-1234567' });
  for (const cell of [`${mobile}/19900005678`, `${mobile}、0570-1234567`])
    expect(phoneOf(cell), cell).toEqual({ phone: mobile, fault: 'phone_many' });
  for (const cell of ['1990000123', '无电话', '12345678901', '199000012345'])
    expect(phoneOf(cell), cell).toEqual({ fault: 'phone' });
});

it('a number comes without unit, commas and signs of money; what is none is none', () => {
  const read: Record<string, string> = {
    '1200': '1200',
    '1,200': '1200',
    '1,234,567.50元': '1234567.50',
    '￥1,200': '1200',
    '１２００': '1200',
    '3.82亩': '3.82',
    '120㎡': '120',
    '120平方米': '120',
    '1.2万元': '12000',
    '1.1万': '11000',
    '300元/月': '300',
    '-300': '-300',
    '－300': '-300',
    '+5': '5',
    "'12": '12',
  };
  for (const [cell, number] of Object.entries(read))
    expect(Number(numberOf(cell)), cell).toBe(Number(number));
  for (const cell of ['约100', '1,20', '12 34', '一百', '1-2', '(300)', '1.2.3', '', '1e5'])
    expect(numberOf(cell), cell).toBeUndefined();
});

describe('an address', () => {
  const key = (cell: string) => addressKeyOf(addressOf(cell));

  it('has one key whatever the village is called, with or without what stands above it', () => {
    for (const cell of [
      '新东村9组11号',
      '新东9组11号',
      '新东村委会9组11号',
      '新东社区９组１１号',
      '新东村 9组 11号',
      '新东村村民委员会九组11号',
      '新东村第九村民小组11号',
      '新东村第9组11#',
      '浙江省衢州市柯城区石梁镇新东村9组11号',
      '衢州市衢江区廿里镇新东村9组011号',
      '柯城区新新街道新东社区居委会9组11号',
    ])
      expect(key(cell), cell).toBe('新东|9|11');
  });

  it('keeps apart what is apart', () => {
    const keys = ['新东村9组11号', '新东村9组12号', '新东村8组11号', '新西村9组11号', '新东村11号'];
    expect(new Set(keys.map(key)).size).toBe(keys.length);
    expect(key('新东村9组11-1号')).not.toBe(key('新东村9组111号'));
    expect(partsOf('滨江社区3幢2单元501室')).toEqual({
      village: '滨江',
      group: '',
      house: '3-2-501',
    });
  });

  it('does not lose a village to the names above it', () => {
    expect(partsOf('东苑社区3组35号').village).toBe('东苑');
    expect(partsOf('望乡村3组35号').village).toBe('望乡');
    expect(partsOf('县学街社区1组73号').village).toBe('县学街');
    expect(partsOf('双联新村村3组107号').village).toBe(partsOf('双联新村3组107号').village);
  });

  it('without village or house has no key', () => {
    for (const cell of ['新东村', '9组11号', '在外', '']) expect(key(cell), cell).toBeUndefined();
  });
});

describe('codes', () => {
  const words = new CodeWords(
    [
      { code: '01', zh: '汉族', en: 'Han' },
      { code: '03', zh: '回族', en: 'Hui' },
    ],
    { 汉: '01', 'A1（新）': '03' },
  );

  it('are found by the words of the table, its codes, and those of the profile', () => {
    for (const cell of ['汉族', ' 汉族 ', '汉 族', '01', '０１', 'han', '汉', '汉族'])
      expect(words.of(cell), cell).toBe('01');
    expect(words.of('a1(新)')).toBe('03');
    expect(words.of('火星族')).toBeUndefined();
    expect(words.of('火星族')).toBeUndefined();
  });

  it('several in a cell are told apart by any separator', () => {
    expect(partsOfMany('高血压;糖尿病')).toHaveLength(2);
    expect(partsOfMany('高血压、糖尿病，冠心病；')).toHaveLength(3);
  });

  it('yes and no have many words', () => {
    for (const cell of ['是', 'Y', '1', '√', 'ｙｅｓ', 'TRUE'])
      expect(truthOf(cell), cell).toBe(true);
    for (const cell of ['否', 'n', '0', '×']) expect(truthOf(cell), cell).toBe(false);
    expect(truthOf('也许')).toBeUndefined();
  });
});

it('some words state nothing, and values do not look like them', () => {
  for (const cell of [
    '',
    ' ',
    '\u3000',
    '-',
    '—',
    '/',
    'NULL',
    'null',
    'N/A',
    '#N/A',
    '无',
    '不详',
    ' 无 ',
    '暂无',
  ])
    expect(statesNothing(cell), JSON.stringify(cell)).toBe(true);
  for (const cell of ['0', '无锡路1号', '空山村', '-300', '不染', '未央', 'NA12', '暂住'])
    expect(statesNothing(cell), cell).toBe(false);
});

it('what is narrow has no spaces and no full-width letters, by either way of making it', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[0-9０-９Ａa 　\u200b民='"-]{0,80}$/), (text) => {
      const narrow = dense(text);
      expect(narrow).not.toMatch(/[\s\uff01-\uff5e\u200b]/);
      expect(dense(narrow)).toBe(dense(dense(narrow)));
    }),
  );
});
