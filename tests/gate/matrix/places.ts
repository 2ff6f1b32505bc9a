import type { Level } from './rights.ts';

/** Where a target lies, seen from the post that looks for it. */
export const positions = ['inside', 'parent', 'sibling'] as const;
export type Position = (typeof positions)[number];

/**
 * Where the matrix has records: one place inside every post, and around each level's post one just above
 * its range of codes and one below it, so that both halves of `area >= lo and area < hi` are tried.
 * The first place is a grid of 彭里村; neighbours that the demo district lacks are made (see world.ts).
 */
export const places = {
  inside: '330881002205002',
  /** 彭里村 itself, above its grids, and its next grid. */
  'grid parent': '330881002205',
  'grid sibling': '330881002205003',
  /** The next village of the street, and the one before. */
  'village parent': '330881002206',
  'village sibling': '330881002204',
  'township parent': '330881003002',
  'township sibling': '330881001001',
  'county parent': '330882001001',
  'county sibling': '330825002001',
  'city parent': '330902001001',
  'city sibling': '330702001001',
} as const;
export type PlaceKey = keyof typeof places;

/** Areas that the tree of packs/areas lacks: code and name. */
export const madeAreas: readonly (readonly [code: string, name: string])[] = [
  ['330882', '甲县'],
  ['330882001', '甲镇'],
  ['330882001001', '甲社区'],
  ['3309', '乙市'],
  ['330902', '乙区'],
  ['330902001', '乙街道'],
  ['330902001001', '乙社区'],
  ['3307', '丙市'],
  ['330702', '丙区'],
  ['330702001', '丙街道'],
  ['330702001001', '丙社区'],
];

/** The areas of the posts of each level, and of what lies above and beside them. */
export const areasOf: Readonly<Record<Level, Readonly<Record<Position, string>>>> = {
  grid: { inside: '330881002205002', parent: '330881002205', sibling: '330881002205003' },
  village: { inside: '330881002205', parent: '330881002', sibling: '330881002204' },
  township: { inside: '330881002', parent: '330881', sibling: '330881001' },
  county: { inside: '330881', parent: '3308', sibling: '330825' },
  city: { inside: '3308', parent: '33', sibling: '3307' },
};

/** The place of a target that lies in this position for a post of this level. */
export const placeAt = (level: Level, position: Position): PlaceKey =>
  position === 'inside' ? 'inside' : `${level} ${position}`;

/** The range of 15-digit codes that an area owns (DESIGN.md, rule 3). */
export function rangeOf(code: string): { lo: number; hi: number } {
  const width = 10 ** (15 - code.length);
  return { lo: Number(code) * width, hi: (Number(code) + 1) * width };
}
