import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Language } from '../../../server/errors.ts';
import { Problem } from '../../../server/errors.ts';
import type { Files } from '../../../server/files/files.ts';
import type { Dictionary } from '../../archive/dictionary.ts';
import type { FileLook } from '../contract.ts';
import { matchHeader } from '../profile/header.ts';
import { type Detected, detectFormat } from '../read/detect.ts';
import { openRows } from '../read/open.ts';
import type { FileFormat, Profile, RawRow } from '../rows.ts';
import type { HandedIn } from './files.ts';
import { withHead } from './head.ts';
import { propose } from './proposal.ts';

const looked = 1_000;

/** What looking at a file needs. */
export interface Looking {
  files: Files;
  dictionary: Dictionary;
  profiles: readonly Profile[];
  language: Language;
}

/**
 * What a file's first rows show: how it is written, what its columns hold and may mean, which profiles fit it.
 * @param given how the file is to be read, where somebody knows better than the guess
 * @throws Problem invalid with words when it cannot be read
 */
export async function lookAt(
  { files, dictionary, profiles, language }: Looking,
  file: HandedIn,
  given?: FileFormat,
): Promise<Omit<FileLook, 'same'>> {
  const own = profiles.filter(({ source }) => source === file.source);
  return withHead(files, file.file_key, async (path) => {
    const seen = given ? await detectedAs(path, given) : await detectFormat(path);
    const { draft, why } = propose(
      { ...seen, label: labelOf(file.file_name), source: file.source },
      profiles,
      dictionary,
    );
    const fits: FileLook['fits'] = [];
    for (const profile of own) fits.push(await fitOf(path, profile, language));
    return {
      id: file.id,
      fileName: file.file_name,
      bytes: file.bytes,
      format: seen.format,
      packed: seen.packed,
      titles: seen.titles,
      hasHeader: seen.hasHeader,
      columns: seen.columns.map((column, at) => ({ ...column, why: why[at] ?? null })),
      rows: seen.rows,
      fits,
      draft,
    };
  });
}

const longestLabel = 60;
const labelOf = (name: string): string =>
  name
    .replace(/(\.gz)?$/i, '')
    .replace(/\.\w{1,5}$/, '')
    .slice(0, longestLabel) || name;

/** Columns by a format that was given: the rows are put down again as lines whose reading is in no doubt. */
async function detectedAs(path: string, format: FileFormat): Promise<Detected> {
  const rows = await openRows(path, format);
  const sample: RawRow[] = [];
  try {
    for await (const batch of rows) {
      sample.push(...batch.filter(({ fault }) => !fault).slice(0, looked - sample.length));
      if (sample.length >= looked) break;
    }
  } finally {
    await rows.close();
  }
  const { header, titles } = rows;
  const line = ({ cells }: Pick<RawRow, 'cells'>): string =>
    JSON.stringify(Object.fromEntries(header.map((name, at) => [name, cells[at] ?? ''])));
  const plain = join(dirname(path), 'plain');
  const lines = sample.length > 0 ? sample.map(line) : [line({ cells: [] })];
  await writeFile(plain, `${lines.join('\n')}\n`, { mode: 0o600 });
  const seen = await detectFormat(plain);
  const { columns, hasHeader } = seen;
  return { format, packed: false, titles, header, hasHeader, columns, rows: sample.length };
}

/** How a profile fits a file, with words where it does not. */
async function fitOf(
  path: string,
  profile: Profile,
  language: Language,
): Promise<FileLook['fits'][number]> {
  try {
    const { fit, message } = await headerFit(path, profile);
    return { profile: profile.key, fit, words: message?.[language] ?? null };
  } catch (error) {
    if (!(error instanceof Problem) || error.key !== 'invalid') throw error;
    return { profile: profile.key, fit: 'wrong', words: error.detail?.[language] ?? null };
  }
}

async function headerFit(path: string, profile: Profile) {
  const rows = await openRows(path, profile.format);
  try {
    return matchHeader(profile, rows.header);
  } finally {
    await rows.close();
  }
}

/**
 * Sees that a file's header is the one of its profile, before it is gathered.
 * @throws Problem invalid, with the columns that are missing
 */
export async function requireFit(files: Files, file: HandedIn, profile: Profile): Promise<void> {
  const { fit, message } = await withHead(files, file.file_key, (path) => headerFit(path, profile));
  if (fit !== 'wrong' || !message) return;
  throw new Problem('invalid', {
    detail: message,
    errors: [
      {
        field: 'profile',
        code: 'header',
        message: { zh: `方案：${message.zh}`, en: `profile: ${message.en}` },
      },
    ],
  });
}
