import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Category, categories, loadDictionary } from '../dictionary.ts';
import { checkValue } from './value.ts';

const dictionary = loadDictionary(path.join(import.meta.dirname, '../../../packs/archive'));
const today = '2026-11-24';

function check(name: string, raw: unknown) {
  const [category, key] = name.split('.') as [Category, string];
  return checkValue(dictionary.item(category, key)!, raw, dictionary, today);
}

describe('values taken', () => {
  it.each([
    ['resident.name', ' 𠮷·阿不都 ', '𠮷·阿不都'],
    ['resident.citizen_id', "'９９０８０４１９５７０７２１３６２６", '990804195707213626'],
    ['resident.phone', '+86 199-0000-0001', '19900000001'],
    ['resident.sex', '2', '2'],
    ['resident.birth', '1957-07-21', '1957-07-21'],
    ['resident.birth', today, today],
    ['resident.chronic_illness', ['E14', 'I10', 'E14'], ['I10', 'E14']],
    ['resident.lives_alone', false, false],
    ['resident.disability_certificate', '99080619551207546574', '99080619551207546574'],
    ['resident.assistance_amount', '1,234.50', 1234.5],
    ['household.income', 36000, 36000],
    ['household.contracted_land', '０.２９', 0.29],
    ['housing.place', '118.8595,28.9702', '118.8595,28.9702'],
    ['housing.year_built', 2026, 2026],
    ['premises.credit_code', '914403001922038216', '914403001922038216'],
    ['organisation.next_election', '2030-01-01', '2030-01-01'],
  ])('%s: %j', (name, raw, value) => {
    expect(check(name, raw)).toEqual({ ok: true, value });
  });

  it.each([null, undefined, '', ' 　', []])('%j clears', (raw) => {
    expect(check('resident.name', raw)).toEqual({ ok: true, value: null });
  });
});

describe('values refused', () => {
  it.each([
    ['resident.name', 5, 'type'],
    ['resident.name', '罗\u0000', 'characters'],
    ['resident.name', '长'.repeat(51), 'length'],
    ['resident.citizen_id', '990804195707213627', 'citizen_id'],
    ['resident.citizen_id', 99, 'type'],
    ['resident.phone', '1990000', 'phone'],
    ['resident.sex', '3', 'unknown_code'],
    ['resident.sex', 2, 'unknown_code'],
    ['resident.sex', 'constructor', 'unknown_code'],
    ['resident.chronic_illness', ['I10', 'x'], 'unknown_code'],
    ['resident.chronic_illness', 'I10', 'type'],
    ['resident.birth', '2026-11-25', 'future'],
    ['resident.birth', '1957-02-29', 'impossible_date'],
    ['resident.birth', '1879-12-31', 'range'],
    ['resident.birth', '1957/07/21', 'type'],
    ['resident.lives_alone', 'true', 'type'],
    ['resident.disability_certificate', '123', 'pattern'],
    ['household.income', -1, 'range'],
    ['household.income', '1.005', 'number'],
    ['household.income', Number.NaN, 'number'],
    ['household.income', 'many', 'number'],
    ['household.income', '1e5', 'number'],
    ['household.income', 1e30, 'number'],
    ['household.contracted_land', '-0.5', 'range'],
    ['housing.year_built', 2027, 'range'],
    ['housing.year_built', 1999.5, 'number'],
    ['housing.place', '28.9702,118.8595', 'pattern'],
    ['premises.credit_code', '914403001922038217', 'credit_code'],
    ['resident.name', { $gt: '' }, 'type'],
  ])('%s: %j for %s', (name, raw, code) => {
    expect(check(name, raw)).toMatchObject({ ok: false, code });
  });

  it('names the field and the remedy in both languages', () => {
    expect(check('resident.citizen_id', '990804195707213627')).toMatchObject({
      message: {
        zh: '公民身份号码：校验码应为 6，请核对第 18 位',
        en: expect.stringMatching(/^Citizen id: the check digit should be 6/),
      },
    });
  });

  it('never throws, names its field, and takes its own results again', () => {
    const items = categories.flatMap((category) => dictionary.categories[category].items);
    fc.assert(
      fc.property(fc.constantFrom(...items), fc.anything(), (item, raw) => {
        const checked = checkValue(item, raw, dictionary, today);
        if (!checked.ok) expect(checked.message.zh.startsWith(`${item.label.zh}：`)).toBe(true);
        else expect(checkValue(item, checked.value, dictionary, today)).toEqual(checked);
      }),
      { numRuns: 2000 },
    );
  });
});
