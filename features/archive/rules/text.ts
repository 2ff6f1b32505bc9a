/** Why a text is refused. */
export type TextRefusal = 'control' | 'length';

export type TextCheck = { ok: true; value: string } | { ok: false; reason: TextRefusal };

export interface TextRule {
  /** Most characters, counted in code points: 𠮷 counts as one. */
  maxLength: number;
  /** Whether it may have several lines. */
  lines?: boolean;
}

// Control characters; marks that turn the writing direction, with which a text can look like
// another; line separators; and the invisible ones that would hide a name from search.
const unseen = /[\p{Cc}\u200b\u2028\u2029\u202a-\u202e\u2060-\u2069\ufeff]/u;

/**
 * Checks a text: outer spaces off, Unicode NFC, nothing invisible, not too long. Everything
 * else is kept as it is: rare characters beyond the BMP, those of the private area that police
 * files still hold, middle dots, and markup, which is text like any other.
 */
export function checkText(raw: string, rule: TextRule): TextCheck {
  if (!raw.isWellFormed()) return { ok: false, reason: 'control' };
  const value = raw.replace(/\r\n?/g, '\n').trim().normalize('NFC');
  const visible = rule.lines ? value.replace(/[\n\t]/g, '') : value;
  if (unseen.test(visible)) return { ok: false, reason: 'control' };
  if ([...value].length > rule.maxLength) return { ok: false, reason: 'length' };
  return { ok: true, value };
}

/** Full-width letters, digits and signs as half-width ones, the ideographic space as a space. */
export function halfWidth(text: string): string {
  return text
    .replace(/[\uff01-\uff5e]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0))
    .replaceAll('\u3000', ' ');
}

/**
 * A number as typed or as found in a table: half-width, without spaces, invisible marks and the
 * apostrophe that spreadsheets put in front, in capitals.
 */
export function bareNumber(text: string): string {
  return halfWidth(text)
    .replace(/[\s\u200b\ufeff]/g, '')
    .replace(/^['’‘`]+/, '')
    .toUpperCase();
}
