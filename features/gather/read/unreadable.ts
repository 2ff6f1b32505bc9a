import { Problem, type Text } from '../../../server/errors.ts';

const words = {
  absent: { zh: '文件不存在或无法打开', en: 'the file is not there or cannot be opened' },
  empty: { zh: '文件是空的，或标题行下面没有表头', en: 'the file is empty, or has no header' },
  old: {
    zh: '这是旧版 .xls 或带密码的文件，请另存为不带密码的 .xlsx 或 CSV',
    en: 'this is an old .xls or has a password; save it as .xlsx without one, or as CSV',
  },
  kind: {
    zh: '文件的实际格式与方案不同，请核对是否选错了文件或方案',
    en: 'the file is of another kind than its profile says; check file and profile',
  },
  gzip: {
    zh: '压缩文件不完整或已损坏，可能没有传完，请重新获取',
    en: 'the packed file is incomplete or damaged; fetch it again',
  },
  bomb: {
    zh: '压缩文件展开后过大，不能读取',
    en: 'the packed file unpacks to too much',
  },
  quote: {
    zh: '从某行起引号没有结束，文件可能被截断，请重新导出',
    en: 'a quotation mark is never closed: the file may be cut short; export it anew',
  },
  cut: {
    zh: '最后一行不完整，文件可能被截断，请重新获取',
    en: 'the last line is incomplete: the file may be cut short; fetch it again',
  },
  line: {
    zh: '有一行过长，这可能不是文字表格，请核对文件',
    en: 'a line is too long: this may be no table of text; check the file',
  },
  columns: {
    zh: '表头的列数过多，请核对分隔符，或只保留需要的列',
    en: 'the header has too many columns; check the separator, or keep the columns that are needed',
  },
  twice: {
    zh: '表头中有重复的列名，请改名或删除',
    en: 'the header names a column twice; rename or remove one',
  },
  array: {
    zh: '文件是一个 JSON 数组，应为每行一个对象（JSON Lines）',
    en: 'the file is one JSON array; it must be one object a line (JSON Lines)',
  },
} as const satisfies Record<string, Text>;

export type UnreadableReason = keyof typeof words;

/** A file that is not read, or not to its end: why, where, and what to do. Nothing of it may be kept. */
export class UnreadableFile extends Problem {
  readonly code: UnreadableReason;

  /** @param where a place in the file, such as 第 12 行 */
  constructor(code: UnreadableReason, where?: Text) {
    const zh = where ? `${words[code].zh}（${where.zh}）` : words[code].zh;
    const en = where ? `${words[code].en} (${where.en})` : words[code].en;
    super('invalid', {
      detail: { zh, en: `${en.charAt(0).toUpperCase()}${en.slice(1)}` },
      errors: [{ field: 'file', code, message: { zh: `文件：${zh}`, en: `file: ${en}` } }],
    });
    this.code = code;
  }
}

/** A place: after so many data rows. */
export const afterRow = (n: number): Text => ({
  zh: `在第 ${n} 行数据之后`,
  en: `after data row ${n}`,
});
