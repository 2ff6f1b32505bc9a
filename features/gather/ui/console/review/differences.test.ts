import { describe, expect, it } from 'vitest';
import { differences } from './differences.ts';

/** The text with what differs in brackets. */
const marked = (text: string, other: string): string =>
  differences(text, other)
    .map((piece) => (piece.differs ? `[${piece.text}]` : piece.text))
    .join('');

describe('differences', () => {
  it.each([
    ['柴试晓', '柴试晓', '柴试晓'],
    ['柴试晓', '柴试小', '柴试[晓]'],
    ['柴晓', '柴试晓', '柴晓'],
    ['柴试晓', '柴晓', '柴[试]晓'],
    ['1960-05-12', '1960-12-05', '1960-[05]-[12]'],
    ['欧阳远山', '柴测甲', '[欧阳远山]'],
    ['彭里村3组5号', '彭里村13组5号', '彭里村3组5号'],
    ['彭里村13组5号', '彭里村3组5号', '彭里村[1]3组5号'],
    ['𠮷明', '吉明', '[𠮷]明'],
    ['', '柴', ''],
    ['柴', '', '[柴]'],
  ])('%s beside %s: %s', (text, other, wanted) => {
    expect(marked(text, other)).toBe(wanted);
  });

  it('keeps every character', () => {
    for (const [text, other] of [
      ['aabbab', 'bababa'],
      ['abcabc', 'cbacba'],
    ] as const)
      expect(
        differences(text, other)
          .map((piece) => piece.text)
          .join(''),
      ).toBe(text);
  });
});
