import { isDeepStrictEqual } from 'node:util';
import { instantOf } from '../../../server/clock.ts';
import type { Tx } from '../../../server/database/actor.ts';
import { type Sql, sql } from '../../../server/database/sql.ts';
import { Problem } from '../../../server/errors.ts';
import { newId } from '../../../server/ids.ts';
import { record } from '../../audit/queries.ts';
import { countyOf, levelOf, placeOf, type Range } from '../queries.ts';
import type { Shape } from '../shapes/contract.ts';
import { ringsOf, shapeOf } from '../shapes/rules.ts';
import type {
  Building,
  BuildingChange,
  BuildingFile,
  BuildingKind,
  EditBuilding,
  NewBuilding,
  RetireBuilding,
} from './contract.ts';
import {
  checkBuilding,
  type Fields,
  fieldNames,
  type Neighbour,
  sortKeyOf,
  wrong,
} from './rules.ts';

interface BuildingRow {
  id: string;
  area_code: string;
  area_name: string;
  area_level: number;
  kind: BuildingKind;
  name: string;
  parent: string | null;
  parent_name: string | null;
  floors: number | null;
  units: number | null;
  longitude: number | null;
  latitude: number | null;
  outline: Shape | null;
  retired_on: string | null;
  housing: number;
  households: number;
  version: number;
}

/** Dwellings of a building, or of a compound and its buildings; those who live in them. */
const counts = sql`
  select count(distinct d.id)::int as housing, count(distinct h.id)::int as households
    from housing d
    left join household_housing l on l.county = d.county and l.housing = d.id and l.kind in ('lives', 'rents') and l.until is null
    left join household h on h.county = l.county and h.id = l.household and h.left_on is null
   where d.county = b.county and d.building in (
     select b.id union all select c.id from building c where c.county = b.county and c.parent = b.id)`;

const selected = (where: Sql<unknown>): Sql<BuildingRow> => sql<BuildingRow>`
  select b.id, a.code as area_code, a.name as area_name, a.level as area_level, b.kind, b.name, b.parent, p.name as parent_name,
         b.floors, b.units, b.longitude, b.latitude, b.outline, b.retired_on, n.housing, n.households, b.version
    from building b join area a on a.lo = b.area and a.level >= 5
    left join building p on p.county = b.county and p.id = b.parent
    cross join lateral (${counts}) n
   where ${where} order by b.area, b.sort_key, b.id limit 2000`;

function toBuilding(row: BuildingRow): Building {
  return {
    id: row.id,
    area: { code: row.area_code, name: row.area_name, level: levelOf(row.area_level) },
    kind: row.kind,
    name: row.name,
    parent: row.parent === null ? null : { id: row.parent, name: row.parent_name },
    floors: row.floors,
    units: row.units,
    at: pointOf(row),
    outline: row.outline,
    retiredOn: row.retired_on,
    housing: row.housing,
    households: row.households,
    version: row.version,
  };
}

const pointOf = (row: {
  longitude: number | null;
  latitude: number | null;
}): [number, number] | null =>
  row.longitude === null || row.latitude === null ? null : [row.longitude, row.latitude];

/** Buildings and compounds of a grid or village, by name. @param retired those that stand no more as well */
export async function listBuildings(
  tx: Tx,
  { lo, hi }: Range,
  retired: boolean,
): Promise<Building[]> {
  const rows = await tx.rows(
    selected(
      sql`b.area >= ${lo}::bigint and b.area < ${hi}::bigint and (${retired} or b.retired_on is null)`,
    ),
  );
  return rows.map(toBuilding);
}

/** A building with its history. @throws Problem not-found */
export async function buildingFile(tx: Tx, id: string): Promise<BuildingFile> {
  const row = await tx.first(selected(sql`${mayLieIn(tx)} and b.id = ${id}`));
  if (!row) throw new Problem('not-found');
  const changes = await tx.rows(sql<BuildingChange>`
    select c.at, c.kind, c.before, c.after, c.reason, a.name as by
      from building_change c left join account a on a.id = c.account
     where c.building = ${id} order by c.id desc limit 200`);
  return {
    ...toBuilding(row),
    changes: changes.map((change) => ({ ...change, at: instantOf(change.at) })),
  };
}

/** Lets a look-up by id use the key, which leads with the county. */
function mayLieIn({ actor }: Tx): Sql<unknown> {
  const { lo, hi } = actor.scope ?? { lo: 0, hi: 1 };
  return sql`b.county between ${countyOf(lo)} and ${countyOf(hi - 1)}`;
}

/**
 * Adds a building or compound to a grid, or to a village without grids.
 * @throws Problem invalid, outside-scope
 */
export async function addBuilding(tx: Tx, wanted: NewBuilding): Promise<string> {
  const { scope, now } = tx.actor;
  const area = await placeOf(tx, wanted.area);
  if (!scope || area < scope.lo || area >= scope.hi) throw new Problem('outside-scope');
  const fields = fieldsOf(wanted);
  checkBuilding(wanted.kind, fields, await neighboursIn(tx, area));
  const id = wanted.id ?? newId(now.getTime());
  await tx.count(sql`insert into building (county, id, area, kind, name, parent, floors, units, longitude, latitude, outline, sort_key, updated_at)
    values (${countyOf(area)}, ${id}, ${area}, ${wanted.kind}, ${valuesOf(fields)}, ${now})`);
  await note(tx, { id, area }, 'added', {}, said(fields), wanted.reason);
  return id;
}

