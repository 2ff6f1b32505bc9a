import { checkCitizenId } from '../../archive/rules/citizen-id.ts';
import { bareNumber } from '../../archive/rules/text.ts';
import { dense, digitsIn, visible } from './plain.ts';
import type { CellReason } from './words.ts';

export type IdRead =
  | { id: string; fault?: undefined }
  /** `spoiled` is what may still be compared with ids, and is none. */
  | { id?: undefined; fault: CellReason; spoiled: string };

const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const checkDigits = '10X98765432';
const certificateShape = /^\d{17}[\dX][1-7][1-4](B\d)?$/;
/** Below this there is nothing to compare. */
const shortestSpoiled = 12;

/**
 * A citizen id in 18 characters. What `checkCitizenId` puts right is put right; a disabled person's certificate
 * gives the id that it begins with.
 * @param today a birth after that day is impossible
 */
export function idOf(cell: string, today: string): IdRead {
  if (isWholeId(cell, today)) return { id: cell };
  const narrow = dense(cell);
  if (isWholeId(narrow, today)) return { id: narrow };
  const bare = withoutRest(bareNumber(visible(cell)));
  const powered = /^(\d(?:\.\d+)?)E\+?1[47]$/.exec(bare);
  if (powered) return lostDigits(powered[1] ?? '');
  const check = checkCitizenId(certificateShape.test(bare) ? bare.slice(0, 18) : bare, today);
  if (check.ok) return { id: check.id };
  return {
    fault: `id_${check.reason}`,
    spoiled: bare.length < shortestSpoiled ? '' : bare.slice(0, 40),
  };
}

/** Without hyphens, a remark in brackets, and the .0 of a number: the check digit tells whether that was right. */
const withoutRest = (bare: string): string =>
  bare
    .replace(/[(（【[].*$/, '')
    .replace(/\.0+$/, '')
    .replace(/(?<=[\dX])[-－—–_](?=[\dX])/g, '');

/** What is left of an id that was a number: its first 15 digits at most. */
function lostDigits(digits: string): IdRead {
  const kept = digits.replace('.', '');
  return {
    fault: 'id_digits_lost',
    spoiled: kept.length < shortestSpoiled ? '' : kept.slice(0, 15).padEnd(18, '0'),
  };
}

/** Whether a cell is a valid id of 18 characters as it stands; the same judgement as `checkCitizenId`. */
function isWholeId(cell: string, today: string): boolean {
  if (cell.length !== 18) return false;
  let sum = 0;
  for (let i = 0; i < 17; i++) {
    const digit = cell.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return false;
    sum += digit * (weights[i] ?? 0);
  }
  if (cell.charCodeAt(17) !== checkDigits.charCodeAt(sum % 11)) return false;
  return isBirth(cell, today);
}

function isBirth(id: string, today: string): boolean {
  const year = digitsIn(id, 6, 10);
  const month = digitsIn(id, 10, 12);
  const day = digitsIn(id, 12, 14);
  // The rarer cases are left to `checkCitizenId`.
  if (year < 1851 || month < 1 || month > 12 || day < 1 || day > 28) return false;
  return year < digitsIn(today, 0, 4);
}

/** The birth date that a valid id tells. */
export const birthIn = (id: string): string =>
  `${id.slice(6, 10)}-${id.slice(10, 12)}-${id.slice(12, 14)}`;

/** The sex that a valid id tells. */
export const sexIn = (id: string): '1' | '2' => (id.charCodeAt(16) % 2 === 1 ? '1' : '2');

export type CertificateRead =
  | { certificate: string; fault?: undefined }
  | { certificate?: undefined; fault: CellReason };

/** A disabled person's certificate: the citizen id, a digit of kind, one of grade; B and a number after a loss. */
export function certificateOf(cell: string): CertificateRead {
  const bare = bareNumber(visible(cell));
  return certificateShape.test(bare) ? { certificate: bare } : { fault: 'certificate' };
}
