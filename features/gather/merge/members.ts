import { sql } from '../../../server/database/sql.ts';
import type { Queries } from '../../../server/database/steward.ts';
import type { Merged } from './records.ts';

/** Who lives in a household, with the tags that stand now. */
export interface Members {
  members: number;
  registered: number;
  tags: Map<string, readonly string[]>;
}

interface Found {
  id: string;
  members: number;
  registered: number;
  residents: string[] | null;
  tags: string[][] | null;
}

/** The members of households, by the household; their tags are those in the archive. */
export async function membersOf(
  tx: Queries,
  keys: readonly { county: number; id: string }[],
): Promise<Map<string, Members>> {
  if (keys.length === 0) return new Map();
  const json = JSON.stringify(keys.map(({ county, id }) => ({ county, id })));
  const found = await tx.rows(sql<Found>`
    select k.id, m.* from json_to_recordset(${json}) as k(county int, id uuid),
      lateral (select count(*) filter (where m.lives)::int as members, count(*) filter (where m.registered)::int as registered,
                      json_agg(r.id order by r.id) as residents, json_agg(to_jsonb(r.tags) order by r.id) as tags
                 from household_member m join resident r on r.county = m.county and r.id = m.resident
                where m.county = k.county and m.household = k.id and m.until is null) m`);
  return new Map(
    found.map(({ id, members, registered, residents, tags }) => [
      id,
      {
        members,
        registered,
        tags: new Map((residents ?? []).map((resident, i) => [resident, tags?.[i] ?? []])),
      },
    ]),
  );
}

/** Households whose members changed: how many they are, and which of their tags a visit to the house needs. */
export async function lookAtMembers(tx: Queries, merged: readonly Merged[]): Promise<void> {
  const byId = await membersOf(
    tx,
    merged.map(({ standing }) => standing),
  );
  for (const one of merged) {
    const { members = 0, registered = 0, tags } = byId.get(one.standing.id) ?? {};
    one.more = { members, registered };
    one.members = [...(tags?.values() ?? [])];
  }
}
