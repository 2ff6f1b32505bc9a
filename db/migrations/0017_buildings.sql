-- Buildings and compounds within a grid (features/area/buildings), the splitting of a grid into several parts by them,
-- and what else has to follow when an area gets a new code.

create table building (
  county int not null,
  id uuid not null,
  area bigint not null,
  kind text not null check (kind in ('building', 'compound')),
  name text not null check (name <> ''),
  parent uuid,
  floors smallint check (floors between 1 and 200),
  units smallint check (units between 1 and 200),
  longitude double precision,
  latitude double precision,
  outline jsonb,
  retired_on date,
  sort_key text collate "C" not null default '',
  version int not null default 1,
  updated_at timestamptz not null,
  primary key (county, id),
  foreign key (county, parent) references building (county, id),
  check (county = area / 1000000000),
  check ((longitude is null) = (latitude is null)),
  check (kind = 'building' or (parent is null and floors is null and units is null))
);
create index building_list on building (area, sort_key, id);
create index building_parent on building (county, parent) where parent is not null;
comment on table building is '楼栋, 小区、院落: a building or a compound of buildings within a grid';
comment on column building.county is 'First six digits of the area: distribution key';
comment on column building.id is 'UUIDv7';
comment on column building.area is 'Code of the grid, or of the village where it has none; follows when that changes';
comment on column building.kind is 'building, or compound: several buildings within one gate or yard';
comment on column building.name is 'Name or number, such as 3幢';
comment on column building.parent is 'The compound that a building stands in';
comment on column building.floors is 'Number of floors';
comment on column building.units is 'Number of units: stairs with an entrance of their own';
comment on column building.longitude is 'Longitude of its point on the map, WGS84 (CGCS2000) degrees';
comment on column building.latitude is 'Latitude of that point';
comment on column building.outline is 'GeoJSON Polygon or MultiPolygon, WGS84 (CGCS2000) degrees';
comment on column building.retired_on is 'Since when it does not stand any more; null while it stands';
comment on column building.sort_key is 'Order within the grid';
comment on column building.version is 'Counts up with every edit: the ETag';
comment on column building.updated_at is 'Last change';
alter table building enable row level security;
create policy building_read on building for select to minqing_server
  using (area >= (select scope_lo()) and area < (select scope_hi()));
create policy building_add on building for insert to minqing_server
  with check (area >= (select scope_lo()) and area < (select scope_hi()) and (select gate_write('file')));
create policy building_change on building for update to minqing_server
  using (area >= (select scope_lo()) and area < (select scope_hi()) and (select gate_write('file')))
  with check (area >= (select scope_lo()) and area < (select scope_hi()) and (select gate_write('file')));
grant select, insert, update on building to minqing_server;

create table building_change (
  county int not null,
  id uuid not null,
  area bigint not null,
  building uuid not null,
  at timestamptz not null,
  kind text not null check (kind in ('added', 'edited', 'retired')),
  before jsonb not null default '{}',
  after jsonb not null default '{}',
  reason text,
  account uuid not null,
  post uuid,
  primary key (county, id),
  foreign key (county, building) references building (county, id)
);
create index building_change_of on building_change (county, building, id desc);
comment on table building_change is 'History of buildings and compounds; append-only for the server';
comment on column building_change.county is 'Distribution key';
comment on column building_change.id is 'UUIDv7';
comment on column building_change.area is 'Area of the building, for the policy: goes with it';
comment on column building_change.building is 'The building or compound';
comment on column building_change.at is 'When';
comment on column building_change.kind is 'added, edited, retired';
comment on column building_change.before is 'What was changed, as it stood before';
comment on column building_change.after is 'The same as it stands afterwards';
comment on column building_change.reason is 'Why';
comment on column building_change.account is 'Who';
comment on column building_change.post is 'Under which post';
alter table building_change enable row level security;
create policy building_change_read on building_change for select to minqing_server
  using (area >= (select scope_lo()) and area < (select scope_hi()));
create policy building_change_add on building_change for insert to minqing_server
  with check (area >= (select scope_lo()) and area < (select scope_hi()) and (select gate_write('file'))
    and account = (select gate_account()));
grant select, insert on building_change to minqing_server;

alter table housing add column building uuid;
alter table housing add constraint housing_building_fkey foreign key (county, building) references building (county, id);
create index housing_building on housing (county, building) where building is not null;
comment on column housing.building is 'The building or compound it is a part of';

