-- Re-coding a whole area takes the grids together. A township has hundreds of them, and a step that stopped at the end
-- of each moved a few records and spent its time on finding them and on planning its statements. Only the parts of a
-- split go one new code at a time, for what leaves one grid goes to several.

drop function recode_records(uuid, int, text, uuid[], bigint);
create function recode_records(of_change uuid, of_county int, category text, ids uuid[], olds bigint[], news bigint[]) returns void
language plpgsql security definer set search_path = public
as $$
declare
  one record;
  -- As a list of known length and not as rows of area_move, whose statistics know nothing of a change just begun.
  moves constant text := 'unnest($3, $4) as m (was, now)';
  -- Who has left is not counted where the archive knows of leaving.
  counted constant text := case when exists (select from pg_attribute a where a.attrelid = format('public.%I', category)::regclass
    and a.attname = 'left_on' and not a.attisdropped) then 'r.left_on is null' else 'true' end;
begin
  if not gate_kind('area.recode') then raise exception 'only the job re-codes' using errcode = '42501'; end if;
  execute format('insert into area_moved (county, change, subject, category, was, area)
    select r.county, $5, r.id, %L, m.was, m.now from %I r join %s on m.was = r.area
     where r.county = $1 and r.id = any ($2)
    on conflict (county, change, subject) do nothing', category, category, moves) using of_county, ids, olds, news, of_change;
  execute format('insert into area_tally (county, area, measure, n)
    select $1, e.place, d.measure, sum(e.part) from (
      select r.area as was, m.now, x.measure, x.n from %I r join %s on m.was = r.area
        cross join lateral (
          select %L::text as measure, 1 as n
          union all select %L, r.completeness::int
          union all select %L, 1 where r.completeness < 100
          union all select %L || tag, 1 from unnest(r.tags) tag
          union all select %L || item, 1 from unnest(r.missing) item) x
       where r.county = $1 and r.id = any ($2) and %s) d
      cross join lateral (values (d.was, -d.n), (d.now, d.n)) as e(place, part)
     group by e.place, d.measure having sum(e.part) <> 0 order by e.place, d.measure
    on conflict (county, area, measure) do update set n = area_tally.n + excluded.n',
    category, moves, category, 'completeness:' || category, 'incomplete:' || category, 'tag:' || category || ':',
    'missing:' || category || ':', counted) using of_county, ids, olds, news;
  for one in select name, tie from recode_tables() where kind in ('beside', 'record') and (of = category or of is null) loop
    execute format('update %I t set area = m.now from %s where t.county = $1 and t.%I = any ($2) and t.area = m.was',
      one.name, moves, one.tie) using of_county, ids, olds, news;
  end loop;
end $$;
comment on function recode_records is 'Gives records of one category, locked by the caller, the new code of the old one they carry, with all that is tied to them and the kept counts';
revoke execute on function recode_records from public;

create or replace function recode_batch(of_change uuid, size int) returns int
language plpgsql security definer set search_path = public
as $$
declare
  of_county int; olds bigint[]; news bigint[]; target bigint; homes uuid[]; people uuid[]; ids uuid[]; one record; part text; moved int;
begin
  if not gate_kind('area.recode') then raise exception 'only the job re-codes' using errcode = '42501'; end if;
  select lo / 1000000000 into of_county from area_change where id = of_change;
  -- Whole areas first, however many; then what a split takes along, one new code at a time.
  select array_agg(h.id) into homes from (
    select h.id from area_move m join household h on h.county = of_county and h.area = m.was
     where m.change = of_change and m.whole limit size) h;
  if homes is null then
    select m.now into target from area_move m join household h on h.county = of_county and h.area = m.was
      join area_part p on p.county = of_county and p.change = of_change and p.household = h.id and p.now = m.now
     where m.change = of_change and not m.whole limit 1;
    select array_agg(h.id) into homes from (
      select h.id from area_move m join household h on h.county = of_county and h.area = m.was
        join area_part p on p.county = of_county and p.change = of_change and p.household = h.id and p.now = m.now
       where m.change = of_change and not m.whole and m.now = target limit size) h;
  end if;
  -- A household and those who live in it move together: whoever joins them meanwhile finds both in one place.
  if homes is not null then
    select array_agg(r.id) into people from resident r
     where r.county = of_county and r.household = any (homes)
       and r.id in (select m.resident from household_member m where m.household = any (homes) and m.until is null);
    -- Residents before households, and both in the order of their ids, as edits lock them.
    perform from resident r where r.county = of_county and r.id = any (people) order by r.id for update;
    perform from household h where h.county = of_county and h.id = any (homes) order by h.id for update;
    select array_agg(m.was), array_agg(m.now) into olds, news from area_move m
     where m.change = of_change and case when target is null then m.whole else not m.whole and m.now = target end;
    perform recode_records(of_change, of_county, 'resident', coalesce(people, '{}'), olds, news);
    perform recode_records(of_change, of_county, 'household', homes, olds, news);
    moved := cardinality(homes) + coalesce(cardinality(people), 0);
  else
    for one in select name from recode_tables() where kind = 'record' order by name loop
      part := case one.name
        when 'resident' then 'exists (select from area_part p where p.county = r.county and p.change = $1 and p.household = r.household and p.now = m.now)'
        -- A dwelling goes with its building, or with those who live in it when all of them go to one grid.
        when 'housing' then 'exists (select from area_part_building b where b.county = r.county and b.change = $1 and b.building = r.building and b.now = m.now)
          or (not exists (select from area_part_building b where b.county = r.county and b.change = $1 and b.building = r.building)
          and exists (select from household_housing l join area_part p on p.county = l.county and p.change = $1 and p.now = m.now
              and p.household = l.household where l.housing = r.id and l.kind in (''lives'', ''rents'') and l.until is null)
          and not exists (select from household_housing l where l.housing = r.id and l.kind in (''lives'', ''rents'') and l.until is null
              and not exists (select from area_part p where p.county = l.county and p.change = $1 and p.household = l.household and p.now = m.now)))'
        else 'false' end;
      target := null;
      execute format('select array_agg(id) from (select r.id from area_move m join %I r on r.county = $2 and r.area = m.was
         where m.change = $1 and m.whole limit $3) x', one.name) into ids using of_change, of_county, size * 3;
      if ids is null then
        execute format('select m.now from area_move m join %I r on r.county = $2 and r.area = m.was
           where m.change = $1 and not m.whole and (%s) limit 1', one.name, part) into target using of_change, of_county;
        continue when target is null;
        execute format('select array_agg(id) from (select r.id from area_move m join %I r on r.county = $2 and r.area = m.was
           where m.change = $1 and not m.whole and m.now = $4 and (%s) limit $3) x', one.name, part)
          into ids using of_change, of_county, size * 3, target;
        continue when ids is null;
      end if;
      execute format('select 1 from %I r where r.county = $1 and r.id = any ($2) order by r.id for update', one.name)
        using of_county, ids;
      select array_agg(m.was), array_agg(m.now) into olds, news from area_move m
       where m.change = of_change and case when target is null then m.whole else not m.whole and m.now = target end;
      perform recode_records(of_change, of_county, one.name, ids, olds, news);
      moved := cardinality(ids);
      exit;
    end loop;
  end if;
  update area_change set records = records + coalesce(moved, 0) where id = of_change and moved > 0;
  return coalesce(moved, 0);
end $$;
comment on function recode_batch is 'Re-codes the next records of a change: so many households with all who live in them, or three times as many that stand alone; returns how many, 0 when none is left';

-- Figures of quality are counted anew every night, of the areas that there are by then.
create or replace function recode_tables() returns table (name text, kind text, tie text, of text)
language sql stable set search_path = public
as $$
  with placed as (
    select c.oid, c.relname::text as name,
           (select count(*) from pg_attribute a where a.attrelid = c.oid and not a.attisdropped
              and a.attname in ('id', 'area', 'tags', 'missing', 'completeness')) = 5 as is_record
      from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'area' and a.atttypid = 'bigint'::regtype
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition),
  tied as (
    select p.name, p.is_record, k.tie, k.of,
           exists (select from pg_attribute a where a.attrelid = p.oid and a.attname = 'subject') as by_subject,
           exists (select from pg_attribute a where a.attrelid = p.oid and a.attname = 'id') as by_id
      from placed p left join lateral (
        select a.attname::text as tie, r.name as of from pg_constraint f
          join placed r on r.oid = f.confrelid and r.is_record
          join pg_attribute a on a.attrelid = f.conrelid and a.attnum = f.conkey[2]
         where f.contype = 'f' and f.conrelid = p.oid order by a.attnum limit 1) k on true)
  select name,
    case when name in ('audit_entry', 'archive_change', 'gather_quality') then 'kept'
         when name in ('building', 'building_change', 'handover') then 'along'
         when is_record then 'record'
         when name = 'area_tally' then 'counts'
         when tie is not null or by_subject or by_id then 'beside'
         else 'unknown' end,
    case when is_record then 'id' else coalesce(tie, case when by_subject then 'subject' when by_id then 'id' end) end,
    case when is_record then name else of end
    from tied order by is_record, name
$$;
