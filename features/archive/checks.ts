import type { Actor } from '../../server/database/actor.ts';
import { type FieldError, Problem, type Text } from '../../server/errors.ts';
import type { CategoryShape } from './categories.ts';
import type { Dictionary, Item } from './dictionary.ts';
import { isEditable } from './file.ts';
import { byActAlone } from './rules/by-act.ts';
import type { FactValue } from './rules/facts.ts';
import { checkValue } from './rules/value.ts';

/** A value that passed the dictionary's check. */
export interface Checked {
  item: Item;
  value: FactValue;
}

/**
 * Checks what was filled in against the dictionary and the acting post's rights.
 * @returns the items with normalised values
 * @throws Problem invalid with one error a field, each naming the fix; forbidden items are among them
 */
export function checkItems(
  dictionary: Dictionary,
  shape: CategoryShape,
  actor: Actor,
  filled: Record<string, unknown>,
): Checked[] {
  const errors: FieldError[] = [];
  const checked: Checked[] = [];
  for (const [key, raw] of Object.entries(filled)) {
    const field = `items.${key}`;
    const item = dictionary.item(shape.key, key);
    const refusal = refusalOf(item, actor, key);
    if (refusal || !item) {
      errors.push({ field, ...(refusal ?? unknownItem(key)) });
      continue;
    }
    const result = checkValue(item, raw, dictionary, actor.day);
    if (result.ok) checked.push({ item, value: result.value });
    else errors.push({ field, code: result.code, message: result.message });
  }
  if (errors.length > 0) throw new Problem('invalid', { errors });
  return checked;
}

function refusalOf(
  item: Item | undefined,
  actor: Actor,
  key: string,
): { code: string; message: Text } | undefined {
  if (!item) return unknownItem(key);
  if (isEditable(item, actor)) return undefined;
  return {
    code: 'not_yours',
    message: {
      zh: `${item.label.zh}：当前岗位不能填写这一项，请去掉后再提交`,
      en: `${item.label.en}: the acting post may not fill in this item; leave it out`,
    },
  };
}

function unknownItem(key: string): { code: string; message: Text } {
  return {
    code: 'unknown_item',
    message: { zh: `${key}：档案中没有这一项`, en: `${key}: the dictionary has no such item` },
  };
}

/**
 * @param changes items that a plain edit or a new record would change
 * @throws Problem invalid for those that only an act of life states, with the way to it
 */
export function refuseByAct(shape: CategoryShape, changes: readonly Checked[]): void {
  const errors = changes
    .filter(({ item }) => byActAlone(shape.key, item.key))
    .map(({ item: { key, label } }) => ({
      field: `items.${key}`,
      code: 'by_act',
      message: {
        zh: `${label.zh}：请用“登记死亡”办理；登记有误的，在变更记录中撤销那项登记`,
        en: `${label.en}: register the death as an act of life; if one is mistaken, cancel it in the timeline`,
      },
    }));
  if (errors.length > 0) throw new Problem('invalid', { errors });
}

/** @throws Problem invalid when an item that names the record is empty */
export function requireTitle(
  dictionary: Dictionary,
  shape: CategoryShape,
  has: (key: string) => boolean,
): void {
  const needed = shape.key === 'household' || shape.key === 'housing' ? 'address' : 'name';
  if (has(needed)) return;
  const label = dictionary.item(shape.key, needed)?.label ?? { zh: needed, en: needed };
  throw new Problem('invalid', {
    errors: [
      {
        field: `items.${needed}`,
        code: 'required',
        message: { zh: `${label.zh}：必填，请补上`, en: `${label.en}: is required` },
      },
    ],
  });
}
