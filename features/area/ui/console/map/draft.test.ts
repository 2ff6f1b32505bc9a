import { describe, expect, it } from 'vitest';
import {
  added,
  asText,
  changed,
  draftOf,
  fromText,
  moved,
  removed,
  shapeOf,
  undone,
} from './draft.ts';

const square = {
  type: 'Polygon' as const,
  coordinates: [
    [
      [118, 28],
      [119, 28],
      [119, 29],
      [118, 28],
    ],
  ],
};

describe('a draft of an outline', () => {
  it('begins with the corners of the shape, and ends as the shape', () => {
    const draft = draftOf(square);
    expect(draft?.points).toEqual([
      [118, 28],
      [119, 28],
      [119, 29],
    ]);
    expect(draft && shapeOf(draft)).toEqual(square);
  });

  it('is none of a shape with holes or in parts', () => {
    expect(
      draftOf({ type: 'Polygon', coordinates: [...square.coordinates, ...square.coordinates] }),
    ).toBeNull();
    expect(
      draftOf({ type: 'MultiPolygon', coordinates: [square.coordinates, square.coordinates] }),
    ).toBeNull();
  });

  it('is drawn, moved, and taken back step by step', () => {
    const empty = draftOf(null);
    if (!empty) throw new Error('no draft');
    const one = changed(empty, added(empty.points, 0, [118.123456789, 28]));
    const two = changed(one, moved(one.points, 0, [118.2, 28]));
    const three = changed(two, removed(two.points, 0));
    expect(one.points).toEqual([[118.1234568, 28]]);
    expect(three.points).toEqual([]);
    expect(undone(three).points).toEqual([[118.2, 28]]);
    expect(undone(undone(undone(three))).points).toEqual([]);
    expect(undone(undone(undone(undone(three)))).points).toEqual([]);
  });

  it('is read from text, a corner a line', () => {
    expect(fromText('118.1, 28.2\n\n118.3，28.4\n118.5 28.6')).toEqual([
      [118.1, 28.2],
      [118.3, 28.4],
      [118.5, 28.6],
    ]);
    expect(fromText('118.1')).toBeNull();
    expect(fromText('东经, 北纬')).toBeNull();
    expect(asText({ points: [[118.1, 28.2]], before: [] })).toBe('118.1, 28.2');
  });
});
