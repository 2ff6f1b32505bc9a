import { describe, expect, it } from 'vitest';
import { sql } from './sql.ts';

const shown = (piece: ReturnType<typeof sql>) => [piece.text, piece.values];

describe('sql', () => {
  it('keeps values out of the text', () => {
    expect(shown(sql`select ${1}, ${"a'; drop table x"}`)).toEqual([
      'select $1, $2',
      [1, "a'; drop table x"],
    ]);
  });

  it('numbers the values of pieces put into one another', () => {
    const inner = sql`b = ${2} and c = ${3}`;
    expect(shown(sql`where a = ${1} and ${inner} and d = ${4}`)).toEqual([
      'where a = $1 and b = $2 and c = $3 and d = $4',
      [1, 2, 3, 4],
    ]);
  });

  it('quotes names', () => {
    expect(sql`select ${sql.ref('r.a"b')} from ${sql.table('household')}`.text).toBe(
      'select "r"."a""b" from "household"',
    );
  });

  it('writes whole numbers into the text, and nothing else', () => {
    expect(shown(sql`limit ${sql.whole(20)}`)).toEqual(['limit 20', []]);
    for (const other of [1.5, Number.NaN, '1; drop table x' as unknown as number])
      expect(() => sql.whole(other)).toThrow(RangeError);
  });

  it('joins values and pieces', () => {
    expect(shown(sql`(${sql.join([1, sql`now()`, 'x'])})`)).toEqual(['($1, now(), $2)', [1, 'x']]);
    expect(shown(sql.join([sql`a = ${1}`, sql`b = ${2}`], sql` and `))).toEqual([
      'a = $1 and b = $2',
      [1, 2],
    ]);
    expect(shown(sql`x${sql.join([])}y`)).toEqual(['xy', []]);
  });

  it('passes null, arrays and dates on as values', () => {
    const at = new Date(0);
    expect(shown(sql`${null} ${[1, 2]} ${at} ${undefined}`)).toEqual([
      '$1 $2 $3 $4',
      [null, [1, 2], at, undefined],
    ]);
  });
});
