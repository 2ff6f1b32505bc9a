import { type Sex, surname } from './names.ts';
import { type Chance, Weights } from './random.ts';

export type Role = 'father' | 'mother' | 'man' | 'woman' | 'kid';

/** A member before it has a given name. */
export interface Seat {
  role: Role;
  /** Relation to the head, GB/T 4761. */
  relation: string;
  sex: Sex;
  age: number;
  surname: string;
  /** Whether the spouse is of the household too. */
  married: boolean;
}

/** How people of a kind of place live together (DOMAIN.md, section 7). */
export interface Habit {
  sizes: Weights<number>;
  /** Share of old people among households of one. */
  singlesOld: number;
  /** Share of old couples among households of two. */
  couplesOld: number;
  /** Share of households of three, of four and of more that have grandparents. */
  stems: readonly [three: number, four: number, more: number];
}

/** Towns: mean size about 2.7. */
export const town: Habit = {
  sizes: new Weights([[1, 20], [2, 29], [3, 26], [4, 14], [5, 8], [6, 3]]),
  singlesOld: 0.4,
  couplesOld: 0.5,
  stems: [0.33, 0.47, 0.97],
};

/** Villages: mean size about 3.6. */
export const village: Habit = {
  sizes: new Weights([[1, 11], [2, 15], [3, 18], [4, 26], [5, 19], [6, 11]]),
  singlesOld: 0.97,
  couplesOld: 0.64,
  stems: [0.48, 0.58, 0.98],
};

/** Ages by role; whose child the grandparents' is, and who is the head. */
interface Draft {
  father?: number;
  mother?: number;
  man?: number;
  woman?: number;
  kids: number[];
  blood: 'man' | 'woman';
  head: Role;
}

/** The seats of one household: people who could live together, its head first. */
export function family(chance: Chance, size: number, habit: Habit): Seat[] {
  return seated(chance, draft(chance, size, habit));
}

function draft(chance: Chance, size: number, habit: Habit): Draft {
  if (size === 1) return single(chance, habit);
  if (size === 2) return two(chance, habit);
  const stem = habit.stems[Math.min(size, 5) - 3] ?? 0;
  return chance.is(stem) ? threeGenerations(chance, size) : twoGenerations(chance, size - 2);
}

function single(chance: Chance, habit: Habit): Draft {
  const base = { kids: [], blood: 'man' } as const;
  if (chance.is(habit.singlesOld)) {
    const age = chance.between(60, 92);
    return chance.is(0.38)
      ? { ...base, kids: [], father: age, head: 'father' }
      : { ...base, kids: [], mother: age, head: 'mother' };
  }
  const age = chance.between(22, 59);
  return chance.is(0.6)
    ? { ...base, kids: [], man: age, head: 'man' }
    : { ...base, kids: [], woman: age, head: 'woman' };
}

function two(chance: Chance, habit: Habit): Draft {
  if (chance.is(habit.couplesOld)) {
    const father = chance.between(61, 86);
    const mother = Math.max(60, father - chance.between(-1, 4));
    return { father, mother, kids: [], blood: 'man', head: chance.is(0.94) ? 'father' : 'mother' };
  }
  const kind = chance.next();
  if (kind < 0.62) return middle(chance, chance.between(24, 59), []);
  if (kind < 0.86) return oneParent(chance);
  // Someone unmarried who stayed with the mother.
  const man = chance.between(36, 62);
  return { mother: man + chance.between(20, 30), man, kids: [], blood: 'man', head: chance.is(0.5) ? 'man' : 'mother' };
}

function oneParent(chance: Chance): Draft {
  const kids = siblings(chance, 1, 24);
  const age = Math.min(59, (kids[0] ?? 0) + chance.between(22, 32));
  return chance.is(0.3)
    ? { man: age, kids, blood: 'man', head: 'man' }
    : { woman: age, kids, blood: 'woman', head: 'woman' };
}

function middle(chance: Chance, man: number, kids: number[]): Draft {
  const woman = Math.max(21, man - chance.between(-1, 4));
  return { man, woman, kids, blood: 'man', head: chance.is(0.86) ? 'man' : 'woman' };
}

function twoGenerations(chance: Chance, count: number): Draft {
  const kids = siblings(chance, count, 22);
  return middle(chance, parentAge(chance, kids), kids);
}

