import { describe, expect, it } from 'vitest';
import type { CountyItem } from './county-items.ts';
import { orderAfter, othersIn, standsAfter } from './position.ts';

const item = (key: string, section: string, place: number) =>
  ({ key, section, place }) as CountyItem;
const category = {
  items: [item('a', 'one', 10), item('b', 'one', 20), item('c', 'two', 30), item('d', 'one', 40)],
};

describe('the order of an item', () => {
  it.each([
    ['first of all', 'one', '', 5],
    ['between two', 'one', 'a', 15],
    ['before an item of another section', 'one', 'b', 25],
    ['first of a later section', 'two', '', 25],
    ['last of all', 'one', 'd', 50],
    ['of a section that has none yet', 'three', '', 10],
  ])('%s', (_what, section, after, order) => {
    expect(orderAfter(category, section, 'new', after)).toBe(order);
  });

  it('does not count the item itself, and leaves room however often one is put between', () => {
    expect(orderAfter(category, 'one', 'b', 'a')).toBe(20);
    let upper = 20;
    for (let n = 0; n < 20; n++) {
      const items = [item('a', 'one', 10), item('z', 'one', upper)];
      const next = orderAfter({ items }, 'one', 'new', 'a');
      expect(next).toBeGreaterThan(10);
      expect(next).toBeLessThan(upper);
      upper = next;
    }
  });

  it('is told back as the item before it', () => {
    const others = othersIn(category, 'one', 'b');
    expect(others.map(({ key }) => key)).toEqual(['a', 'd']);
    expect([5, 15, 40, 50].map((place) => standsAfter(others, place))).toEqual(['', 'a', 'd', 'd']);
  });
});
