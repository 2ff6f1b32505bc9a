import type { Dictionary, Item } from '../../../features/archive/dictionary.ts';
import { citizenIdCheckDigit } from '../../../features/archive/rules/citizen-id.ts';
import { creditCodeCheckCharacter } from '../../../features/archive/rules/credit-code.ts';

const digits = '零一二三四五六七八九';
let made = 0;

/**
 * A value that the dictionary takes for the item and that no other record has, as far as the type allows.
 * Free text begins with `mark`, so that it is known again wherever it turns up.
 * @param turn values of another turn differ, codes and numbers too
 */
export function valueFor(
  item: Item,
  mark: string,
  dictionary: Dictionary,
  turn: number,
): string | number | boolean | string[] {
  const n = ++made;
  const codes = dictionary.codes[item.codes ?? '']?.codes.map(({ code }) => code) ?? [];
  const code = codes[turn % codes.length] ?? '';
  if (item.key === 'disability_certificate') return `${citizenId(n)}43`;
  if (item.key === 'place') return `118.${1000 + n},28.9702`;
  if (item.key === 'children_same_city') return 'no';
  switch (item.type) {
    case 'code':
      return code;
    case 'codes':
      return [code];
    case 'date':
      return `2000-01-0${1 + (turn % 9)}`;
    case 'integer':
    case 'decimal':
    case 'money':
      return item.key === 'year_built' ? 2000 + turn : 10 + turn;
    case 'boolean':
      return turn % 2 === 0;
    case 'phone':
      return `199000${60_000 + n}`;
    case 'citizen_id':
      return citizenId(n);
    case 'credit_code': {
      const first = `929900${String(n % 100).padStart(2, '0')}MA${String(n).padStart(7, '0')}`;
      return first + creditCodeCheckCharacter(first);
    }
    default:
      return `${mark}${[...String(n)].map((digit) => digits[Number(digit)]).join('')}`;
  }
}

/** An id of a region that does not exist, born on the first day of 2000. */
function citizenId(n: number): string {
  const first = `99${String(7000 + Math.floor(n / 1000))}20000101${String(n % 1000).padStart(3, '0')}`;
  return first + citizenIdCheckDigit(first);
}
