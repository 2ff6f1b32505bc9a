import type pg from 'pg';
import { Chance } from './random.ts';
import type { VillagePlan } from './work.ts';

interface Village {
  code: string;
  name: string;
}

/** The demo district: the villages of the report, their neighbours, and some in every county. */
const fixed: readonly (readonly [
  code: string,
  grids: number,
  residents: number,
  households?: number,
])[] = [
  ['330881002205', 3, 1489, 407],
  ['330802013202', 2, 812],
  ['330802008001', 4, 2310],
];

/** 斗潭社区: the community whose buildings and compounds are recorded. */
const withCompounds = '330802008001';

const districtSize = 12_000;

/**
 * Which villages are filled, and how far: the fixed district first; the rest spread over other
 * villages of the tree, all of them when there are many residents.
 */
export async function planVillages(
  client: pg.Client,
  residents: number | undefined,
): Promise<VillagePlan[]> {
  const { rows } = await client.query<Village>(
    'select code, name from area where level = 5 and retired_at is null order by code',
  );
  const byCode = new Map(rows.map((row) => [row.code, row]));
  const wanted = residents ?? districtSize;
  const chance = new Chance(2026);
  const plans: Omit<VillagePlan, 'index'>[] = [];
  let left = wanted;
  for (const [code, grids, size, households] of fixed) {
    const village = byCode.get(code);
    if (!village || left < size) continue;
    plans.push({
      ...village,
      grids,
      residents: size,
      ...(households === undefined ? {} : { households }),
      ...(code === withCompounds ? { compounds: true as const } : {}),
    });
    left -= size;
  }
  const others = rows.filter(({ code }) => !fixed.some(([one]) => one === code));
  const chosen =
    left > others.length * 120 ? others : spread(others, Math.max(1, Math.round(left / 500)));
  chosen.forEach((village, i) => {
    const share =
      i === chosen.length - 1
        ? left
        : Math.min(left, Math.round((left / (chosen.length - i)) * (0.6 + chance.next() * 0.8)));
    if (share > 0)
      plans.push({ ...village, grids: share > 1400 ? 4 : share > 500 ? 3 : 2, residents: share });
    left -= share;
  });
  return plans
    .sort((a, b) => (a.code < b.code ? -1 : 1))
    .map((plan, index) => ({ ...plan, index }));
}

/** Two neighbours in 虎山街道, the others evenly over the counties. */
function spread(villages: readonly Village[], count: number): Village[] {
  const neighbours = villages.filter(({ code }) => code.startsWith('330881002')).slice(0, 2);
  const rest = villages.filter((village) => !neighbours.includes(village));
  const step = rest.length / Math.max(1, count - neighbours.length);
  const even = Array.from(
    { length: Math.max(0, count - neighbours.length) },
    (_, i) => rest[Math.floor((i + 0.5) * step)],
  );
  return [...neighbours, ...even.filter((village): village is Village => village !== undefined)];
}
