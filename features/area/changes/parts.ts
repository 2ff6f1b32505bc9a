import type { Tx } from '../../../server/database/actor.ts';
import { sql } from '../../../server/database/sql.ts';
import { Problem } from '../../../server/errors.ts';
import type { ChangePreview } from './contract.ts';
import type { Part, Plan } from './plan.ts';

interface Placed {
  id: string;
  building: string | null;
}

/**
 * A split as it will be carried out: a compound takes its buildings along, a building all who dwell in it,
 * unless another part names them.
 * @throws Problem invalid for what does not lie in the grid, for a part without households, and when nobody would stay
 */
export async function completeParts(tx: Tx, plan: Plan): Promise<Plan> {
  const place = placeOf(plan);
  const asked = plan.parts.flatMap(({ buildings }) => buildings);
  const standing = await buildingsHere(tx, place);
  if (asked.some((id) => !standing.has(id)))
    refuse(
      '有的楼栋、小区不在这个网格，请重新选择',
      'Some buildings are not in this grid; choose again',
    );
  const named = new Set(asked);
  const parts = plan.parts.map((part) => {
    const below = [...standing].filter(
      ([id, parent]) => parent !== null && part.buildings.includes(parent) && !named.has(id),
    );
    return { ...part, buildings: [...part.buildings, ...below.map(([id]) => id)] };
  });
  await addDwellers(tx, place, parts);
  await requireHouseholds(tx, place, parts);
  return { ...plan, parts };
}

const placeOf = ({ moves }: Plan): number => Number(moves[0]?.was);
const countyOf = (place: number): number => Math.floor(place / 1e9);

/** Buildings and compounds of a grid, each with the compound that it stands in. */
async function buildingsHere(tx: Tx, place: number): Promise<Map<string, string | null>> {
  const rows = await tx.rows(
    sql<{
      id: string;
      parent: string | null;
    }>`select id, parent from building where county = ${countyOf(place)} and area = ${place}`,
  );
  return new Map(rows.map(({ id, parent }) => [id, parent]));
}

async function addDwellers(tx: Tx, place: number, parts: Part[]): Promise<void> {
  const buildings = parts.flatMap((part) => part.buildings);
  if (buildings.length === 0) return;
  const rows = await tx.rows(sql<Placed>`
    select distinct on (h.id) h.id, d.building
      from housing d
      join household_housing l on l.county = d.county and l.housing = d.id and l.kind in ('lives', 'rents') and l.until is null
      join household h on h.county = l.county and h.id = l.household and h.area = ${place} and h.left_on is null
     where d.county = ${countyOf(place)} and d.building = any(${buildings}::uuid[])
     order by h.id, l.kind, d.building`);
  const named = new Set(parts.flatMap(({ households }) => households));
  for (const { id, building } of rows) {
    if (named.has(id)) continue;
    parts.find((part) => part.buildings.includes(building ?? ''))?.households.push(id);
  }
}

async function requireHouseholds(tx: Tx, place: number, parts: readonly Part[]): Promise<void> {
  if (parts.some(({ households }) => households.length === 0))
    refuse(
      '每个网格都要分到住户，请再选择',
      'Each part needs households; choose some or leave the part out',
    );
  const households = parts.flatMap((part) => part.households);
  const [found] = await tx.rows(sql<{ here: number; all: number }>`
    select count(*) filter (where area = ${place} and left_on is null) as here,
           (select n from area_tally where county = ${countyOf(place)} and area = ${place} and measure = 'household') as all
      from household where county = ${countyOf(place)} and id = any(${households}::uuid[])`);
  if (Number(found?.here ?? 0) !== households.length)
    refuse('有的户不在这个网格，请重新选择', 'Some households are not in this grid; choose again');
  if (Number(found?.all ?? 0) <= households.length)
    refuse(
      '不能把全部户都划走；如要更名，请用“更名”，如要并入其他网格，请用“合并”',
      'Not all households can leave a grid; rename it or merge it instead',
    );
}

function refuse(zh: string, en: string): never {
  throw new Problem('invalid', {
    errors: [{ field: 'parts', code: 'rule', message: { zh, en } }],
  });
}

/** How many households, people and buildings each part gets, and last how many stay. */
export async function weightsOf(tx: Tx, plan: Plan): Promise<ChangePreview['parts']> {
  const place = placeOf(plan);
  const named = plan.parts.map(({ now, code, name, households, buildings }) => ({
    now,
    code,
    name,
    households,
    buildings,
  }));
  const rows = await tx.rows(sql<{ now: number; residents: number }>`
    select p.now, count(m.resident)::int as residents
      from jsonb_to_recordset(${JSON.stringify(named)}::jsonb) as p(now bigint, households jsonb)
      cross join jsonb_array_elements_text(p.households) h
      join household_member m on m.county = ${countyOf(place)} and m.household = h.value::uuid and m.until is null
     group by p.now`);
  const going = named.map((part) => ({
    code: part.code,
    name: part.name,
    households: part.households.length,
    residents: Number(rows.find(({ now }) => Number(now) === part.now)?.residents ?? 0),
    buildings: part.buildings.length,
  }));
  const [all] = await tx.rows(sql<{
    households: number;
    residents: number;
    buildings: number;
  }>`
    select coalesce(sum(n) filter (where measure = 'household'), 0)::int as households,
           coalesce(sum(n) filter (where measure = 'resident'), 0)::int as residents,
           (select count(*)::int from building where county = ${countyOf(place)} and area = ${place} and retired_on is null) as buildings
      from area_tally where county = ${countyOf(place)} and area = ${place}`);
  const left = (key: 'households' | 'residents' | 'buildings'): number =>
    (all?.[key] ?? 0) - going.reduce((sum, part) => sum + part[key], 0);
  const [from] = plan.summary;
  return [
    ...going,
    {
      code: from?.code ?? '',
      name: from?.name ?? '',
      households: left('households'),
      residents: left('residents'),
      buildings: left('buildings'),
    },
  ];
}
