import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadDictionary } from '../archive/dictionary.ts';
import { cleanerOf } from './clean/cleaner.ts';
import { Tally } from './clean/tally.ts';
import { dayOfFile } from './profile/as-of.ts';
import { matchHeader } from './profile/header.ts';
import { loadProfiles } from './profile/load.ts';
import { detectFormat } from './read/detect.ts';
import { openRows } from './read/open.ts';
import { type Cleaned, isSetAside, type Profile, type RowKeys } from './rows.ts';

const packs = path.join(import.meta.dirname, '../../packs');
const dictionary = loadDictionary(path.join(packs, 'archive'));
const profiles = loadProfiles(path.join(packs, 'gather'), dictionary);
const today = '2026-11-25';

/** Where the sample extracts are; the test is skipped, and says so, where they are not. */
const folder = process.env.MINQING_EXTRACTS ?? '';
const isThere = folder !== '' && existsSync(folder);
if (!isThere) console.warn('The sample extracts are not read: MINQING_EXTRACTS names no folder.');

/** Data rows of each source, as truth.csv counts them. */
const rowsOf: Record<string, number> = {
  'public-security': 5_990,
  health: 2_792,
  'medical-insurance': 5_465,
  'social-security': 4_103,
  'civil-affairs': 233,
  education: 445,
  disabled: 279,
  veterans: 80,
  housing: 1_828,
  agriculture: 1_391,
  market: 165,
};

interface Gathered {
  profile: Profile;
  tally: Tally;
  rows: Cleaned[];
  seconds: number;
}

type Person = Record<string, string>;

/** A plain CSV of the sample, by its header. */
function table(name: string): Person[] {
  const [header = '', ...lines] = readFileSync(path.join(folder, name), 'utf8')
    .trim()
    .split(/\r?\n/);
  const names = header.split(',');
  return lines.map((line) =>
    Object.fromEntries(line.split(',').map((cell, at) => [names[at], cell])),
  );
}

/** What a key says and what is so, for each row whose key is not what is so. */
function wrongly(all: readonly Gathered[], key: keyof RowKeys, truly: string): string[] {
  const people = new Map(table('people.csv').map((person) => [person.person, person]));
  const whose = new Map(table('truth.csv').map((row) => [`${row.source} ${row.row}`, row.person]));
  return all.flatMap(({ profile, rows }) =>
    rows.flatMap((row) => {
      const person = people.get(whose.get(`${profile.key} ${row.n}`) ?? '');
      const said = isSetAside(row) ? undefined : row.keys[key];
      return said === undefined || said === person?.[truly] ? [] : [`${profile.key} ${row.n}`];
    }),
  );
}

/** Reads a file by what is detected of it, finds the profile that fits, and cleans it by that profile. */
async function gathered(file: string): Promise<Gathered> {
  const detected = await detectFormat(file);
  const fitting = profiles.filter((one) => matchHeader(one, detected.header).fit !== 'wrong');
  expect(fitting).toHaveLength(1);
  const [profile] = fitting as [Profile];
  expect(detected.format).toEqual(profile.format);
  const started = performance.now();
  const open = await openRows(file, profile.format);
  const clean = cleanerOf(profile, {
    dictionary,
    fit: matchHeader(profile, open.header),
    today,
    asOf: dayOfFile(profile, open.titles, '2026-11-24', today),
  });
  const tally = new Tally();
  const rows: Cleaned[] = [];
  for await (const batch of open)
    for (const raw of batch) {
      const row = clean(raw);
      tally.add(row);
      rows.push(row);
    }
  return { profile, tally, rows, seconds: (performance.now() - started) / 1_000 };
}

describe.skipIf(!isThere)('the sample extracts', () => {
  it('are read whole, each by the profile that its header asks for', async () => {
    const files = readdirSync(folder).filter((name) => /^[^a-z]/i.test(name));
    const all: Gathered[] = [];
    for (const name of files) all.push(await gathered(path.join(folder, name)));
    const counted = Object.fromEntries(all.map(({ profile, tally }) => [profile.key, tally.rows]));
    expect(counted).toEqual(rowsOf);
    expect(all.reduce((sum, { tally }) => sum + tally.rows, 0)).toBe(22_771);
    console.table(all.flatMap(linesOf));
    const seconds = all.reduce((sum, one) => sum + one.seconds, 0);
    console.log(`${Math.round(22_771 / seconds)} rows/s`);
    // Nothing in the sample is beyond recognition; and nothing of it is misread.
    expect(all.map(({ tally }) => tally.aside)).toEqual(all.map(() => 0));
    for (const [key, truly] of [
      ['citizen_id', 'id'],
      ['birth', 'birth'],
      ['sex', 'sex'],
      ['phone', 'phone'],
      ['area', 'area'],
    ] as const)
      expect(wrongly(all, key, truly), key).toEqual([]);
    const reasons = new Set(all.flatMap(({ tally }) => [...tally.cells.keys()].map(reasonIn)));
    expect([...reasons].sort()).toEqual([
      'certificate',
      'credit_code',
      'id_birth',
      'id_check',
      'range',
    ]);
  });
});

const reasonIn = (key: string): string => key.split(' · ')[1] ?? '';

function linesOf({ profile, tally }: Gathered): Record<string, string | number>[] {
  const { valid, spoiled, missing } = tally.ids;
  const first = {
    source: profile.key,
    rows: tally.rows,
    column: 'ids',
    reason: `${valid} valid, ${spoiled} spoiled, ${missing} missing`,
    faults: tally.faulty,
  };
  const rest = [...tally.cells].map(([key, count]) => ({
    source: profile.key,
    rows: tally.rows,
    column: key.split(' · ')[0] ?? '',
    reason: reasonIn(key),
    faults: count,
  }));
  return [first, ...rest];
}