-- A split into several parts: which household and which building goes where.

alter table area_change drop constraint area_change_kind_check;
alter table area_change add constraint area_change_kind_check
  check (kind in ('add', 'rename', 'merge', 'split', 'shift', 'move', 'retire'));
comment on column area_change.kind is 'add, rename, merge, split, shift (households to another grid), move or retire';
alter table area_move drop constraint area_move_pkey;
alter table area_move add primary key (change, was, now);
alter table area_part add column now bigint;
update area_part p set now = m.now from area_move m where m.change = p.change and not m.whole;
alter table area_part alter column now set not null;
comment on column area_part.now is 'Code of the grid that it goes to';

create table area_part_building (
  county int not null,
  change uuid not null references area_change (id),
  building uuid not null,
  now bigint not null,
  primary key (county, change, building)
);
comment on table area_part_building is 'The buildings and compounds that a split takes along, with every dwelling in them';
comment on column area_part_building.county is 'Distribution key';
comment on column area_part_building.change is 'The change';
comment on column area_part_building.building is 'The building or compound';
comment on column area_part_building.now is 'Code of the grid that it goes to';
alter table area_part_building enable row level security;

create or replace function gate_area_change(change jsonb, at timestamptz, day date) returns void
language plpgsql security definer set search_path = public
as $$
declare
  of_change uuid := (change->>'id')::uuid;
  change_lo bigint := (change->>'lo')::bigint;
  change_hi bigint := (change->>'hi')::bigint;
  one jsonb;
  found_area area;
  into_area area;
begin
  -- One change at a time in a county: two that read the same tree would not know of each other.
  perform pg_advisory_xact_lock(hashtextextended('area_change ' || change_lo / 1000000000, 0));
  if exists (select from area_change c where c.finished_at is null and c.lo < change_hi and c.hi > change_lo) then
    raise exception 'another change of these areas is not finished' using errcode = 'MQ423';
  end if;
  insert into area_change (id, at, day, kind, code, name, lo, hi, account, post, reason, summary, job, finished_at)
  values (of_change, at, day, change->>'kind', change->>'code', change->>'name', change_lo, change_hi,
    gate_account(), nullif(current_setting('minqing.post', true), '')::uuid, change->>'reason', change->'summary',
    (change->>'job')::uuid, case when change->>'job' is null then at end);
  for one in select * from jsonb_array_elements(change->'added') loop
    perform require_area_charge((one->>'lo')::bigint, (one->>'hi')::bigint, (one->>'level')::int);
    insert into area (code, parent, level, name, lo, hi, search, since)
    values (one->>'code', one->>'parent', (one->>'level')::int, one->>'name', (one->>'lo')::bigint, (one->>'hi')::bigint, one->>'search', at);
  end loop;
  for one in select * from jsonb_array_elements(change->'renamed') loop
    select * into strict found_area from area where code = one->>'code' for update;
    perform require_area_charge(found_area.lo, found_area.hi, found_area.level);
    insert into area_past (code, until, name, parent, change, lo, hi)
    values (found_area.code, at, found_area.name, found_area.parent, of_change, found_area.lo, found_area.hi);
    update area set name = one->>'name', search = one->>'search' where code = found_area.code;
  end loop;
  for one in select * from jsonb_array_elements(change->'retired') loop
    select * into strict found_area from area where code = one->>'code' and retired_at is null for update;
    perform require_area_charge(found_area.lo, found_area.hi, found_area.level);
    update area set retired_at = at, successor = one->>'successor' where code = found_area.code;
  end loop;
  for one in select * from jsonb_array_elements(change->'moves') loop
    select * into strict found_area from area where code = one->>'was';
    perform require_area_charge(found_area.lo, found_area.hi, found_area.level);
    -- Records go only to where the acting post is in charge too, and to an area that stands.
    select * into strict into_area from area where code = one->>'now' and retired_at is null;
    perform require_area_charge(into_area.lo, into_area.hi, into_area.level);
    insert into area_move (change, was, now, was_code, now_code, whole, lo, hi)
    values (of_change, found_area.lo, into_area.lo, found_area.code, into_area.code, (one->>'whole')::boolean, change_lo, change_hi);
  end loop;
  insert into area_part (county, change, household, now)
  select change_lo / 1000000000, of_change, h.value::uuid, (p.value->>'now')::bigint
    from jsonb_array_elements(change->'parts') p cross join jsonb_array_elements_text(p.value->'households') h;
  insert into area_part_building (county, change, building, now)
  select change_lo / 1000000000, of_change, b.value::uuid, (p.value->>'now')::bigint
    from jsonb_array_elements(change->'parts') p cross join jsonb_array_elements_text(p.value->'buildings') b;
