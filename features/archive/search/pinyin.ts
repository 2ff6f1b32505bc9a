import { pinyin } from 'pinyin-pro';

/** A name's parts in pinyin without tones: surname and given name, syllable by syllable. */
export interface Spelling {
  surname: string[];
  given: string[];
}

// Names repeat their parts: a few thousand characters and surnames make all of them.
const characters = new Map<string, string>();
const surnames = new Map<string, string[]>();

const compound = new Set(
  '欧阳 司马 上官 诸葛 东方 皇甫 尉迟 公孙 慕容 令狐 司徒 夏侯 长孙 宇文 轩辕 司空 端木 南宫 百里 呼延 东郭 澹台 公冶 宗政 濮阳 淳于 单于 太叔 申屠 仲孙 钟离 闻人 赫连 第五 西门'.split(
    ' ',
  ),
);

/** How many characters of a name are its surname; none for a name with a middle dot. */
export function surnameLength(name: readonly string[]): number {
  if (name.includes('·')) return 0;
  if (name.length >= 3 && compound.has(`${name[0]}${name[1]}`)) return 2;
  return name.length >= 2 ? 1 : 0;
}

/** The spelling of a name; a character without a reading (a letter, a rare one) stands for itself. */
export function spell(name: readonly string[]): Spelling {
  const length = surnameLength(name);
  return {
    surname: spellSurname(name.slice(0, length).join('')),
    given: name
      .slice(length)
      .filter((character) => character !== '·')
      .map(spellCharacter),
  };
}

function spellSurname(surname: string): string[] {
  if (surname === '') return [];
  let spelt = surnames.get(surname);
  if (!spelt) {
    spelt = plain(pinyin(surname, { toneType: 'none', type: 'array', v: true, surname: 'head' }));
    surnames.set(surname, spelt);
  }
  return spelt;
}

/** One character, by its commonest reading. */
export function spellCharacter(character: string): string {
  let spelt = characters.get(character);
  if (spelt === undefined) {
    spelt = plain(pinyin(character, { toneType: 'none', type: 'array', v: true }))[0] ?? character;
    if (characters.size < 50_000) characters.set(character, spelt);
  }
  return spelt;
}

function plain(spelt: string[]): string[] {
  return spelt.map((syllable) => syllable.toLowerCase().replaceAll('ü', 'v'));
}

/** A key that sorts names by pinyin. */
export function pinyinKey(name: string): string {
  const { surname, given } = spell([...name]);
  return [...surname, ...given].join(' ');
}

/** The first letters of a text's syllables, other letters and digits as they are. */
export function initialsOf(text: string): string {
  return [...text]
    .map((character) => [...spellCharacter(character)][0] ?? '')
    .join('')
    .toLowerCase();
}
