import type { Actor } from '../../../server/database/actor.ts';
import type { Read } from '../../../server/spreadsheet/reader.ts';
import type { Cell } from '../../../server/spreadsheet/workbook.ts';
import type { CategoryKey } from '../contract.ts';
import type { Dictionary, Item } from '../dictionary.ts';
import { isEditable } from '../file.ts';
import type { FactValue } from '../rules/facts.ts';
import { halfWidth } from '../rules/text.ts';
import { bulkWords as words } from './words.ts';

/**
 * Items that are edited by a sheet: those of the group `file` that the role writes. Sensitive items leave the house
 * in no list (DOMAIN.md, section 6), so they come back in none.
 */
export function itemsByBulk(dictionary: Dictionary, category: CategoryKey, actor: Actor): Item[] {
  return dictionary.categories[category].items.filter(
    (item) => item.group === 'file' && isEditable(item, actor),
  );
}

/** The words a cell of the item may hold; none where it is free. */
export function choiceOf(dictionary: Dictionary, item: Item): readonly string[] | undefined {
  if (item.type === 'boolean') return [words.yes, words.no];
  if (item.type !== 'code') return undefined;
  return dictionary.codes[item.codes ?? '']?.codes.map(({ zh }) => zh);
}

/** A stored value as a cell. */
export function cellOf(dictionary: Dictionary, item: Item, value: FactValue | undefined): Cell {
  if (value === null || value === undefined) return null;
  if (typeof value === 'boolean') return value ? words.yes : words.no;
  if (typeof value === 'number') return value;
  const known = new Map(
    (dictionary.codes[item.codes ?? '']?.codes ?? []).map(({ code, zh }) => [code, zh]),
  );
  if (Array.isArray(value)) return value.map((code) => known.get(code) ?? code).join(words.comma);
  if (item.type === 'date') return { day: value };
  return known.get(value) ?? value;
}

/**
 * A cell as `checkValue` takes it: words back to codes, days from Excel's count or from any of the ways they are
 * typed in WPS, full-width digits. What is left as it was is judged there.
 */
export function rawOf(
  dictionary: Dictionary,
  item: Item,
  cell: Exclude<Read, { formula: true }>,
  dayOfSerial: (serial: number) => string | null,
): unknown {
  if (cell === null) return null;
  if (item.type === 'date')
    return typeof cell === 'number' ? (dayOfSerial(cell) ?? String(cell)) : dayOf(String(cell));
  if (item.type === 'boolean') return yesOrNo(cell);
  if (item.type === 'integer' || item.type === 'decimal' || item.type === 'money') return cell;
  const text = typeof cell === 'boolean' ? (cell ? words.yes : words.no) : String(cell);
  if (item.codes === undefined) return text;
  const codes = dictionary.codes[item.codes]?.codes ?? [];
  const codeOf = (word: string): string => {
    const plain = halfWidth(word).trim();
    return (
      codes.find(({ zh, code }) => zh === word.trim() || halfWidth(zh) === plain || code === plain)
        ?.code ?? plain
    );
  };
  if (item.type !== 'codes') return text.trim() === '' ? null : codeOf(text);
  return text
    .split(/[、,，;；]/)
    .filter((part) => part.trim() !== '')
    .map(codeOf);
}

/** `2026年1月2日`, `2026/1/2`, `2026.1.2`, `20260102` as `2026-01-02`. */
function dayOf(text: string): string {
  const plain = halfWidth(text).trim();
  const found =
    /^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?: 0{1,2}:00(?::00)?)?$/.exec(plain) ??
    /^(\d{4})(\d{2})(\d{2})$/.exec(plain);
  if (!found) return plain;
  const [, year, month = '', day = ''] = found;
  return `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
}

function yesOrNo(cell: string | number | boolean): unknown {
  if (typeof cell === 'boolean') return cell;
  const text = halfWidth(String(cell)).trim().toLowerCase();
  if (text === '') return null;
  if ([words.yes, '1', 'true', 'y', '√'].includes(text)) return true;
  if ([words.no, '0', 'false', 'n', '×'].includes(text)) return false;
  return text;
}
