/** Asks a database. */
export type Ask = (text: string) => Promise<object[]>;

/**
 * Every kept count against a recount of the records, both ways, zeros aside; every token of a tag or a gap against its
 * record; the sizes of households against their members.
 * @returns what does not agree: nothing
 */
export async function countFaults(ask: Ask): Promise<object[]> {
  const off = await ask(`
    with record as (
      select 'resident' as category, county, area, tags, missing, completeness from resident where left_on is null
      union all select 'household', county, area, tags, missing, completeness from household where left_on is null
      union all select 'housing', county, area, tags, missing, completeness from housing
      union all select 'premises', county, area, tags, missing, completeness from premises
      union all select 'organisation', county, area, tags, missing, completeness from organisation),
    counted as (
      select county, area, category as measure, count(*)::int as n from record group by 1, 2, 3
      union all select county, area, 'completeness:' || category, sum(completeness)::int from record group by 1, 2, category
      union all select county, area, 'incomplete:' || category, count(*)::int from record where completeness < 100 group by 1, 2, category
      union all select county, area, 'tag:' || category || ':' || tag, count(*)::int from record, unnest(tags) tag group by 1, 2, category, tag
      union all select county, area, 'missing:' || category || ':' || item, count(*)::int from record, unnest(missing) item group by 1, 2, category, item)
    select measure, area, c.n as counted, k.n as kept from counted c full join area_tally k using (county, area, measure)
     where coalesce(c.n, 0) <> coalesce(k.n, 0)`);
  const tokens = await ask(`
    with due as (
      select id, area, 't:r:' || unnest(tags) as token from resident where left_on is null union all select id, area, '!:r:' || unnest(missing) from resident where left_on is null
      union all select id, area, 't:h:' || unnest(tags) from household where left_on is null union all select id, area, '!:h:' || unnest(missing) from household where left_on is null)
    select * from (select id, area, token from archive_token where token ~ '^[t!]:[rh]:') k full join due using (id, area, token)
     where k.token is null or due.token is null or (select count(*) from archive_token x where x.token = k.token and x.area = k.area and x.id = k.id) > 1`);
  const people = await ask(`select h.id from household h
     where h.members <> (select count(*) from household_member m where m.county = h.county and m.household = h.id and m.until is null and m.lives)
        or h.registered <> (select count(*) from household_member m where m.county = h.county and m.household = h.id and m.until is null and m.registered)`);
  return [...off, ...tokens, ...people];
}
