import { describe, expect, it } from 'vitest';
import { isId, newId } from './ids.ts';

describe('ids', () => {
  it('are UUIDs of version 7, each its own, however many are drawn', () => {
    const ids = Array.from({ length: 5000 }, () => newId());
    expect(ids.filter((id) => !isId(id))).toEqual([]);
    expect(ids.every((id) => id[14] === '7' && '89ab'.includes(id[19] ?? ''))).toBe(true);
    expect(new Set(ids).size).toBe(5000);
  });

  it('begin with the instant of making, and sort by it', () => {
    const at = Date.parse('2026-06-15T02:00:00Z');
    const [one, next] = [newId(at), newId(at + 1)];
    expect(Number.parseInt(one.replaceAll('-', '').slice(0, 12), 16)).toBe(at);
    expect(one < next).toBe(true);
  });

  it('are told from other texts', () => {
    for (const text of [
      '',
      '1',
      `${newId()}0`,
      newId().slice(1),
      newId().replaceAll('-', ''),
      `x${newId().slice(1)}`,
    ])
      expect(isId(text)).toBe(false);
  });
});
