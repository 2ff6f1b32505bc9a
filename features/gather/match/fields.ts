import { surnameLength } from '../../archive/search/pinyin.ts';

/** What is compared between a department's row and a resident of the archive. Ids and phones come as blind indexes. */
export interface Known {
  /** Without spaces and remarks, as the cleaner left it. */
  name: string | null;
  /** The name's syllables without tones, joined by spaces. */
  pinyin: string | null;
  /** YYYY-MM-DD. */
  birth: string | null;
  sex: string | null;
  /** Blind index of a valid citizen id. */
  id: string | null;
  phone: string | null;
  /** Comparison keys of an address, from the village to the house, with `|` between. */
  address: string | null;
  household: string | null;
}

/** A department's row. */
export interface Row extends Known {
  /** Blind indexes of the valid ids that a spoiled id may have been. */
  repairs: readonly string[];
  guardian: string | null;
  guardianPhone: string | null;
}

/** A resident of the archive. */
export interface Candidate extends Known {
  resident: string;
  /** Names of those who live in the same household, without the resident. */
  family: readonly string[];
  /** Their phones, as blind indexes. */
  familyPhones: readonly string[];
  /** Whether another row of the file is the resident's by its id. */
  hasRow: boolean;
}

/** Fields in the order in which a decision is explained. */
export const fields = ['id', 'name', 'birth', 'sex', 'phone', 'home', 'guardian', 'file'] as const;
export type Field = (typeof fields)[number];

/** How many levels each field has beside `missing`, which is level 0 and says nothing either way. */
export const levels: Readonly<Record<Field, readonly string[]>> = {
  // `unlike`: a spoiled id that cannot have been the resident's; `different`: a valid one of somebody else.
  id: ['missing', 'repaired', 'different', 'equal', 'unlike'],
  name: ['missing', 'equal', 'homophone', 'near', 'different'],
  birth: ['missing', 'equal', 'near', 'different'],
  sex: ['missing', 'equal', 'different'],
  phone: ['missing', 'equal', 'different'],
  // One field: who has the household's number has its address too, and it would count twice.
  home: ['missing', 'household', 'address', 'village', 'different'],
  guardian: ['missing', 'both', 'one', 'different'],
  // Most files speak of a person once: whose row is there already is hardly meant again.
  file: ['missing', 'free', 'taken'],
};

/** Levels that decisions ask for by name. */
export const idLevel = { repaired: 1, different: 2, equal: 3, unlike: 4 } as const;
export const nameLevel = { missing: 0, equal: 1, homophone: 2, near: 3, different: 4 } as const;

/**
 * Levels of a field that rule each other in or out, where it has more than one set: a valid id is equal or different,
 * a spoiled one is repaired or unlike, and how many ids are spoiled says nothing of whom they mean.
 */
export const levelSets: Readonly<Partial<Record<Field, readonly (readonly number[])[]>>> = {
  id: [
    [idLevel.repaired, idLevel.unlike],
    [idLevel.equal, idLevel.different],
  ],
};

/** A level for each field, in the order of `fields`. */
export type Pattern = readonly number[];

/** Compares a row with a resident, field by field. */
export function compare(row: Row, candidate: Candidate): Pattern {
  return [
    compareId(row, candidate),
    compareName(row, candidate),
    compareBirth(row.birth, candidate.birth),
    equality(row.sex, candidate.sex),
    equality(row.phone, candidate.phone),
    compareHome(row, candidate),
    compareGuardian(row, candidate),
    candidate.hasRow ? 2 : 1,
  ];
}

function equality(one: string | null, other: string | null): number {
  if (one === null || other === null) return 0;
  return one === other ? 1 : 2;
}

function compareId(row: Row, candidate: Candidate): number {
  if (candidate.id === null) return 0;
  if (row.id !== null) return row.id === candidate.id ? idLevel.equal : idLevel.different;
  if (row.repairs.length === 0) return 0;
  return row.repairs.includes(candidate.id) ? idLevel.repaired : idLevel.unlike;
}

function compareName(row: Known, candidate: Known): number {
  if (row.name === null || candidate.name === null) return 0;
  if (row.name === candidate.name) return 1;
  if (row.pinyin !== null && row.pinyin === candidate.pinyin) return 2;
  return nearName(row.name, candidate.name) ? 3 : 4;
}

/**
 * One character replaced, left out or added, the surname being the same; a given name of one character is another one
 * when it differs: 端木青 is no slip for 端木云, who may well be her child.
 */
export function nearName(one: string, other: string): boolean {
  const a = [...one];
  const b = [...other];
  if (a[0] !== b[0] || Math.min(a.length, b.length) < 2) return false;
  if (a.length === b.length) {
    const isOneOfSeveral = a.length - surnameLength(a) > 1;
    return isOneOfSeveral && a.filter((character, i) => character !== b[i]).length === 1;
  }
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  if (long.length - short.length !== 1) return false;
  const at = long.findIndex((character, i) => character !== short[i]);
  return long.slice(at + 1).join('') === short.slice(at).join('');
}

function compareBirth(one: string | null, other: string | null): number {
  if (one === null || other === null) return 0;
  if (one === other) return 1;
  return nearDay(one, other) ? 2 : 3;
}

/** One digit wrong, two neighbours swapped, or day and month swapped. */
export function nearDay(one: string, other: string): boolean {
  const a = one.replaceAll('-', '');
  const b = other.replaceAll('-', '');
  const wrong = [...a].flatMap((digit, i) => (digit === b[i] ? [] : [i]));
  if (wrong.length === 1) return true;
  const [i = 0, j = 0] = wrong;
  if (wrong.length === 2 && j === i + 1 && a[i] === b[j] && a[j] === b[i]) return true;
  return (
    a.slice(0, 4) === b.slice(0, 4) && a.slice(4, 6) === b.slice(6) && a.slice(6) === b.slice(4, 6)
  );
}

function compareHome(row: Known, candidate: Known): number {
  const byNumber = equality(row.household, candidate.household);
  if (byNumber === 1) return 1;
  const [one, other] = [row.address, candidate.address];
  if (one === null || other === null) return byNumber === 2 ? 4 : 0;
  if (one === other) return 2;
  return one.split('|')[0] === other.split('|')[0] ? 3 : 4;
}

function compareGuardian({ guardian, guardianPhone }: Row, candidate: Candidate): number {
  if (guardian === null && guardianPhone === null) return 0;
  if (candidate.family.length === 0) return 0;
  const byName = guardian !== null && candidate.family.includes(guardian);
  const byPhone = guardianPhone !== null && candidate.familyPhones.includes(guardianPhone);
  if (byName && byPhone) return 1;
  return byName || byPhone ? 2 : 3;
}
