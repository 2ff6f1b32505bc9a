import type { CategoryKey } from '../contract.ts';
import { spell, surnameLength } from './pinyin.ts';

/** Keyed one-way index of a phone or id. */
export type Blind = (kind: string, text: string) => string;

interface Marked {
  tags: readonly string[];
  missing: readonly string[];
}

const letters: Record<CategoryKey, string> = {
  resident: 'r',
  household: 'h',
  housing: 'd',
  premises: 's',
  organisation: 'o',
};

/** The token of a tag, for list filters. */
export function tagToken(category: CategoryKey, tag: string): string {
  return `t:${letters[category]}:${tag}`;
}

/** The token of an empty required item, for list filters. */
export function missingToken(category: CategoryKey, item: string): string {
  return `!:${letters[category]}:${item}`;
}

function markTokens(category: CategoryKey, { tags, missing }: Marked): string[] {
  return [
    ...tags.map((tag) => tagToken(category, tag)),
    ...missing.map((item) => missingToken(category, item)),
  ];
}

const nameTokensOf = new Map<string, string[]>();

/**
 * Tokens of a person's name: its beginnings, the given name and its characters, the same in pinyin by
 * whole syllables, and initials. The end mark `$` lets a whole name outrank a longer one.
 */
export function nameTokens(name: string): string[] {
  let tokens = nameTokensOf.get(name);
  if (!tokens) {
    tokens = makeNameTokens(name);
    // Given names repeat; a bound keeps a bulk load's memory level.
    if (nameTokensOf.size > 200_000) nameTokensOf.clear();
    nameTokensOf.set(name, tokens);
  }
  return tokens;
}

function makeNameTokens(written: string): string[] {
  // Letters are searched for in any case, and without the spaces between them.
  const name = written.toLowerCase().replace(/\s+/g, '');
  const all = [...name];
  const characters = all.filter((character) => character !== '·');
  const length = surnameLength(all);
  const given = characters.slice(length);
  const { surname, given: spelt } = spell(all);
  const whole = [...surname, ...spelt];
  const first = (syllables: readonly string[]): string =>
    syllables.map((syllable) => [...syllable][0] ?? '').join('');
  const tokens = [
    ...beginnings(characters.slice(0, 6)).slice(0, -1),
    `${characters.slice(0, 30).join('')}$`,
    ...(length > 0 && given.length > 1 ? [given.join('')] : []),
    ...(length > 0 ? given.slice(0, 3) : []),
    ...beginnings(whole.slice(0, 6)).slice(0, -1),
    `${whole.slice(0, 12).join('')}$`,
    ...(length > 0 && spelt.length > 1 ? [spelt.join('')] : []),
    ...(whole.length > 2 ? [first(whole.slice(0, 2))] : []),
    ...(whole.length > 3 ? [first(whole.slice(0, 3))] : []),
    ...(whole.length > 1 ? [`${first(whole).slice(0, 12)}$`] : []),
    ...(length > 0 && spelt.length > 1 ? [first(spelt)] : []),
    // Of a name with a middle dot each part is searched for.
    ...(all.includes('·')
      ? name
          .split('·')
          .flatMap((part) => [part, [...part].map((one) => spell([one]).given.join('')).join('')])
          .filter(Boolean)
      : []),
  ];
  return [...new Set(tokens)];
}

function beginnings(parts: readonly string[]): string[] {
  return parts.map((_, i) => parts.slice(0, i + 1).join(''));
}

/** What of a resident is searched. */
export interface ResidentWords extends Marked {
  name: string;
  formerName?: string | undefined;
  phone?: string | undefined;
  citizenId?: string | undefined;
}

/** Tokens of a resident. Phones and ids go in as keyed hashes only. */
export function tokensOfResident(resident: ResidentWords, blind: Blind): string[] {
  const digits = resident.phone?.replace(/\D/g, '') ?? '';
  return unique([
    ...(resident.name === '' ? [] : nameTokens(resident.name)),
    ...(resident.formerName ? nameTokens(resident.formerName) : []),
    ...(digits.length >= 4
      ? [`p4:${blind('phone4', digits.slice(-4))}`, `p:${blind('phone', digits)}`]
      : []),
    ...(resident.citizenId ? [`i:${blind('citizen_id', resident.citizenId)}`] : []),
    ...markTokens('resident', resident),
  ]);
}

/** Tokens of an address: house numbers, and words of two characters and more before them. */
export function addressTokens(address: string): string[] {
  const text = address.normalize('NFKC').replace(/\s+/g, '');
  const numbers = [...text.matchAll(/(\d+(?:-\d+)*)([号幢栋弄组室单元楼]*)/g)].flatMap(
    ([, number = '', unit = '']) =>
      unit.startsWith('组') ? [`a:${number}组`] : unit.startsWith('单元') ? [] : [`a:${number}`],
  );
  const words = [...text.matchAll(/\p{Script=Han}{2,}/gu)]
    .flatMap(([word]) => word.split(/[省市县区镇乡村组号幢栋室]|街道|社区|单元/u))
    .filter((word) => [...word].length >= 2)
    .slice(-2)
    .map((word) => `a:${word}`);
  return [...numbers, ...words];
}

/** Tokens of a household: house number, group, road, household number. */
export function tokensOfHousehold(
  household: { number?: string | undefined; address?: string | undefined } & Marked,
  _blind: Blind,
): string[] {
  return unique([
    ...(household.number ? [`n:${household.number.toLowerCase()}`] : []),
    ...(household.address ? addressTokens(household.address) : []),
    ...markTokens('household', household),
  ]);
}

/**
 * Tokens of a dwelling. In the search over all categories the household at the same address is
 * found, not the dwelling: its address counts only where dwellings alone are looked for.
 */
export function tokensOfHousing(
  housing: { code?: string | undefined; address?: string | undefined } & Marked,
  _blind: Blind,
): string[] {
  return unique([
    ...(housing.code ? [`n:${housing.code.toLowerCase()}`] : []),
    ...(housing.address ? addressTokens(housing.address).map(ofDwelling) : []),
    ...markTokens('housing', housing),
  ]);
}

/** The token of an address as dwellings have it. */
export const ofDwelling = (token: string): string => token.replace(/^a:/, 'd:');

/** Beginnings of a name of premises or an organisation, and its initials. */
function titleTokens(name: string): string[] {
  const characters = [...name.replace(/\s+/g, '')].slice(0, 8);
  const spelt = spell(['', ...characters]).given;
  const initials = spelt.map((syllable) => [...syllable][0]?.toLowerCase() ?? '').join('');
  return [
    ...beginnings(characters),
    ...[3, 4, 5, 6].filter((n) => initials.length >= n).map((n) => initials.slice(0, n)),
  ];
}

/** Tokens of premises. */
export function tokensOfPremises(
  premises: { name: string; address?: string | undefined } & Marked,
  _blind: Blind,
): string[] {
  return unique([
    ...titleTokens(premises.name),
    ...(premises.address ? addressTokens(premises.address) : []),
    ...markTokens('premises', premises),
  ]);
}

/** Tokens of an organisation. */
export function tokensOfOrganisation(
  organisation: { name: string } & Marked,
  _blind: Blind,
): string[] {
  return unique([...titleTokens(organisation.name), ...markTokens('organisation', organisation)]);
}

function unique(tokens: string[]): string[] {
  return [...new Set(tokens)];
}
