import { describe, expect, it } from 'vitest';
import { roles } from '../../roles.ts';
import { cellText, codeOf, dayOf, departmentOf, isOpen, roleOf } from './words.ts';

describe('words of a staff list', () => {
  it('name every role in Chinese, in English and by its key', () => {
    for (const [key, { zh, en }] of Object.entries(roles))
      for (const word of [key, zh, en]) expect(roleOf(word)).toBe(key);
  });

  it.each([
    ['村（社区）干部', 'village_cadre'],
    ['村(社区)干部', 'village_cadre'],
    ['村 干 部', 'village_cadre'],
    ['街道干部', 'township_officer'],
    ['部门工作人员', 'department_officer'],
    ['局长', undefined],
    ['', undefined],
  ])('role %j: %s', (word, role) => expect(roleOf(word)).toBe(role));

  it.each([
    ['民政', 'civil-affairs'],
    ['民政局', 'civil-affairs'],
    ['卫健委', 'health'],
    ['残联', 'disabled'],
    ['education', 'education'],
    ['税务', undefined],
    ['公安', 'public-security'],
  ])('department %j: %s', (word, key) => expect(departmentOf(word)).toBe(key));

  it.each([
    ['2026-07-01', '2026-07-01'],
    ['2026/7/1', '2026-07-01'],
    ['2026.7.1', '2026-07-01'],
    ['2026年7月1日', '2026-07-01'],
    ['20260701', '2026-07-01'],
    ['2026-02-29', null],
    ['2026-13-01', null],
    ['46204', null],
    ['0001-01-01', null],
    ['7月1日', null],
  ])('day %j: %s', (word, day) => expect(dayOf(word)).toBe(day));

  it.each([
    ['330881002205001', '330881002205001'],
    ['330881002205000', '330881002205'],
    ['330881002205', '330881002205'],
    ['330881002000', '330881002'],
    ['330881000000', '330881'],
    ['330800000000', '3308'],
    ['330800', '3308'],
    ['330000', '33'],
    ['3.30881E+11', null],
    ['33088', null],
    ['彭里村', undefined],
  ])('code %j: %s', (word, code) => expect(codeOf(word)).toBe(code));

  it('are taken out of what keeps a spreadsheet from counting', () => {
    expect(['="330881"', "'330881", ' ３３０８８１ ', '330881'].map(cellText)).toEqual(
      Array(4).fill('330881'),
    );
  });

  it('say that a post has no end', () => {
    expect(['', '长期', '至今'].every(isOpen)).toBe(true);
    expect(isOpen('2026-07-01')).toBe(false);
  });
});
