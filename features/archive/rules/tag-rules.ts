/** The value of an item of the record, null when there is none. */
export type ReadItem = (key: string) => unknown;

const isOneOf = (value: unknown, ...codes: string[]) =>
  typeof value === 'string' && codes.includes(value);
const hasSome = (value: unknown) => Array.isArray(value) && value.length > 0;
const includes = (value: unknown, code: string) => Array.isArray(value) && value.includes(code);

/** The rules that tags.yaml names: what the items of a record say, and nothing else. */
export const tagRules: Readonly<Record<string, (read: ReadItem) => boolean>> = {
  lives_alone: (read) => read('lives_alone') === true,
  children_away: (read) => read('children_same_city') === 'no',
  disabled: (read) => read('disability_kind') !== null || read('disability_grade') !== null,
  chronic: (read) => hasSome(read('chronic_illness')),
  low_income: (read) => read('assistance_status') !== null,
  veteran: (read) => read('veteran') === true,
  away: (read) => isOneOf(read('residence_kind'), 'away', 'abroad'),
  moved_in: (read) => read('residence_kind') === 'moved_in',
  volunteer: (read) => read('volunteer') === true,
  dog: (read) => includes(read('pets'), 'dog'),
};
