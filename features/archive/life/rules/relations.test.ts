import { describe, expect, it } from 'vitest';
import { relationToHead } from './relations.ts';

describe('relations to a new head (GB/T 4761)', () => {
  it.each([
    // new head, member, sex, relation to the new head
    ['12', '02', '1', '11'],
    ['12', '20', '1', '20'],
    ['12', '51', '1', '53'],
    ['12', '52', '2', '54'],
    ['11', '51', '1', '55'],
    ['12', '55', '1', '51'],
    ['12', '41', '1', '41'],
    ['20', '02', '1', '51'],
    ['20', '12', '2', '52'],
    ['20', '32', '2', '70'],
    ['20', '52', '2', '60'],
    ['52', '02', '1', '20'],
    ['52', '51', '1', '11'],
    ['52', '12', '2', '38'],
    ['52', '20', '1', '40'],
    ['71', '02', '1', '70'],
    ['02', '38', '2', '38'],
  ])('%s becomes head: %s (sex %s) is %s', (head, member, sex, expected) => {
    expect(relationToHead(head, member, sex)).toBe(expected);
  });

  it.each([
    ['20', '38'],
    ['20', '41'],
    ['99', '02'],
    ['28', '30'],
    ['12', '71'],
    ['10', '51'],
  ])('%s becomes head: of %s it is not told', (head, member) => {
    expect(relationToHead(head, member, '1')).toBeNull();
  });
});
