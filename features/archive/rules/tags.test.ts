import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadDictionary } from '../dictionary.ts';
import type { Facts, FactValue } from './facts.ts';
import { tagRules } from './tag-rules.ts';
import { householdTags, tagsOf } from './tags.ts';

const dictionary = loadDictionary(path.join(import.meta.dirname, '../../../packs/archive'));

function factsOf(values: Record<string, FactValue>): Facts {
  const d = '2026-01-01';
  return Object.fromEntries(
    Object.entries(values).map(([key, v]) => [key, { v, s: 'village', d }]),
  );
}
const residentTags = (values: Record<string, FactValue>) =>
  tagsOf('resident', factsOf(values), dictionary);

describe('tags', () => {
  it.each<[string, Record<string, FactValue>]>([
    ['lives_alone', { lives_alone: true }],
    ['children_away', { children_same_city: 'no' }],
    ['disabled', { disability_kind: '4' }],
    ['disabled', { disability_grade: '1' }],
    ['chronic', { chronic_illness: ['I10'] }],
    ['low_income', { assistance_status: 'marginal' }],
    ['veteran', { veteran: true }],
    ['away', { residence_kind: 'away' }],
    ['away', { residence_kind: 'abroad' }],
    ['moved_in', { residence_kind: 'moved_in' }],
    ['volunteer', { volunteer: true }],
  ])('%s follows from %j', (tag, values) => {
    expect(residentTags(values)).toEqual([tag]);
  });

  it('do not follow from no, none or nothing', () => {
    expect(
      residentTags({
        lives_alone: false,
        children_same_city: 'none',
        chronic_illness: [],
        assistance_status: null,
        veteran: false,
        residence_kind: 'local',
      }),
    ).toEqual([]);
  });

  it('do not stay on a person who has died', () => {
    expect(residentTags({ lives_alone: true, death: '2026-02-03' })).toEqual([]);
  });

  it('of a household are its own and those of members that lift', () => {
    const own = factsOf({ pets: ['cat', 'dog'] });
    const members = [
      ['veteran', 'low_income'],
      ['lives_alone', 'low_income'],
    ];
    expect(householdTags(own, members, dictionary)).toEqual(['lives_alone', 'low_income', 'dog']);
  });

  it('have each a rule, and each rule its tag', () => {
    expect(dictionary.tags.map(({ rule }) => rule).sort()).toEqual(Object.keys(tagRules).sort());
  });
});
