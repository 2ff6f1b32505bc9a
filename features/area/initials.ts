import { pinyin } from 'pinyin-pro';

// A nation's 660,000 names are made of some 5,000 characters.
const letters = new Map<string, string>();

/** The first letters of a name in pinyin, for the area picker: 彭里村 is plc. */
export function initials(name: string): string {
  let text = '';
  for (const character of name) {
    let letter = letters.get(character);
    if (letter === undefined) {
      letter = pinyin(character, { pattern: 'first', toneType: 'none' }).toLowerCase();
      letters.set(character, letter);
    }
    text += letter;
  }
  return text;
}
