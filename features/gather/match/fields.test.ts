import { describe, expect, it } from 'vitest';
import { type Candidate, compare, fields, levels, nearDay, nearName, type Row } from './fields.ts';

const row: Row = {
  name: '王晓佳',
  pinyin: 'wang xiao jia',
  birth: '1988-03-07',
  sex: '2',
  id: null,
  phone: null,
  address: null,
  household: null,
  repairs: [],
  guardian: null,
  guardianPhone: null,
};
const candidate: Candidate = {
  resident: 'r',
  name: '王晓佳',
  pinyin: 'wang xiao jia',
  birth: '1988-03-07',
  sex: '2',
  id: 'own',
  phone: 'p1',
  address: '新东|3|35',
  household: 'h1',
  family: ['王平', '李兰'],
  familyPhones: ['p2'],
  hasRow: false,
};

/** The level of one field, by its word. */
function levelOf(
  field: (typeof fields)[number],
  one: Partial<Row>,
  other: Partial<Candidate> = {},
) {
  const at = fields.indexOf(field);
  const level = compare({ ...row, ...one }, { ...candidate, ...other })[at] ?? 0;
  return levels[field][level];
}

describe('a row beside a resident', () => {
  it('has as many levels as fields, each of them named', () => {
    const pattern = compare(row, candidate);
    expect(pattern).toHaveLength(fields.length);
    for (const [i, level] of pattern.entries())
      expect(levels[fields[i] ?? 'id'][level]).toBeDefined();
  });

  it('tells a valid id apart from a spoiled one', () => {
    expect(levelOf('id', { id: 'own' })).toBe('equal');
    expect(levelOf('id', { id: 'another' })).toBe('different');
    expect(levelOf('id', { repairs: ['own', 'x'] })).toBe('repaired');
    expect(levelOf('id', { repairs: ['x'] })).toBe('unlike');
    expect(levelOf('id', {})).toBe('missing');
    expect(levelOf('id', { id: 'another' }, { id: null })).toBe('missing');
  });

  it('hears that names sound alike, and sees that they are nearly written alike', () => {
    expect(levelOf('name', {})).toBe('equal');
    expect(levelOf('name', { name: '王小佳' })).toBe('homophone');
    expect(levelOf('name', { name: '王晓玉', pinyin: 'wang xiao yu' })).toBe('near');
    expect(levelOf('name', { name: '李晓佳', pinyin: 'li xiao jia' })).toBe('different');
    expect(levelOf('name', { name: null })).toBe('missing');
  });

  it('takes the household before the address, and the village where the house differs', () => {
    expect(levelOf('home', { household: 'h1', address: '别处|1|1' })).toBe('household');
    expect(levelOf('home', { household: 'h2', address: '新东|3|35' })).toBe('address');
    expect(levelOf('home', { address: '新东|9|1' })).toBe('village');
    expect(levelOf('home', { address: '别处|9|1' })).toBe('different');
    expect(levelOf('home', { household: 'h2' })).toBe('different');
  });

  it('looks for the guardian among those of the household', () => {
    expect(levelOf('guardian', { guardian: '王平', guardianPhone: 'p2' })).toBe('both');
    expect(levelOf('guardian', { guardian: '王平', guardianPhone: 'p9' })).toBe('one');
    expect(levelOf('guardian', { guardian: '赵六' })).toBe('different');
    expect(levelOf('guardian', { guardian: '王平' }, { family: [] })).toBe('missing');
  });

  it('knows whose row the file has already', () => {
    expect(levelOf('file', {})).toBe('free');
    expect(levelOf('file', {}, { hasRow: true })).toBe('taken');
  });
});

describe('names that are nearly the same', () => {
  it.each([
    ['王晓佳', '王晓玉', true],
    ['王晓佳', '王晓', true],
    ['王晓', '王晓佳', true],
    ['王晓佳', '王建佳', true],
    ['王晓佳', '李晓佳', false],
    ['王晓佳', '王建玉', false],
    ['王晓', '王佳', false],
    ['王', '王晓', false],
    ['王晓佳明', '王晓', false],
    ['端木青', '端木云', false],
    ['欧阳晓玉', '欧阳小玉', true],
  ])('%s and %s: %s', (one, other, near) => {
    expect(nearName(one, other)).toBe(near);
    expect(nearName(other, one)).toBe(near);
  });
});

describe('days that are nearly the same', () => {
  it.each([
    ['1988-03-07', '1988-03-08', true],
    ['1988-03-07', '1983-03-07', true],
    ['1988-03-07', '1988-07-03', true],
    ['1988-03-12', '1988-03-21', true],
    ['1988-03-07', '1989-04-07', false],
    ['1988-03-07', '1978-04-09', false],
  ])('%s and %s: %s', (one, other, near) => {
    expect(nearDay(one, other)).toBe(near);
    expect(nearDay(other, one)).toBe(near);
  });
});