function threeGenerations(chance: Chance, size: number): Draft {
  const elders = size === 3 || (size === 4 && chance.is(0.45)) || chance.is(0.25) ? 1 : 2;
  const kids = siblings(chance, size - 2 - elders, 19);
  const couple = middle(chance, kids.length > 0 ? parentAge(chance, kids) : chance.between(36, 60), kids);
  const blood = chance.is(0.9) ? 'man' : 'woman';
  const child = couple[blood] ?? 40;
  const father = child + chance.between(23, 29);
  const mother = Math.max(child + 19, father - chance.between(0, 4));
  const both = elders === 2;
  const alone = chance.is(0.3) ? 'father' : 'mother';
  const elder = both ? 'father' : alone;
  return {
    ...couple,
    blood,
    ...(both || alone === 'father' ? { father } : {}),
    ...(both || alone === 'mother' ? { mother } : {}),
    head: chance.is(0.42) ? elder : blood,
  };
}

/** Ages of brothers and sisters, the eldest first. */
function siblings(chance: Chance, count: number, youngestMost: number): number[] {
  const ages: number[] = [];
  let age = chance.between(0, youngestMost);
  for (let i = 0; i < count; i++) {
    ages.unshift(age);
    age += chance.between(1, 6);
  }
  return ages;
}

function parentAge(chance: Chance, kids: readonly number[]): number {
  return Math.max(23, Math.min(60, (kids[0] ?? 0) + chance.between(23, 31)));
}

function seated(chance: Chance, draft: Draft): Seat[] {
  const line = surname(chance);
  const married = { elders: Boolean(draft.father && draft.mother), middle: Boolean(draft.man && draft.woman) };
  const seats: Seat[] = [];
  const add = (role: Role, sex: Sex, age: number | undefined, name: () => string, wed: boolean): void => {
    if (age !== undefined) seats.push({ role, relation: relationOf(role, sex, draft), sex, age, surname: name(), married: wed });
  };
  const own = (): string => surname(chance);
  add('father', '1', draft.father, () => line, married.elders);
  add('mother', '2', draft.mother, own, married.elders);
  add('man', '1', draft.man, draft.blood === 'man' ? () => line : own, married.middle);
  add('woman', '2', draft.woman, draft.blood === 'woman' ? () => line : own, married.middle);
  const kidsLine = seats.find((seat) => seat.role === 'man')?.surname ?? line;
  const sexes = draft.kids.map((): Sex => (chance.is(0.53) ? '1' : '2'));
  draft.kids.forEach((age, i) => {
    add('kid', sexes[i] ?? '1', age, () => kidsLine, false);
    const seat = seats[seats.length - 1];
    if (seat && (draft.head === 'man' || draft.head === 'woman')) seat.relation = childOf(sexes, i);
  });
  return seats.sort((a, b) => orderOf(a) - orderOf(b));
}

/** The head, the spouse, then the others by relation and age. */
function orderOf({ relation, age }: Seat): number {
  return Number(relation) * 200 - age;
}

/** 独生子, 长子, 次女 … */
function childOf(sexes: readonly Sex[], i: number): string {
  const base = sexes[i] === '1' ? 20 : 30;
  if (sexes.length === 1) return String(base + 1);
  const before = sexes.slice(0, i).filter((sex) => sex === sexes[i]).length;
  return String(base + 2 + Math.min(before, 4));
}

/** GB/T 4761, of a role to the head. */
function relationOf(role: Role, sex: Sex, { head, blood }: Draft): string {
  if (role === head) return '02';
  if (head === 'father' || head === 'mother') {
    if (role === 'father') return '11';
    if (role === 'mother') return '12';
    if (role === blood) return sex === '1' ? '20' : '30';
    if (role === 'kid') return String((blood === 'man' ? 41 : 43) + (sex === '1' ? 0 : 1));
    return sex === '1' ? '28' : '38';
  }
  if (role === 'man') return '11';
  if (role === 'woman') return '12';
  if (role === 'kid') return sex === '1' ? '20' : '30';
  const parents = head === blood ? 51 : head === 'woman' ? 53 : 55;
  return String(parents + (role === 'father' ? 0 : 1));
}
