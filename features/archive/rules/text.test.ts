import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkText } from './text.ts';

const rule = { maxLength: 50 };
const kept = (raw: string) => checkText(raw, rule);

describe('text', () => {
  it.each([
    '𠮷田',
    '𬉼',
    '阿不都热合曼·买买提',
    '',
    '<script>alert(1)</script>',
    "Robert'); DROP TABLE resident;--",
    '👨‍👩‍👧',
  ])('keeps %s as it is', (text) => {
    expect(kept(text)).toEqual({ ok: true, value: text });
  });

  it('takes outer spaces off and composes', () => {
    expect(kept(' 　罗志平\n')).toEqual({ ok: true, value: '罗志平' });
    expect(kept('e\u0301')).toEqual({ ok: true, value: 'é' });
  });

  it.each([
    ['a zero', 'a\u0000b'],
    ['an escape', 'a\u001bb'],
    ['a line break', 'a\nb'],
    ['a turn of direction', 'a\u202eb'],
    ['a zero-width space', '罗\u200b志平'],
    ['half a character', 'a\ud842'],
  ])('refuses %s', (_what, text) => {
    expect(kept(text)).toEqual({ ok: false, reason: 'control' });
  });

  it('takes several lines where they are allowed', () => {
    expect(checkText('a\r\nb\tc', { maxLength: 9, lines: true })).toEqual({
      ok: true,
      value: 'a\nb\tc',
    });
  });

  it('counts characters, not code units', () => {
    expect(checkText('𠮷'.repeat(5), { maxLength: 5 }).ok).toBe(true);
    expect(checkText('𠮷'.repeat(6), { maxLength: 5 })).toEqual({ ok: false, reason: 'length' });
  });

  it('leaves its own result as it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (raw) => {
        const once = checkText(raw, { maxLength: 1000, lines: true });
        if (once.ok) expect(checkText(once.value, { maxLength: 1000, lines: true })).toEqual(once);
      }),
    );
  });
});
