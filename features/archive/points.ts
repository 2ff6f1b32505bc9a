import Type, { type Static } from 'typebox';
import type { Tx } from '../../server/database/actor.ts';
import { sql } from '../../server/database/sql.ts';
import type { Range } from '../area/queries.ts';
import type { PlacedHousehold } from './contract.ts';
import { countiesOf } from './list.ts';

/** A household on the map. */
export const HouseholdPoint = Type.Object({
  id: Type.String(),
  address: Type.Union([Type.String(), Type.Null()]),
  at: Type.Tuple([Type.Number(), Type.Number()], {
    description: 'Longitude and latitude, WGS84 (CGCS2000)',
  }),
});
export type HouseholdPoint = Static<typeof HouseholdPoint>;

/** So many points are drawn at once; where there are more, one looks into a part of the area. */
export const pointLimit = 5000;

/**
 * The households of a range that have a place: their own (item `place`), or else that of a dwelling they live in.
 * Whoever may not read a file sees no place: row security of the group decides.
 */
export async function householdPoints(tx: Tx, range: Range): Promise<HouseholdPoint[]> {
  const [first, last] = countiesOf(range);
  const rows = await tx.rows(sql<{ id: string; address: string | null; place: string }>`
    select h.id, h.address, coalesce(f.facts->'place'->>'v', d.place) as place
      from household h
      left join household_file f on f.county = h.county and f.id = h.id
      left join lateral (
        select x.facts->'place'->>'v' as place from household_housing l
          join housing_file x on x.county = l.county and x.id = l.housing
         where l.household = h.id and l.county = h.county and l.kind = 'lives' and l.until is null and x.facts ? 'place'
         limit 1) d on true
     where h.county between ${first} and ${last} and h.area >= ${range.lo} and h.area < ${range.hi}
       and coalesce(f.facts->'place'->>'v', d.place) is not null
     order by h.area, h.sort_key, h.id limit ${pointLimit}`);
  return rows.map(({ place, ...row }) => {
    const [x = 0, y = 0] = place.split(',').map(Number);
    return { ...row, at: [x, y] };
  });
}

/** The households of a grid, by address. Places are those that the acting post may read. */
export async function placedHouseholds(tx: Tx, { lo, hi }: Range): Promise<PlacedHousehold[]> {
  const [first, last] = countiesOf({ lo, hi });
  const rows = await tx.rows(sql<
    Omit<PlacedHousehold, 'at'> & {
      place: string | null;
      longitude: number | null;
      latitude: number | null;
    }
  >`
    select h.id, h.address, h.members, d.building, coalesce(f.facts->'place'->>'v', d.place) as place, d.longitude, d.latitude
      from household h
      left join household_file f on f.county = h.county and f.id = h.id
      left join lateral (
        select k.building, x.facts->'place'->>'v' as place, b.longitude, b.latitude from household_housing l
          join housing k on k.county = l.county and k.id = l.housing
          left join housing_file x on x.county = l.county and x.id = l.housing
          left join building b on b.county = k.county and b.id = k.building
         where l.household = h.id and l.county = h.county and l.kind in ('lives', 'rents') and l.until is null
         order by k.building is null, l.kind limit 1) d on true
     where h.county between ${first} and ${last} and h.area >= ${lo}::bigint and h.area < ${hi}::bigint and h.left_on is null
     order by h.sort_key, h.id limit ${pointLimit}`);
  return rows.map(({ place, longitude, latitude, ...row }) => {
    const [x, y] = place?.split(',').map(Number) ?? [];
    const own: [number, number] | null = x === undefined || y === undefined ? null : [x, y];
    const built: [number, number] | null =
      longitude === null || latitude === null ? null : [longitude, latitude];
    return { ...row, at: own ?? built };
  });
}
