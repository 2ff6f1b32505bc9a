import { checkCitizenId } from '../../archive/rules/citizen-id.ts';

const digits = '0123456789';

/**
 * The valid ids that a spoiled one may have been: with two digits swapped, or with one digit wrong.
 * @param spoiled 18 characters, digits and a last X; anything else has no repairs
 * @param today ids of people not yet born are no repairs
 */
export function repairsOf(spoiled: string, today: string): string[] {
  if (!/^\d{17}[\dX]$/.test(spoiled)) return [];
  const repairs = new Set<string>();
  const keep = (id: string): void => {
    if (id !== spoiled && checkCitizenId(id, today).ok) repairs.add(id);
  };
  const all = [...spoiled];
  for (let i = 0; i < 17; i++) {
    for (let j = i + 1; j < 18; j++) {
      if (all[i] === all[j] || (j === 17 && all[j] === 'X')) continue;
      const swapped = [...all];
      swapped[i] = all[j] ?? '';
      swapped[j] = all[i] ?? '';
      keep(swapped.join(''));
    }
  }
  for (let i = 0; i < 18; i++) {
    for (const digit of i === 17 ? `${digits}X` : digits)
      keep(`${spoiled.slice(0, i)}${digit}${spoiled.slice(i + 1)}`);
  }
  return [...repairs];
}
