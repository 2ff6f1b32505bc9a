import { normalisePhone } from '../../archive/rules/phone.ts';
import { visible } from './plain.ts';
import type { CellReason } from './words.ts';

export interface PhoneRead {
  phone?: string;
  fault?: CellReason;
}

/** A phone in one form: 11 digits, or a landline with its area code; of several the first. */
export function phoneOf(cell: string): PhoneRead {
  if (isMobile(cell)) return { phone: cell };
  // Some programs keep phones as numbers, and write them as such.
  const text = visible(cell).replace(/\.0+$/, '');
  const phone = normalisePhone(text);
  if (phone !== null) return { phone };
  const parts = text.split(/[、，,;；/／|]|\s+(?=[+0１1])/).filter((part) => part.trim() !== '');
  const first = parts.length > 1 ? normalisePhone(parts[0] ?? '') : null;
  return first === null ? { fault: 'phone' } : { phone: first, fault: 'phone_many' };
}

function isMobile(cell: string): boolean {
  if (cell.length !== 11 || cell.charCodeAt(0) !== 49 || cell.charCodeAt(1) < 51) return false;
  for (let i = 1; i < 11; i++) {
    const code = cell.charCodeAt(i);
    if (code < 48 || code > 57) return false;
  }
  return true;
}
