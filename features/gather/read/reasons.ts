import type { Reason } from '../rows.ts';

const reason = (code: string, zh: string, en: string): Reason => ({ code, message: { zh, en } });

/** Why a row of a file is set aside by its reader. */
export const rowReasons = {
  bytes: reason(
    'bytes',
    '含有无法识别的字符，编码混乱或已损坏，请重新导出这一行',
    'Holds characters of no known encoding, or damaged ones; export this row anew',
  ),
  quote: reason(
    'quote',
    '引号使用有误：结束的引号后面还有内容，请核对这一行',
    'A quotation mark closes in the midst of a cell; check this row',
  ),
  json: reason('json', '不是有效的 JSON 对象', 'Is not a JSON object'),
  nested: reason(
    'nested',
    'JSON 中有嵌套的对象，不能对应到列',
    'Holds an object within the object, which no column can take',
  ),
  formula: reason(
    'formula',
    '含有公式，其结果不可信，请粘贴为数值后重新导出',
    'Holds a formula, whose result is not believed; paste values and export anew',
  ),
  cell: reason('cell', '有一格内容过长，请核对', 'A cell is too long; check it'),
  many: reason(
    'many',
    '列数多于表头，内容中可能有分隔符，请核对这一行',
    'Has more cells than the header: a text may hold the separator; check this row',
  ),
  header: reason(
    'header',
    '重复的表头，可能是多个文件拼接而成',
    'Is the header once more: files may have been put together',
  ),
  few: reason(
    'few',
    '列数少于表头，可能被截断或换行，请核对这一行',
    'Has fewer cells than the header: it may be cut or broken; check this row',
  ),
} as const;