function fieldsOf(
  { name, parent, floors, units, at, outline }: Partial<EditBuilding>,
  base?: Fields,
): Fields {
  const or = <T>(value: T | undefined, before: T): T => (value === undefined ? before : value);
  return {
    name: or(name?.trim(), base?.name ?? ''),
    parent: or(parent, base?.parent ?? null),
    floors: or(floors, base?.floors ?? null),
    units: or(units, base?.units ?? null),
    at: or(at, base?.at ?? null),
    outline: outline ? shapeOf(ringsOf(outline)) : or(outline, base?.outline ?? null),
  };
}

/** In the order of the columns, the order key last. */
function valuesOf({ name, parent, floors, units, at, outline }: Fields): Sql<unknown> {
  return sql`${name}, ${parent}::uuid, ${floors}, ${units}, ${at?.[0] ?? null}, ${at?.[1] ?? null},
    ${outline === null ? null : JSON.stringify(outline)}::jsonb, ${sortKeyOf(name)}`;
}

/** What stands in the history: only what was filled in. */
const said = (fields: Fields): Partial<Fields> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));

function neighboursIn(tx: Tx, area: number, but?: string): Promise<Neighbour[]> {
  return tx.rows(sql<Neighbour>`
    select id, kind, name, parent, retired_on is not null as retired from building
     where county = ${countyOf(area)} and area = ${area} and id is distinct from ${but ?? null}::uuid`);
}

interface Locked extends Omit<Fields, 'at'> {
  county: number;
  area: number;
  kind: BuildingKind;
  longitude: number | null;
  latitude: number | null;
  retired_on: string | null;
  version: number;
}

/** @throws Problem not-found, lost-update, conflict for one that stands no more */
async function locked(tx: Tx, id: string, version: number): Promise<Locked> {
  const row = await tx.first(sql<Locked>`
    select b.county, b.area, b.kind, b.name, b.parent, b.floors, b.units, b.longitude, b.latitude, b.outline, b.retired_on, b.version
      from building b where ${mayLieIn(tx)} and b.id = ${id} for update`);
  if (!row) throw new Problem('not-found');
  if (row.version !== version) throw new Problem('lost-update');
  if (row.retired_on !== null)
    throw new Problem('conflict', {
      detail: {
        zh: `已于 ${row.retired_on} 撤销，不能再改；如又启用，请重新添加`,
        en: `It was retired on ${row.retired_on}; add it anew when it stands again`,
      },
    });
  return row;
}

/** Edits a building. @throws Problem not-found, lost-update, conflict, invalid */
export async function editBuilding(
  tx: Tx,
  id: string,
  version: number,
  { reason, ...edit }: EditBuilding,
): Promise<number> {
  const row = await locked(tx, id, version);
  const before: Fields = { ...row, at: pointOf(row) };
  const after = fieldsOf(edit, before);
  const changed = fieldNames.filter((key) => !isDeepStrictEqual(before[key], after[key]));
  if (changed.length === 0) return version;
  checkBuilding(row.kind, after, await neighboursIn(tx, row.area, id), before);
  await tx.count(sql`update building
    set (name, parent, floors, units, longitude, latitude, outline, sort_key) = row(${valuesOf(after)}),
        version = version + 1, updated_at = ${tx.actor.now}
    where county = ${row.county} and id = ${id}`);
  const only = (fields: Fields): Partial<Fields> =>
    Object.fromEntries(changed.map((key) => [key, fields[key]]));
  await note(tx, { id, area: row.area }, 'edited', only(before), only(after), reason);
  return version + 1;
}

/** Ends a building that no dwelling names any more. @throws Problem not-found, lost-update, conflict, invalid */
export async function retireBuilding(
  tx: Tx,
  id: string,
  version: number,
  { reason, on = tx.actor.day }: RetireBuilding,
): Promise<number> {
  const row = await locked(tx, id, version);
  if (on > tx.actor.day)
    throw wrong('on', 'future', '撤销日期：不能晚于今天', 'on: not after today');
  const [held] = await tx.rows(sql<{ housing: number; buildings: number }>`
    select (select count(*)::int from housing where county = ${row.county} and building = ${id}) as housing,
           (select count(*)::int from building where county = ${row.county} and parent = ${id} and retired_on is null) as buildings`);
  if (held && held.housing + held.buildings > 0)
    throw new Problem('conflict', {
      detail: {
        zh: `还有${held.buildings > 0 ? ` ${held.buildings} 栋楼` : ''}${held.housing > 0 ? ` ${held.housing} 处住房` : ''}属于这里，请先改到别处`,
        en: `${held.buildings} buildings and ${held.housing} dwellings still name it; change those first`,
      },
    });
  await tx.count(sql`update building set retired_on = ${on}, version = version + 1, updated_at = ${tx.actor.now}
    where county = ${row.county} and id = ${id}`);
  await note(tx, { id, area: row.area }, 'retired', {}, { on }, reason);
  return version + 1;
}

async function note(
  tx: Tx,
  { id, area }: { id: string; area: number },
  kind: 'added' | 'edited' | 'retired',
  before: object,
  after: object,
  reason: string | undefined,
): Promise<void> {
  const { actor } = tx;
  await tx.count(sql`insert into building_change (county, id, area, building, at, kind, before, after, reason, account, post)
    values (${countyOf(area)}, ${newId(actor.now.getTime())}, ${area}, ${id}, ${actor.now}, ${kind}, ${JSON.stringify(before)},
      ${JSON.stringify(after)}, ${reason?.trim() ?? null}, ${actor.account}, ${actor.post?.id ?? null})`);
  await record(tx, { action: 'change_building', area, detail: `${kind} ${id}` });
}
