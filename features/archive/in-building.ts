import Type, { type Static } from 'typebox';
import type { Tx } from '../../server/database/actor.ts';
import { sql } from '../../server/database/sql.ts';
import { Problem } from '../../server/errors.ts';
import { countyOf } from '../area/queries.ts';
import { record } from '../audit/queries.ts';
import { shapes } from './categories.ts';
import { countiesOf } from './list.ts';
import { noteChange } from './notes.ts';
import type { Fact } from './rules/facts.ts';

/** Which building a dwelling is a part of. */
export const InBuilding = Type.Object({
  building: Type.Union([Type.String({ format: 'uuid' }), Type.Null()]),
  reason: Type.String({ minLength: 1, maxLength: 200, pattern: '\\S' }),
});

/** In the history the building stands like an item of the dwelling, under this key. */
const item = 'building';

/** The name of a building that a dwelling of the area may name. @throws Problem invalid */
export async function buildingFor(tx: Tx, area: number, id: string): Promise<string> {
  const found = await tx.first(sql<{ name: string }>`
    select coalesce(p.name || ' ', '') || b.name as name from building b
      left join building p on p.county = b.county and p.id = b.parent
     where b.county = ${countyOf(area)} and b.id = ${id} and b.area = ${area} and b.retired_on is null`);
  if (found) return found.name;
  throw new Problem('invalid', {
    errors: [
      {
        field: 'building',
        code: 'unknown',
        message: {
          zh: '楼栋：请选择住房所在网格里现有的楼栋、小区',
          en: 'building: choose a standing building of the dwelling’s own grid',
        },
      },
    ],
  });
}

/**
 * Says which building a dwelling is a part of, or that it is of none.
 * @returns the dwelling's version afterwards
 * @throws Problem not-found, lost-update, invalid
 */
export async function putInBuilding(
  tx: Tx,
  id: string,
  version: number,
  { building, reason }: Static<typeof InBuilding>,
): Promise<number> {
  const [first, last] = countiesOf(tx.actor.scope ?? { lo: 0, hi: 1 });
  const housing = await tx.first(sql<{
    county: number;
    area: number;
    version: number;
    building: string | null;
  }>`
    select county, area, version, building from housing where county between ${first} and ${last} and id = ${id} for update`);
  if (!housing) throw new Problem('not-found');
  if (housing.version !== version) throw new Problem('lost-update');
  if (housing.building === building) return version;
  const name = building === null ? null : await buildingFor(tx, housing.area, building);
  const before = await nameOf(tx, housing.county, housing.building);
  await tx.count(sql`update housing set building = ${building}, version = version + 1, updated_at = ${tx.actor.now}
    where county = ${housing.county} and id = ${id}`);
  await noteChange(tx, {
    area: housing.area,
    category: shapes.housing.key,
    subject: id,
    kind: 'changed',
    item,
    group: 'file',
    before: said(tx, before),
    after: said(tx, name),
    reason,
  });
  await record(tx, { action: 'edit', category: 'housing', subject: id, area: housing.area });
  return version + 1;
}

async function nameOf(tx: Tx, county: number, id: string | null): Promise<string | null> {
  if (id === null) return null;
  const found = await tx.first(
    sql<{
      name: string;
    }>`select coalesce(p.name || ' ', '') || b.name as name from building b
        left join building p on p.county = b.county and p.id = b.parent where b.county = ${county} and b.id = ${id}`,
  );
  return found?.name ?? null;
}

function said(tx: Tx, name: string | null): Fact | undefined {
  return name === null ? undefined : { v: name, s: 'village', d: tx.actor.day };
}
