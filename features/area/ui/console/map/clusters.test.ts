import { describe, expect, it } from 'vitest';
import { clustersOf } from './clusters.ts';
import { plainView } from './view.ts';

const view = plainView([118, 28, 118.1, 28.1], 800, 600, 0, [0, 0]);
const point = (id: string, x: number, y: number) => ({
  id,
  address: null,
  at: [x, y] as [number, number],
});

describe('points on the map', () => {
  it('are gathered where they would cover each other, and none is lost', () => {
    const points = [
      point('a', 118.02, 28.02),
      point('b', 118.0201, 28.0201),
      point('c', 118.08, 28.08),
    ];
    const clusters = clustersOf(view, points);
    expect(clusters.map(({ points: all }) => all.length).sort()).toEqual([1, 2]);
  });

  it('outside the frame are not drawn', () => {
    expect(clustersOf(view, [point('a', 120, 30)])).toEqual([]);
  });

  it('are where the view says, there and back', () => {
    const [x, y] = view.unproject(view.project([118.03, 28.07]));
    expect(x).toBeCloseTo(118.03, 9);
    expect(y).toBeCloseTo(28.07, 9);
  });
});
