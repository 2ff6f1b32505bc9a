import { Problem, type Text } from '../errors.ts';

const words = {
  damaged: {
    zh: '文件打不开，可能已损坏或没有传完，请重新保存后再上传',
    en: 'the file cannot be read: it is damaged or incomplete; save it again',
  },
  old: {
    zh: '这是旧版 .xls 或带密码的文件，请另存为不带密码的 .xlsx 再上传',
    en: 'this is an old .xls or has a password; save it as .xlsx without one',
  },
  locked: {
    zh: '文件有密码，请去掉密码后再上传',
    en: 'the file has a password; remove it first',
  },
  macro: {
    zh: '文件带有宏，不能上传，请另存为普通的 .xlsx',
    en: 'the file holds macros; save it as a plain .xlsx',
  },
  bomb: {
    zh: '文件展开后过大，不能读取，请只保留需要的那张表',
    en: 'the file unpacks to too much; keep only the sheet that is needed',
  },
  entities: {
    zh: '文件内容不合规范，不能读取，请用 Excel 或 WPS 重新保存',
    en: 'the file declares what no workbook needs; save it again with Excel or WPS',
  },
  rows: {
    zh: '行数过多，一次最多 5,000 行，请分批修改',
    en: 'there are too many rows, 5,000 at most; edit in parts',
  },
  epoch: {
    zh: '文件按 1904 年起算日期，日期会差四年，请在 Excel 选项中取消“使用 1904 日期系统”后重新保存',
    en: 'the file counts days from 1904, so that days would be four years wrong; turn that option of Excel off and save it again',
  },
  empty: { zh: '表中没有内容，请检查后再上传', en: 'the sheet is empty' },
} as const satisfies Record<string, Text>;

export type Unreadable = keyof typeof words;

/** A workbook that is not read: why, and what to do. */
export class UnreadableWorkbook extends Problem {
  readonly code: Unreadable;

  constructor(code: Unreadable) {
    const { zh, en } = words[code];
    super('invalid', {
      detail: { zh, en: `${en.charAt(0).toUpperCase()}${en.slice(1)}` },
      errors: [{ field: 'file', code, message: { zh: `文件：${zh}`, en: `file: ${en}` } }],
    });
    this.code = code;
  }
}