end $$;

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
    case when name in ('audit_entry', 'archive_change') then 'kept'
         when name in ('building', 'building_change', 'handover') then 'along'
         when is_record then 'record'
         when name = 'area_tally' then 'counts'
         when tie is not null or by_subject or by_id then 'beside'
         else 'unknown' end,
    case when is_record then 'id' else coalesce(tie, case when by_subject then 'subject' when by_id then 'id' end) end,
    case when is_record then name else of end
    from tied order by is_record, name
$$;
comment on function recode_tables is 'Every table with an `area`, from the catalogue: record (a category), beside (rows tied to a record by the column `tie`), along (recode_along), counts, kept (what was written down then), or unknown: a test refuses those';

drop function recode_records(uuid, int, text, uuid[]);
create function recode_records(of_change uuid, of_county int, category text, ids uuid[], target bigint) returns void
language plpgsql security definer set search_path = public
as $$
declare one record;
begin
  if not gate_kind('area.recode') then raise exception 'only the job re-codes' using errcode = '42501'; end if;
  execute format('insert into area_moved (county, change, subject, category, was, area)
    select r.county, m.change, r.id, %L, m.was, m.now from %I r join area_move m on m.change = $1 and m.was = r.area and m.now = $4
     where r.county = $2 and r.id = any ($3)
    on conflict (county, change, subject) do nothing', category, category) using of_change, of_county, ids, target;
  execute format('insert into area_tally (county, area, measure, n)
    select $2, e.place, d.measure, sum(e.part) from (
      select r.area as was, m.now, x.measure, x.n from %I r join area_move m on m.change = $1 and m.was = r.area and m.now = $4
        cross join lateral (
          select %L::text as measure, 1 as n
          union all select %L, r.completeness::int
          union all select %L, 1 where r.completeness < 100
          union all select %L || tag, 1 from unnest(r.tags) tag
          union all select %L || item, 1 from unnest(r.missing) item) x
       where r.county = $2 and r.id = any ($3) and to_jsonb(r) ->> ''left_on'' is null) d
      cross join lateral (values (d.was, -d.n), (d.now, d.n)) as e(place, part)
     group by e.place, d.measure having sum(e.part) <> 0 order by e.place, d.measure
    on conflict (county, area, measure) do update set n = area_tally.n + excluded.n',
    category, category, 'completeness:' || category, 'incomplete:' || category, 'tag:' || category || ':',
    'missing:' || category || ':') using of_change, of_county, ids, target;
  for one in select name, tie from recode_tables() where kind in ('beside', 'record') and (of = category or of is null) loop
    execute format('update %I t set area = m.now from area_move m
       where t.county = $2 and t.%I = any ($3) and m.change = $1 and t.area = m.was and m.now = $4', one.name, one.tie)
      using of_change, of_county, ids, target;
  end loop;
end $$;
comment on function recode_records is 'Gives records of one category, locked by the caller, the new code `target`, with all that is tied to them and the kept counts';

create or replace function recode_batch(of_change uuid, size int) returns int
language plpgsql security definer set search_path = public
as $$
declare
  of_county int; target bigint; homes uuid[]; people uuid[]; ids uuid[]; one record; part text; moved int;
begin
  if not gate_kind('area.recode') then raise exception 'only the job re-codes' using errcode = '42501'; end if;
  select lo / 1000000000 into of_county from area_change where id = of_change;
  -- One new code at a time: of a split the parts go to several.
  select m.now into target from area_move m join household h on h.county = of_county and h.area = m.was
   where m.change = of_change
     and (m.whole or exists (select from area_part p where p.county = of_county and p.change = of_change and p.household = h.id and p.now = m.now))
   limit 1;
  -- A household and those who live in it move together: whoever joins them meanwhile finds both in one place.
  select array_agg(h.id) into homes from (
    select h.id from area_move m join household h on h.county = of_county and h.area = m.was
     where m.change = of_change and m.now = target
       and (m.whole or exists (select from area_part p where p.county = of_county and p.change = of_change and p.household = h.id and p.now = m.now))
     limit size) h;
  if homes is not null then
    select array_agg(r.id) into people from resident r
     where r.county = of_county and r.household = any (homes)
       and r.id in (select m.resident from household_member m where m.household = any (homes) and m.until is null);
    -- Residents before households, and both in the order of their ids, as edits lock them.
    perform from resident r where r.county = of_county and r.id = any (people) order by r.id for update;
    perform from household h where h.county = of_county and h.id = any (homes) order by h.id for update;
    perform recode_records(of_change, of_county, 'resident', coalesce(people, '{}'), target);
    perform recode_records(of_change, of_county, 'household', homes, target);
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
      execute format('select m.now from area_move m join %I r on r.county = $2 and r.area = m.was
         where m.change = $1 and (m.whole or (%s)) limit 1', one.name, part) into target using of_change, of_county;
      continue when target is null;
      execute format('select array_agg(id) from (select r.id from area_move m join %I r on r.county = $2 and r.area = m.was
         where m.change = $1 and m.now = $4 and (m.whole or (%s)) limit $3) x', one.name, part) into ids using of_change, of_county, size, target;
      if ids is not null then
        execute format('select 1 from %I r where r.county = $1 and r.id = any ($2) order by r.id for update', one.name)
          using of_county, ids;
        perform recode_records(of_change, of_county, one.name, ids, target);
        moved := cardinality(ids);
        exit;
      end if;
    end loop;
  end if;
  update area_change set records = records + coalesce(moved, 0) where id = of_change and moved > 0;
  return coalesce(moved, 0);
end $$;

create function recode_along(of_change uuid, ending boolean) returns int
language plpgsql security definer set search_path = public
as $$
declare touched int;
begin
  if not gate_kind('area.recode') then raise exception 'only the job re-codes' using errcode = '42501'; end if;
  update building b set area = m.now from area_move m
   where m.change = of_change and m.whole and b.county = m.was / 1000000000 and b.area = m.was;
  get diagnostics touched = row_count;
  update building b set area = m.now from area_part_building p join area_move m on m.change = p.change and m.now = p.now
   where p.change = of_change and b.county = p.county and b.id = p.building and b.area = m.was;
  -- Whoever takes over a file that waits does so under the new code.
  update handover h set to_lo = m.now from area_move m
   where m.change = of_change and m.whole and h.to_lo = m.was and h.state = 'pending';
  if ending then
    -- A building follows when no dwelling of it is left behind, a compound when no building and no dwelling is.
    update building b set area = m.now from area_move m
     where m.change = of_change and not m.whole and b.county = m.was / 1000000000 and b.area = m.was and b.kind = 'building'
       and exists (select from housing d where d.county = b.county and d.building = b.id)
       and not exists (select from housing d where d.county = b.county and d.building = b.id and d.area <> m.now);
    update building c set area = m.now from area_move m
     where m.change = of_change and not m.whole and c.county = m.was / 1000000000 and c.area = m.was and c.kind = 'compound'
       and (exists (select from building b where b.county = c.county and b.parent = c.id and b.retired_on is null)
         or exists (select from housing d where d.county = c.county and d.building = c.id))
       and not exists (select from building b where b.county = c.county and b.parent = c.id and b.retired_on is null and b.area <> m.now)
       and not exists (select from housing d where d.county = c.county and d.building = c.id and d.area <> m.now);
    -- The old village keeps its side of a hand-over under its own new code.
    update handover h set area = m.now from area_move m
     where m.change = of_change and m.whole and h.county = m.was / 1000000000 and h.area = m.was;
    update handover h set area = v.area from area_moved v
     where v.change = of_change and v.county = h.county and v.subject = h.resident and h.area = v.was and h.state = 'pending';
  end if;
  update building_change c set area = b.area from building b
   where c.county = b.county and c.building = b.id and c.area <> b.area
     and c.area in (select m.was from area_move m where m.change = of_change)
     and c.county = (select lo / 1000000000 from area_change where id = of_change);
  return touched;
end $$;
comment on function recode_along is 'Buildings and pending hand-overs of a changed area get its new code: once when the job begins, and at its end what was written meanwhile';

revoke execute on function recode_records, recode_along from public;
grant execute on function recode_along to minqing_steward;
