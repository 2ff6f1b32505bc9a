import { countyOf } from '../../area/queries.ts';
import type { Facts } from '../rules/facts.ts';
import { type Block, householdsPerBuilding } from './buildings.ts';
import { fact } from './facts.ts';
import { placeOfDwelling } from './ground.ts';
import type { Work } from './work.ts';

/** Makes a fact of a value and its source. */
export type Put = (value: Parameters<typeof fact>[2], source: string) => Facts[string];

/** What the file of a household holds. */
export function householdFacts(
  { chance, calendar, place }: Work,
  number: string,
  address: string,
  head: string,
  size: number,
  put: Put,
): Facts {
  const visited = calendar.ago(chance.is(0.1) ? chance.between(190, 700) : chance.between(1, 175));
  return {
    number: put(number, 'public-security'),
    address: put(address, 'public-security'),
    head: put(head, 'public-security'),
    ...(chance.is(0.8)
      ? {
          income: put(size * chance.between(12, 60) * 1000, 'village'),
          income_source: put(
            chance.of(['wages', 'wages', 'farming', 'business', 'pension']),
            'village',
          ),
        }
      : {}),
    ...(chance.is(0.2)
      ? { rigid_spending: put(chance.between(2, 60) * 500, 'medical-insurance') }
      : {}),
    ...(place.isTown
      ? {}
      : {
          contracted_land: put(chance.between(5, 60) / 10, 'agriculture'),
          collective_shares: put(size * 10, 'agriculture'),
        }),
    contact_official: put(
      `${chance.of(['周', '毛', '姜', '徐', '祝'])}${chance.of(['建军', '秀英', '志强', '丽萍'])}`,
      'village',
    ),
    last_visited: { v: visited, s: 'village', d: visited },
    ...(chance.is(0.15) ? { pets: put([chance.of(['dog', 'dog', 'cat'])], 'resident') } : {}),
    ...(chance.is(0.4)
      ? {
          vehicles: put(
            chance.of(['小轿车一辆', '电动自行车', '三轮车', '小轿车、电动车各一']),
            'resident',
          ),
        }
      : {}),
  };
}

/** The dwelling of a household, and the tie between the two. */
export function fillDwelling(
  { chance, calendar, sheet, place }: Work,
  area: number,
  household: string,
  address: string,
  head: string,
  put: Put,
  i: number,
  block: Block | undefined,
): void {
  const id = place.nextId();
  const let_ = place.isTown && chance.is(0.15);
  const year = chance.between(1978, 2022);
  const old = chance.is(0.08);
  const facts: Facts = {
    code: put(`FW${place.code}${String(i + 1).padStart(5, '0')}`, 'housing'),
    address: put(address, 'housing'),
    owner: put(head, 'housing'),
    area_m2: put(chance.between(place.isTown ? 48 : 90, place.isTown ? 160 : 320), 'housing'),
    structure: put(
      year < 1990 ? 'brick_timber' : place.isTown ? 'frame' : 'brick_concrete',
      'housing',
    ),
    year_built: put(year, 'housing'),
    use: fact(chance, calendar, let_ ? 'let' : 'own', 'village', old),
    gas: put(place.isTown ? 'piped' : 'bottled', 'village'),
    ...(chance.is(0.93)
      ? {
          safety_grade: put(
            chance.weighted([
              ['A', 60],
              ['B', 32],
              ['C', 7],
              ['D', 1],
            ]),
            'housing',
          ),
        }
      : {}),
    ...(block
      ? {
          place: {
            v: placeOfDwelling(block.at, i % householdsPerBuilding),
            s: 'village',
            d: calendar.ago(60),
          },
        }
      : {}),
    ...(place.isTown ? { lift: put(year > 2005, 'village') } : {}),
    ...(chance.is(0.6) ? { fire_equipment: put(['extinguisher'], 'village') } : {}),
  };
  sheet.record('housing', id, area, facts, { building: block?.id ?? null });
  sheet.add('household_housing', {
    county: countyOf(area),
    area,
    household,
    housing: id,
    kind: let_ ? 'rents' : 'lives',
    since: calendar.ago(chance.between(400, 8000)),
  });
}
