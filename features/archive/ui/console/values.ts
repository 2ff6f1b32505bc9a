import type { Dictionary, Item } from '../../../../console/dictionary.tsx';
import type { Text } from '../../../../console/text/zh.ts';
import type { Value } from './types.ts';

/** A value in words. */
export function inWords(
  dictionary: Dictionary,
  text: Text,
  item: Item | undefined,
  value: Value,
): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'boolean') return value ? text.file.yes : text.file.no;
  if (Array.isArray(value)) {
    return value.map((code) => dictionary.code(item?.codes, code)).join(text.file.comma);
  }
  if (typeof value === 'number') {
    return item?.type === 'integer' && item.key.startsWith('year')
      ? String(value)
      : value.toLocaleString('zh-CN');
  }
  return item?.codes ? dictionary.code(item.codes, value) : value;
}

/** Whether two values are the same. */
export const same = (one: Value | undefined, other: Value | undefined): boolean =>
  JSON.stringify(one ?? null) === JSON.stringify(other ?? null);
