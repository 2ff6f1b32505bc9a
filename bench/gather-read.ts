import { createWriteStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { loadDictionary } from '../features/archive/dictionary.ts';
import { citizenIdCheckDigit } from '../features/archive/rules/citizen-id.ts';
import { cleanerOf } from '../features/gather/clean/cleaner.ts';
import { matchHeader } from '../features/gather/profile/header.ts';
import { loadProfiles } from '../features/gather/profile/load.ts';
import { openRows } from '../features/gather/read/open.ts';
import type { FileFormat, Profile } from '../features/gather/rows.ts';
import { archivePack } from '../server/commands/demo.ts';
import { workbook } from '../server/spreadsheet/workbook.ts';
import { Figures } from './figures/figures.ts';

/** How fast departments' files are read and cleaned, without a database, on one core. */
const { values: options } = parseArgs({
  options: {
    rows: { type: 'string', default: '1000000' },
    json: { type: 'string' },
  },
});
const rows = Number(options.rows);
const sheetRows = 100_000;
const dictionary = loadDictionary(archivePack);
const profiles = loadProfiles(path.join(archivePack, '../gather'), dictionary);
const figures = new Figures();
const folder = mkdtempSync(path.join(tmpdir(), 'gather-read-'));

/** The same numbers in every run. */
let state = 20_261_125;
function any(below: number): number {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return Math.floor((state / 4_294_967_296) * below);
}
const oneOf = <T>(choice: readonly T[]): T => choice[any(choice.length)] as T;
const two = (number: number): string => String(number).padStart(2, '0');
const wide = (text: string): string =>
  text.replace(/\d/g, (digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0));

/** A day in one of the spellings that departments use, as often as in the sample. */
function dayFrom(year: number, years: number): string {
  const [y, m, d] = [year + any(years), 1 + any(12), 1 + any(28)] as const;
  const plain = `${y}-${two(m)}-${two(d)}`;
  const other = [
    plain.replaceAll('-', ''),
    wide(plain),
    plain.replaceAll('-', '.'),
    `${y}/${m}/${d}`,
    `${y}年${m}月${d}日`,
    `${30_000 + any(15_000)}`,
  ];
  return any(10) < 6 ? plain : oneOf(other);
}

function idFor(): string {
  const first = `9908${two(1 + any(20))}${1930 + any(90)}${two(1 + any(12))}${two(1 + any(28))}${String(any(1000)).padStart(3, '0')}`;
  const id = first + citizenIdCheckDigit(first);
  const fate = any(100);
  if (fate < 3) return wide(id);
  if (fate < 5) return `${id.slice(0, 6)} ${id.slice(6, 14)} ${id.slice(14)}`;
  if (fate < 7) return '';
  return fate < 8 ? id.slice(0, 16) + id.charAt(17) + id.charAt(16) : id;
}

function nameFor(): string {
  const name =
    oneOf([...'王李张刘陈杨黄赵吴周']) + oneOf([...'伟芳敏静丽强磊']) + oneOf([...'军洋勇艳杰']);
  const fate = any(100);
  if (fate < 2) return ` ${name} `;
  return fate < 4 ? `${name}（已迁出）` : name;
}

const villages = Array.from(
  { length: 300 },
  (_, i) => `${oneOf([...'新东西前后上下'])}${oneOf([...'庄塘溪坞岭'])}${i % 2 ? '村' : '社区'}`,
);

function policeRow(n: number): string[] {
  const household = Math.floor(n / 3);
  return [
    `HK33080200600${String(household).padStart(9, '0')}`,
    nameFor(),
    oneOf(['男', '女']),
    any(20) === 0 ? '畲族' : '汉族',
    idFor(),
    oneOf(['户主', '配偶', '子女']),
    dayFrom(1930, 90),
    `${villages[household % 300]}${1 + (household % 9)}组${1 + (household % 280)}号`,
    `3308020${String(1 + (household % 1_400)).padStart(5, '0')}`,
    dayFrom(2021, 5),
  ];
}

function employmentRow(): string[] {
  return [
    nameFor(),
    idFor(),
    oneOf(['退休', '在业', '失业', '灵活就业']),
    any(2) === 0 ? '' : `${oneOf([...'王李张刘'])}记建材有限公司`,
    oneOf(['城乡居民养老', '职工养老']),
    dayFrom(2021, 5),
  ];
}

function* lines(profile: Profile, row: (n: number) => string[]): Generator<string> {
  const separator = profile.format.separator ?? ',';
  yield `${profile.columns.map(({ column }) => column).join(separator)}\r\n`;
  for (let n = 0; n < rows; n++) yield `${row(n).join(separator)}\r\n`;
}

function profileOf(key: string): Profile {
  const found = profiles.find((profile) => profile.key === key);
  if (!found) throw new Error(`no profile ${key}`);
  return found;
}

interface Pass {
  rows: number;
  seconds: number;
  cpu: number;
  rss: number;
}

async function pass(
  file: string,
  profile: Profile,
  format: FileFormat,
  isCleaned: boolean,
): Promise<Pass> {
  const [started, cpu] = [performance.now(), process.cpuUsage()];
  const open = await openRows(file, format);
  const fit = matchHeader(profile, open.header);
  const clean = cleanerOf(profile, { dictionary, fit, today: '2026-11-25', asOf: null });
  let count = 0;
  let rss = 0;
  for await (const batch of open) {
    count += batch.length;
    if (isCleaned) for (const raw of batch) clean(raw);
    rss = Math.max(rss, process.memoryUsage.rss());
  }
  const used = process.cpuUsage(cpu);
  return {
    rows: count,
    seconds: (performance.now() - started) / 1_000,
    cpu: (used.user + used.system) / 1e6,
    rss: rss / 1e6,
  };
}

async function measureText(key: string, row: (n: number) => string[]): Promise<void> {
  const profile = profileOf(key);
  const file = path.join(folder, `${key}.csv`);
  await pipeline(Readable.from(lines(profile, row)), createWriteStream(file));
  const megabytes = statSync(file).size / 1e6;
  for (const isCleaned of [false, true]) {
    const { rows: count, seconds, cpu, rss } = await pass(file, profile, profile.format, isCleaned);
    const what = `${key}, ${isCleaned ? 'read and cleaned' : 'read'}`;
    figures.atLeast(`${what}: rows/s`, count / seconds, 0);
    figures.atLeast(`${what}: rows a second of CPU`, count / cpu, 0);
    figures.atLeast(`${what}: MB/s`, megabytes / seconds, 0);
    figures.atMost(`${what}: resident MB`, rss, 500);
  }
}

async function measureSheet(): Promise<void> {
  const profile = profileOf('public-security');
  const file = path.join(folder, 'book.xlsx');
  const columns = profile.columns.map(({ column }) => ({ title: column, width: 12 }));
  function* data(): Generator<string[]> {
    for (let n = 0; n < sheetRows; n++) yield policeRow(n);
  }
  const sheets = [{ name: '表', headed: true, columns, rows: data() }];
  await pipeline(Readable.from(workbook(sheets, '表')), createWriteStream(file));
  const measured = await pass(file, profile, { kind: 'xlsx', titleRows: 0 }, true);
  if (measured.rows !== sheetRows) throw new Error(`${measured.rows} rows were read`);
  figures.atMost('100,000 rows of XLSX: seconds', measured.seconds, 20);
  figures.atMost('100,000 rows of XLSX: resident MB', measured.rss, 500);
}

try {
  // The workbook first: what was read before would count as its memory.
  await measureSheet();
  await measureText('public-security', policeRow);
  await measureText('social-security', employmentRow);
  figures.tell(options.json);
} finally {
  rmSync(folder, { recursive: true });
}
