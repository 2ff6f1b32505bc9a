import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Position } from './contract.ts';
import { faultsAmong, faultsOfShape, holds, ringsOf, squareMetres, united } from './rules.ts';

/** A rectangle in thousandths of a degree from a corner near 彭里村. */
const box = (x: number, y: number, w = 10, h = 10): Position[][][] => [
  [
    [
      [x, y],
      [x + w, y],
      [x + w, y + h],
      [x, y + h],
      [x, y],
    ].map(([a = 0, b = 0]): Position => [118.6 + a / 1000, 28.7 + b / 1000]),
  ],
];
const codes = (faults: { code: string }[]) => faults.map(({ code }) => code);

describe('a shape by itself', () => {
  it('passes when it is sound', () => {
    expect(faultsOfShape(box(0, 0), 6)).toEqual([]);
  });

  it('is measured in square metres', () => {
    // 0.01° of latitude is 1,112 m; of longitude at 28.7° 975 m.
    expect(squareMetres(box(0, 0))).toBeGreaterThan(1_080_000);
    expect(squareMetres(box(0, 0))).toBeLessThan(1_090_000);
  });

  it('is refused where it crosses itself, and the place is told', () => {
    const bow: Position[][][] = [
      [
        [
          [118.6, 28.7],
          [118.61, 28.71],
          [118.61, 28.7],
          [118.6, 28.71],
          [118.6, 28.7],
        ],
      ],
    ];
    const [fault] = faultsOfShape(bow, 6);
    expect(fault?.code).toBe('crosses');
    expect(fault?.at?.[0]).toBeCloseTo(118.605, 6);
    expect(fault?.at?.[1]).toBeCloseTo(28.705, 6);
  });

  it.each<[string, Position[][][], string]>([
    [
      'not closed',
      [
        [
          [
            [118.6, 28.7],
            [118.61, 28.7],
            [118.61, 28.71],
            [118.6, 28.71],
          ],
        ],
      ],
      'open',
    ],
    [
      'of two points',
      [
        [
          [
            [118.6, 28.7],
            [118.61, 28.7],
            [118.6, 28.7],
          ],
        ],
      ],
      'short',
    ],
    [
      'with latitude first',
      [
        [
          [
            [28.7, 118.6],
            [28.71, 118.6],
            [28.71, 118.61],
            [28.7, 118.6],
          ],
        ],
      ],
      'swapped',
    ],
    [
      'in the sea of zero',
      [
        [
          [
            [0, 0],
            [0.1, 0],
            [0.1, 0.1],
            [0, 0],
          ],
        ],
      ],
      'range',
    ],
    ['of a few square metres', box(0, 0, 0.01, 0.01), 'size'],
    [
      'with a spike',
      [
        [
          [
            [118.6, 28.7],
            [118.62, 28.7],
            [118.61, 28.7],
            [118.61, 28.71],
            [118.6, 28.7],
          ],
        ],
      ],
      'crosses',
    ],
    [
      'touching itself',
      [
        [
          [
            [118.6, 28.7],
            [118.62, 28.7],
            [118.62, 28.72],
            [118.61, 28.7],
            [118.6, 28.72],
            [118.6, 28.7],
          ],
        ],
      ],
      'crosses',
    ],
  ])('is refused when it is %s', (_name, rings, code) => {
    expect(codes(faultsOfShape(rings, 6))).toEqual([code]);
  });

  it('is sound whatever star it is, and crosses when two of its points change places', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 20, max: 100 }), { minLength: 8, maxLength: 40 }),
        (radii) => {
          const ring = radii.map((r, i): Position => {
            const angle = (2 * Math.PI * i) / radii.length;
            return [118.6 + (r / 1e4) * Math.cos(angle), 28.7 + (r / 1e4) * Math.sin(angle)];
          });
          const closed = (points: Position[]) => [[[...points, points[0] as Position]]];
          expect(faultsOfShape(closed(ring), 6)).toEqual([]);
          const half = Math.floor(ring.length / 2);
          const swapped = ring.with(0, ring[half] as Position).with(half, ring[0] as Position);
          expect(codes(faultsOfShape(closed(swapped), 6))).toEqual(['crosses']);
        },
      ),
      { seed: 20_260_615, numRuns: 100 },
    );
  });
});

describe('shapes among others', () => {
  const parent = { name: '彭里村', rings: box(0, 0, 30, 30) };

  it('lie in their parent and beside their siblings', () => {
    expect(faultsAmong(box(0, 0), parent, [{ name: '二', rings: box(10, 0) }])).toEqual([]);
  });

  it('are refused outside the parent, with a place outside', () => {
    const [fault] = faultsAmong(box(25, 0), parent, []);
    expect(fault?.code).toBe('outside');
    expect(holds(parent.rings, fault?.at ?? [0, 0])).toBe(false);
  });

  it('are refused over a sibling, with a place in both', () => {
    const shape = box(5, 0);
    const other = box(10, 0);
    const [fault] = faultsAmong(shape, parent, [{ name: '二', rings: other }]);
    expect(fault).toMatchObject({ code: 'covers' });
    expect(fault?.message.zh).toContain('“二”重叠 50%');
    expect(holds(shape, fault?.at ?? [0, 0]) && holds(other, fault?.at ?? [0, 0])).toBe(true);
  });

  it('may overlap by a hair', () => {
    expect(faultsAmong(box(0.05, 0), parent, [{ name: '二', rings: box(10, 0) }])).toEqual([]);
  });

  it('are one shape when merged', () => {
    const whole = united([box(0, 0), box(10, 0)]);
    expect(whole.length).toBe(1);
    expect(squareMetres(whole) / squareMetres(box(0, 0))).toBeCloseTo(2, 4);
  });
});

describe('coordinates', () => {
  it('are kept to a centimetre, without heights', () => {
    expect(
      ringsOf({ type: 'Polygon', coordinates: [[[118.123456789, 28.987654321, 55]]] }),
    ).toEqual([[[[118.1234568, 28.9876543]]]]);
  });

  it('with a hole hold what lies around it only', () => {
    const [outer] = box(0, 0, 30, 30);
    const [hole] = box(10, 10);
    const rings = [[...(outer ?? []), ...(hole ?? [])]] as Position[][][];
    expect(holds(rings, [118.605, 28.705])).toBe(true);
    expect(holds(rings, [118.615, 28.715])).toBe(false);
  });
});
