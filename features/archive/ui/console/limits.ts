import type { Item } from '../../../../console/dictionary.tsx';
import { figure } from '../../../../console/format.ts';
import type { Language } from '../../../../console/language.tsx';
import type { Text } from '../../../../console/text/zh.ts';
import { formOf } from '../../dictionary/forms.ts';
import type { Value } from './types.ts';

type Words = Text['form'];

/** What a value may be, in words beneath its field: how it is written, between which numbers. */
export function limitsOf(item: Item, language: Language, words: Words): string {
  const form = formOf(item.form)?.help[language];
  return [form && words.written(form), rangeOf(item, words)].filter(Boolean).join(' ');
}

function rangeOf({ key, type, min, max }: Item, words: Words): string {
  if (type === 'date') return '';
  const least = typeof min === 'number' ? shown(min) : undefined;
  const greatest = typeof max === 'number' ? shown(max) : undefined;
  // A single bound of the pack is there against slips of the pen and would be noise on every form.
  const isOwn = key.startsWith('own_');
  if (!isOwn && (least === undefined || greatest === undefined)) return '';
  if (least !== undefined && greatest !== undefined) return words.between(least, greatest);
  if (least !== undefined) return words.atLeast(least);
  return greatest === undefined ? '' : words.atMost(greatest);
}

/** Years and the like have no thousands. */
const shown = (number: number): string =>
  Math.abs(number) < 10_000 ? String(number) : figure(number);

/** What the server would refuse, told while it is typed; undefined when there is nothing to say. */
export function faultIn(
  item: Item,
  value: Value,
  language: Language,
  words: Words,
): string | undefined {
  if (typeof value === 'number') return outside(item, value, words);
  const form = formOf(item.form);
  if (!form || typeof value !== 'string' || value.trim() === '') return undefined;
  const isRight = new RegExp(`^(?:${form.pattern})$`, 'u').test(value.normalize('NFKC').trim());
  return isRight ? undefined : words.notWritten(form.help[language]);
}

function outside({ min, max }: Item, value: number, words: Words): string | undefined {
  if (typeof min === 'number' && value < min) return words.below(shown(min));
  if (typeof max === 'number' && value > max) return words.above(shown(max));
  return undefined;
}
