import { readFileSync } from 'node:fs';
import path from 'node:path';
import { isMap, isScalar, isSeq, LineCounter, parseDocument, type YAMLMap } from 'yaml';
import type { Text } from '../../../server/errors.ts';
import type { DictionaryFault } from './types.ts';

/** One file of the pack; what is wrong with it goes to `faults`. */
export class PackFile {
  readonly file: string;
  readonly faults: DictionaryFault[];
  readonly #lines = new LineCounter();
  readonly #contents: unknown;

  /** @param given what stands in it, where it is no file of a folder */
  constructor(folder: string, file: string, faults: DictionaryFault[], given?: string) {
    this.file = file;
    this.faults = faults;
    const text = given ?? this.#read(path.join(folder, file));
    if (text === undefined) return;
    const document = parseDocument(text, { lineCounter: this.#lines });
    for (const error of document.errors) {
      const why = error.message.split('\n')[0] ?? error.code;
      this.fault(error.pos[0], `YAML 格式有误：${why}`, `Not YAML: ${why}`);
    }
    if (document.errors.length === 0) this.#contents = document.contents ?? undefined;
  }

  fault(offset: number, zh: string, en: string): void {
    const line = Math.max(1, this.#lines.linePos(offset).line);
    this.faults.push({ file: this.file, line, message: { zh, en } });
  }

  /** The file as one map, or undefined when it could not be read. */
  top(): Entry | undefined {
    if (this.#contents === undefined) return undefined;
    return this.entry(this.#contents);
  }

  /** The file as a list of entries with a `key` of their own. */
  list<T extends { key: string }>(read: (entry: Entry) => T): T[] {
    if (this.#contents === undefined) return [];
    if (!isSeq(this.#contents)) {
      this.fault(0, '应为列表，每项以 "- " 开头', 'Must be a list, each entry after "- "');
      return [];
    }
    return unique(this.entriesOf(this.#contents.items), 'key', read);
  }

  entriesOf(nodes: readonly unknown[]): Entry[] {
    return nodes.map((node) => this.entry(node)).filter((entry) => entry !== undefined);
  }

  entry(node: unknown): Entry | undefined {
    if (isMap(node)) return new Entry(this, node);
    this.fault(offsetOf(node), '应为 "键: 值" 的形式', 'Must be pairs of "key: value"');
    return undefined;
  }

  #read(file: string): string | undefined {
    try {
      return readFileSync(file, 'utf8');
    } catch {
      this.fault(
        0,
        '文件不存在或无法读取，请补上',
        'The file is not there or not readable; add it',
      );
      return undefined;
    }
  }
}

const noLabel: Text = { zh: '', en: '' };
const keyShape = /^[a-z][a-z0-9_]{0,39}$/;

/** A map of a pack's file. What is missing or wrong is a fault, and a harmless value is returned. */
export class Entry {
  readonly #file: PackFile;
  readonly #map: YAMLMap;

  constructor(file: PackFile, map: YAMLMap) {
    this.#file = file;
    this.#map = map;
  }

  /** Records a fault at the field, or at the entry where the field is missing. */
  fault(field: string, zh: string, en: string): void {
    const pair = this.#map.items.find(({ key }) => isScalar(key) && key.value === field);
    this.#file.fault(offsetOf(pair?.key ?? this.#map), `${field}：${zh}`, `${field}: ${en}`);
  }

  has(field: string): boolean {
    return this.#map.has(field);
  }

  raw(field: string): unknown {
    return this.#map.get(field) ?? undefined;
  }

  /** Refuses fields with other names: most often a slip of the pen. */
  only(...allowed: string[]): void {
    for (const { key } of this.#map.items) {
      const name = isScalar(key) ? String(key.value) : '?';
      if (allowed.includes(name)) continue;
      this.fault(
        name,
        `不认识的字段，可用：${allowed.join('、')}`,
        `Unknown field; there are: ${allowed.join(', ')}`,
      );
    }
  }

  text(field: string): string {
    const value = this.raw(field);
    if (typeof value === 'string' && value.trim() !== '') return value;
    if (typeof value === 'number' || typeof value === 'boolean') {
      // YAML reads 01 as the number 1, and true as a truth value.
      this.fault(field, '请加引号', 'Put it in quotes');
    } else {
      this.fault(field, '请填写', 'Fill it in');
    }
    return '';
  }

  key(field = 'key'): string {
    const value = this.text(field);
    // Departments' keys have a hyphen, as in public-security.
    if (value === '' || keyShape.test(value.replaceAll('-', '_'))) return value;
    this.fault(
      field,
      '用小写字母开头，只含小写字母、数字和下划线，不超过 40 个字符',
      'Begin with a small letter; small letters, digits and underscores, at most 40',
    );
    return value;
  }

  label(field: string): Text {
    const node = this.#map.get(field, true);
    if (!isMap(node)) {
      this.fault(field, '应写作 {zh: …, en: …}', 'Must be {zh: …, en: …}');
      return noLabel;
    }
    const both = new Entry(this.#file, node);
    both.only('zh', 'en');
    return { zh: both.text('zh'), en: both.text('en') };
  }

  oneOf<T extends string>(field: string, allowed: readonly T[]): T {
    const value = this.raw(field);
    const found = allowed.find((one) => one === value);
    if (found !== undefined) return found;
    const choice = allowed.join(', ');
    this.fault(
      field,
      `“${value ?? ''}”不可用，可用：${choice}`,
      `"${value ?? ''}" is unknown; there are: ${choice}`,
    );
    return (allowed[0] ?? '') as T;
  }

  /** Some of a few words, each once, at least one. */
  several<T extends string>(field: string, allowed: readonly T[]): T[] {
    const node = this.#map.get(field, true);
    const words = isSeq(node) ? node.items.map((item) => (isScalar(item) ? item.value : null)) : [];
    const found = allowed.filter((one) => words.includes(one));
    if (found.length > 0 && found.length === words.length) return found;
    const choice = allowed.join(', ');
    this.fault(field, `应为列表，可用：${choice}`, `Must be a list of some of: ${choice}`);
    return found;
  }

  integer(field: string, least = 0): number {
    const value = this.raw(field);
    if (typeof value === 'number' && Number.isInteger(value) && value >= least) return value;
    this.fault(field, `应为不小于 ${least} 的整数`, `Must be an integer of ${least} or more`);
    return least;
  }

  /** A truth value that is false when it is left out. */
  flag(field: string): boolean {
    const value = this.raw(field);
    if (value === undefined || typeof value === 'boolean') return value ?? false;
    this.fault(field, '应为 true 或 false', 'Must be true or false');
    return false;
  }

  /** A map within the entry. */
  map(field: string): Entry | undefined {
    const node = this.#map.get(field, true);
    return this.#file.entry(node);
  }

  entries(field: string): Entry[] {
    const node = this.#map.get(field, true);
    if (isSeq(node)) return this.#file.entriesOf(node.items);
    this.fault(field, '应为列表，每项以 "- " 开头', 'Must be a list, each entry after "- "');
    return [];
  }
}

function offsetOf(node: unknown): number {
  if (typeof node !== 'object' || node === null || !('range' in node)) return 0;
  const { range } = node;
  return Array.isArray(range) && typeof range[0] === 'number' ? range[0] : 0;
}

/** Reads each entry, and names the second one of a key. */
export function unique<T>(
  entries: Entry[],
  field: keyof T & string,
  read: (entry: Entry) => T,
): T[] {
  const seen = new Set<unknown>();
  return entries.map((entry) => {
    const value = read(entry);
    const key = value[field];
    if (seen.has(key) && key !== '') {
      entry.fault(
        field,
        `重复：${key}，请改名或删除`,
        `${key} is there already; rename or remove it`,
      );
    }
    seen.add(key);
    return value;
  });
}
