import type { FieldError } from '../../../server/errors.ts';
import {
  type Category,
  type CodeTable,
  type Item,
  listed,
  sensitivities,
} from '../dictionary/types.ts';

/** How the key of a county's own item begins: no later pack takes it. */
export const ownPrefix = 'own_';

const fault = (field: string, zh: string, en: string): FieldError => ({
  field,
  code: 'not_allowed',
  message: { zh: `${field}：${zh}`, en: `${field}: ${en}` },
});

/**
 * What a county may not make of an item. Values are stored by type, code table and group, so those stay;
 * checks of a standard are never loosened, and what is guarded is never opened wider.
 * @param packed the item in the pack, where it is one of the pack's
 * @param current the item in force, where there is one
 */
export function refusalsOf(
  category: Category,
  packed: Item | undefined,
  current: Item | undefined,
  next: Item,
): FieldError[] {
  const base = packed ?? current;
  const found: FieldError[] = [];
  if (!packed && !next.key.startsWith(ownPrefix))
    found.push(
      fault(
        'key',
        `本县项目的键应以 ${ownPrefix} 开头`,
        `an item of a county begins with ${ownPrefix}`,
      ),
    );
  if (!packed && next.derived)
    found.push(
      fault('derived', '自增项目不能由系统推算', 'the system derives no item of a county'),
    );
  if (!base) return found;
  for (const field of ['type', 'codes', 'group', 'derived'] as const) {
    if ((base[field] ?? null) === (next[field] ?? null)) continue;
    found.push(
      fault(
        field,
        '已有数据按原设置保存，不能改；请停用后另建一项',
        'values are stored by it; retire the item and add another',
      ),
    );
  }
  const floor = current ?? base;
  if (sensitivities.indexOf(next.sensitivity) < sensitivities.indexOf(floor.sensitivity))
    found.push(fault('sensitivity', '只能调高，不能调低', 'may be raised, never lowered'));
  if (packed) found.push(...looseningsOf(packed, next));
  if (next.retired && listed[category].includes(next.key))
    found.push(
      fault('retired', '名册要用到这一项，不能停用', 'the lists need it; it cannot be retired'),
    );
  return found;
}

function looseningsOf(packed: Item, next: Item): FieldError[] {
  const found: FieldError[] = [];
  for (const field of ['source', 'retention'] as const) {
    if (packed[field] !== next[field])
      found.push(fault(field, '通用项目的来源和保存期限不能改', 'is the pack’s to say'));
  }
  if (packed.form !== undefined && packed.form !== next.form)
    found.push(fault('form', '通用项目的书写格式不能改', 'the form of the pack’s item stays'));
  if (packed.pattern !== undefined && packed.pattern !== next.pattern)
    found.push(fault('pattern', '标准格式不能改', 'the form of a standard stays'));
  if (looser(packed.maxLength, next.maxLength, 1))
    found.push(fault('maxLength', `不能超过 ${packed.maxLength}`, `at most ${packed.maxLength}`));
  if (looser(packed.max, next.max, 1))
    found.push(fault('max', `不能大于 ${packed.max}`, `may not be above ${packed.max}`));
  if (looser(packed.min, next.min, -1))
    found.push(fault('min', `不能小于 ${packed.min}`, `may not be below ${packed.min}`));
  return found;
}

/** Whether a bound lets more through than the pack's; a bound in words stays as it is. */
function looser(
  packed: number | string | undefined,
  next: number | string | undefined,
  way: 1 | -1,
): boolean {
  if (packed === undefined || packed === next) return false;
  if (next === undefined || typeof packed !== typeof next) return true;
  if (packed === 'today' || packed === 'this_year' || next === 'today' || next === 'this_year')
    return true;
  return way === 1 ? next > packed : next < packed;
}

/**
 * What a county may not make of a code table: tables of a standard stay, and no code goes away that a value
 * may hold.
 * @param current the table in force
 */
export function tableRefusalsOf(current: CodeTable, next: CodeTable): FieldError[] {
  if (current.standard !== 'local')
    return [
      fault('codes', `采用 ${current.standard}，不能改`, `follows ${current.standard} and stays`),
    ];
  const kept = new Set(next.codes.map(({ code }) => code));
  return current.codes
    .filter(({ code }) => !kept.has(code))
    .map(({ code, zh, en }) =>
      fault(
        'codes',
        `“${zh}”（${code}）可停用，不能删除`,
        `${en} (${code}) may be retired, not removed`,
      ),
    );
}

/** Whether records have to be counted anew: gaps, completeness or freshness follow from the change. */
export function needsRecount(before: Item | undefined, after: Item | undefined): boolean {
  const marks = (item: Item | undefined) =>
    item && !item.retired ? `${item.required} ${item.freshMonths ?? ''}` : 'false ';
  return marks(before) !== marks(after);
}
