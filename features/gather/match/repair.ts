import { checkCitizenId } from '../../archive/rules/citizen-id.ts';

/**
 * The valid ids that a spoiled one may have been: with two digits swapped, or with one digit wrong.
 * @param spoiled 18 characters, digits and a last X; anything else has no repairs
 * @param today ids of people not yet born are no repairs
 */
export function repairsOf(spoiled: string, today: string): string[] {
  if (!/^\d{17}[\dX]$/.test(spoiled)) return [];
  const repairs = new Set<string>();
  const all = [...spoiled].map((one) => (one === 'X' ? 10 : Number(one)));
  const keep = (changed: readonly number[]): void => {
    // Most fail here, before a text is made of them.
    if (!isChecked(changed)) return;
    const id = changed.map((one) => (one === 10 ? 'X' : one)).join('');
    if (id !== spoiled && checkCitizenId(id, today).ok) repairs.add(id);
  };
  for (let i = 0; i < 17; i++) {
    for (let j = i + 1; j < 18; j++) {
      if (all[i] === all[j] || (j === 17 && all[j] === 10)) continue;
      keep(all.with(i, all[j] ?? 0).with(j, all[i] ?? 0));
    }
  }
  for (let i = 0; i < 18; i++) {
    for (let digit = 0; digit < (i === 17 ? 11 : 10); digit++) keep(all.with(i, digit));
  }
  return [...repairs];
}

const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2, 1];

/** ISO 7064, MOD 11-2: the digits with their weights, the check digit's being 1, leave 1. */
function isChecked(digits: readonly number[]): boolean {
  let sum = 0;
  for (let i = 0; i < 18; i++) sum += (digits[i] ?? 0) * (weights[i] ?? 0);
  return sum % 11 === 1;
}
