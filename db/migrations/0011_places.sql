-- Changes of the tree of areas: their history, and the re-coding of what lies in an area that moved
-- (features/area/README.md). The server writes none of these tables itself: gate_area_change applies a plan whole or
-- not at all, and the job area.recode moves the records by the functions below. Nothing here lists tables by hand:
-- recode_tables() finds every table with an `area` in the catalogue.

alter table area add column successor text collate "C" references area (code);
alter table area add column since timestamptz;
comment on column area.since is 'When a change made it; null for an area that came with an import';
comment on column area.successor is 'Where the records of a merged area went; null while it stands, and for one that was closed empty';

create table area_change (
  id uuid primary key,
  at timestamptz not null,
  day date not null,
  kind text not null check (kind in ('add', 'rename', 'merge', 'split', 'move', 'retire')),
  code text collate "C" not null,
  name text not null,
  lo bigint not null,
  hi bigint not null,
  account uuid not null,
  post uuid not null,
  reason text not null,
  summary jsonb not null,
  job uuid,
  records int not null default 0,
  finished_at timestamptz
);
create index area_change_lo on area_change (lo, id desc);
comment on table area_change is 'Every change of the tree of areas; the server can neither change nor delete a row';
comment on column area_change.id is 'UUIDv7, made by whoever asks for the change';
comment on column area_change.at is 'When';
comment on column area_change.day is 'Its day in Asia/Shanghai';
comment on column area_change.kind is 'add, rename, merge, split, move or retire';
comment on column area_change.code is 'The area that the change leads to';
comment on column area_change.name is 'Its name after the change';
comment on column area_change.lo is 'Lowest code of the area that holds all areas concerned: who sees that sees the change';
comment on column area_change.hi is 'First code above it';
comment on column area_change.account is 'Who';
comment on column area_change.post is 'Under which post';
comment on column area_change.reason is 'Why, such as the number of the approval';
comment on column area_change.summary is 'Codes and names before and after: [{"code", "name", "to", "toName"}]';
comment on column area_change.job is 'The job that re-codes the records; null when there is nothing to re-code';
comment on column area_change.records is 'Records re-coded so far';
comment on column area_change.finished_at is 'When all records carried their new code; null until then';
alter table area_change enable row level security;
create policy area_change_read on area_change for select to minqing_server
  using ((lo < (select scope_hi()) and hi > (select scope_lo()))
    or (lo < (select admin_hi()) and hi > (select admin_lo())));
grant select on area_change to minqing_server;

create table area_move (
  change uuid not null references area_change (id),
  was bigint not null,
  now bigint not null,
  was_code text collate "C" not null,
  now_code text collate "C" not null,
  whole boolean not null,
  lo bigint not null,
  hi bigint not null,
  primary key (change, was)
);
create index area_move_was on area_move (was_code);
comment on table area_move is 'Which code became which by a change';
comment on column area_move.change is 'The change';
comment on column area_move.was is 'Code that records carried before';
comment on column area_move.now is 'Code that they carry afterwards';
comment on column area_move.was_code is 'Code of the area before';
comment on column area_move.now_code is 'Code of the area afterwards';
comment on column area_move.whole is 'Whether everything moved; false when only the households of area_part did';
comment on column area_move.lo is 'Range of the change, for the policy';
comment on column area_move.hi is 'First code above it';
alter table area_move enable row level security;
create policy area_move_read on area_move for select to minqing_server
  using ((lo < (select scope_hi()) and hi > (select scope_lo()))
    or (lo < (select admin_hi()) and hi > (select admin_lo())));
grant select on area_move to minqing_server;

create table area_past (
  code text collate "C" not null references area (code),
  until timestamptz not null,
  name text not null,
  parent text collate "C",
  change uuid not null references area_change (id),
  lo bigint not null,
  hi bigint not null,
  primary key (code, until)
);
comment on table area_past is 'How an area was called, and what it lay under, until it changed';
comment on column area_past.code is 'The area';
comment on column area_past.until is 'Until when it was so';
comment on column area_past.name is 'Its name then';
comment on column area_past.parent is 'The area above it then';
comment on column area_past.change is 'The change that ended it';
comment on column area_past.lo is 'Range of the area, for the policy';
comment on column area_past.hi is 'First code above it';
alter table area_past enable row level security;
create policy area_past_read on area_past for select to minqing_server
  using ((lo < (select scope_hi()) and hi > (select scope_lo()))
    or (lo < (select admin_hi()) and hi > (select admin_lo())));
grant select on area_past to minqing_server;

create table area_part (
  county int not null,
  change uuid not null references area_change (id),
  household uuid not null,
  primary key (county, change, household)
);
comment on table area_part is 'The households that a split takes along';
comment on column area_part.county is 'Distribution key';
comment on column area_part.change is 'The change';
comment on column area_part.household is 'The household';
alter table area_part enable row level security;

create table area_moved (
  county int not null,
  change uuid not null references area_change (id),
  subject uuid not null,
  category text collate "C" not null,
  was bigint not null,
  area bigint not null,
  primary key (county, change, subject)
);
create index area_moved_subject on area_moved (subject);
comment on table area_moved is 'Which record carried which code before a change: what was written down then stays as it was';
comment on column area_moved.county is 'Distribution key';
comment on column area_moved.change is 'The change';
comment on column area_moved.subject is 'Id of the record';
comment on column area_moved.category is 'Category of the record';
comment on column area_moved.was is 'Code that it carried before';
comment on column area_moved.area is 'Area of the record now: follows it through later changes';
alter table area_moved enable row level security;

-- The tokens of a record are found by its id when it moves.
create index archive_token_record on archive_token (county, id);

create function moved_here(of_subject uuid, carried bigint) returns boolean
language plpgsql stable security definer set search_path = public
as $$
begin
  return exists (select from area_moved where subject = of_subject and was = carried
    and area >= scope_lo() and area < scope_hi());
end $$;
comment on function moved_here is 'Whether the record lies in the scope now and carried this code before: its history moves into sight with it';
revoke execute on function moved_here from public;
grant execute on function moved_here to minqing_server;

alter policy archive_change_read on archive_change
  using (((area >= (select scope_lo()) and area < (select scope_hi())) or moved_here(subject, area))
    and (gate_open(item_group) or gate_subject(item_group, subject) or gate_subject(item_group, household)));
alter policy audit_entry_looks on audit_entry
  using (subject is not null and kind in ('look', 'change')
    and ((area >= (select scope_lo()) and area < (select scope_hi())) or moved_here(subject, area)));

create function area_in_charge(area_lo bigint, area_hi bigint, area_level int) returns boolean language sql stable
  return (area_level = 6 and gate_write('area') and area_lo >= scope_lo() and area_hi <= scope_hi())
      or (area_level >= 4 and gate_admin('system') and area_lo >= admin_lo() and area_hi <= admin_hi());
comment on function area_in_charge is 'Who may change an area: its grids a village’s or township’s official; villages and townships the system administrator';

create function require_area_charge(area_lo bigint, area_hi bigint, area_level int) returns void
language plpgsql stable set search_path = public
as $$
begin
  if area_in_charge(area_lo, area_hi, area_level) is not true then
    raise exception 'the area is not in the charge of the acting post' using errcode = '42501';
  end if;
end $$;
comment on function require_area_charge is 'Refuses (42501) what area_in_charge does not allow';

create function gate_area_weight(codes bigint[]) returns table (measure text, n bigint)
language sql stable security definer set search_path = public
as $$
  select t.measure, sum(t.n)::bigint from area_tally t
   where t.county = any (select distinct c / 1000000000 from unnest(codes) c) and t.area = any (codes)
     and t.measure in ('resident', 'household', 'housing', 'premises', 'organisation')
     and (area_in_charge(t.area, t.area + 1, 6) or (gate_admin('system') and t.area >= admin_lo() and t.area < admin_hi()))
   group by t.measure
$$;
comment on function gate_area_weight is 'How many records lie under these codes, for the preview of a change: figures only, for whoever may make it';

create function gate_area_posts(codes text[], day date) returns bigint
language sql stable security definer set search_path = public
as $$
  select count(*) from post p join area a on a.code = p.area
   where p.area = any (codes) and post_in_force(p.since, p.until, day)
     and (area_in_charge(a.lo, a.hi, a.level) or (gate_admin('system') and a.lo >= admin_lo() and a.hi <= admin_hi()))
$$;
comment on function gate_area_posts is 'How many posts stand on these areas, for the preview of a change';

create function gate_area_change(change jsonb, at timestamptz, day date) returns void
language plpgsql security definer set search_path = public
as $$
declare
  of_change uuid := (change->>'id')::uuid;
  change_lo bigint := (change->>'lo')::bigint;
  change_hi bigint := (change->>'hi')::bigint;
  one jsonb;
  found_area area;
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
    insert into area_move (change, was, now, was_code, now_code, whole, lo, hi)
    select of_change, found_area.lo, a.lo, found_area.code, a.code, (one->>'whole')::boolean, change_lo, change_hi
      from area a where a.code = one->>'now';
  end loop;
  insert into area_part (county, change, household)
  select change_lo / 1000000000, of_change, value::uuid from jsonb_array_elements_text(change->'households');
end $$;
comment on function gate_area_change is 'Applies a change of the tree, whole or not at all; refuses (42501) what is not in the acting post’s charge, and (MQ423) while another is under way';

create function gate_area_job(of_change uuid, new_job uuid) returns void
language plpgsql security definer set search_path = public
as $$
begin
  update area_change c set job = new_job
   where c.id = of_change and c.finished_at is null
     and ((gate_admin('system') and c.lo >= admin_lo() and c.hi <= admin_hi())
       or (gate_write('area') and c.lo >= scope_lo() and c.hi <= scope_hi()))
     and not exists (select from job j where j.id = c.job and j.ended_at is null);
  if not found then raise exception 'the change is finished, under way or not in charge' using errcode = '42501'; end if;
end $$;
comment on function gate_area_job is 'Names a new job for a change whose job came to an end without finishing it';

revoke execute on function require_area_charge, gate_area_weight, gate_area_posts, gate_area_change, gate_area_job from public;
grant execute on function gate_area_weight, gate_area_posts, gate_area_change, gate_area_job to minqing_server;

-- Re-coding, for the job area.recode.

create function recode_tables() returns table (name text, kind text, tie text, of text)
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
         when is_record then 'record'
         when name = 'area_tally' then 'counts'
         when tie is not null or by_subject or by_id then 'beside'
         else 'unknown' end,
    case when is_record then 'id' else coalesce(tie, case when by_subject then 'subject' when by_id then 'id' end) end,
    case when is_record then name else of end
    from tied order by is_record, name
$$;
comment on function recode_tables is 'Every table with an `area`, from the catalogue: record (a category), beside (rows tied to a record by the column `tie`), counts, kept (what was written down then), or unknown: a test refuses those';

create function recode_records(of_change uuid, of_county int, category text, ids uuid[]) returns void
language plpgsql security definer set search_path = public
as $$
declare one record;
begin
  if not gate_kind('area.recode') then raise exception 'only the job re-codes' using errcode = '42501'; end if;
  execute format('insert into area_moved (county, change, subject, category, was, area)
    select r.county, m.change, r.id, %L, m.was, m.now from %I r join area_move m on m.change = $1 and m.was = r.area
     where r.county = $2 and r.id = any ($3)
    on conflict (county, change, subject) do nothing', category, category) using of_change, of_county, ids;
  execute format('insert into area_tally (county, area, measure, n)
    select $2, e.place, d.measure, sum(e.part) from (
      select r.area as was, m.now, x.measure, x.n from %I r join area_move m on m.change = $1 and m.was = r.area
        cross join lateral (
          select %L::text as measure, 1 as n
          union all select %L, r.completeness::int
          union all select %L, 1 where r.completeness < 100
          union all select %L || tag, 1 from unnest(r.tags) tag
          union all select %L || item, 1 from unnest(r.missing) item) x
       where r.county = $2 and r.id = any ($3)) d
      cross join lateral (values (d.was, -d.n), (d.now, d.n)) as e(place, part)
     group by e.place, d.measure having sum(e.part) <> 0 order by e.place, d.measure
    on conflict (county, area, measure) do update set n = area_tally.n + excluded.n',
    category, category, 'completeness:' || category, 'incomplete:' || category, 'tag:' || category || ':',
    'missing:' || category || ':') using of_change, of_county, ids;
  for one in select name, tie from recode_tables() where kind in ('beside', 'record') and (of = category or of is null) loop
    execute format('update %I t set area = m.now from area_move m
       where t.county = $2 and t.%I = any ($3) and m.change = $1 and t.area = m.was', one.name, one.tie)
      using of_change, of_county, ids;
  end loop;
end $$;
comment on function recode_records is 'Gives records of one category, locked by the caller, their new code, with all that is tied to them and the kept counts';

create function recode_batch(of_change uuid, size int) returns int
language plpgsql security definer set search_path = public
as $$
declare
  of_county int; homes uuid[]; people uuid[]; ids uuid[]; one record; part text; moved int;
begin
  if not gate_kind('area.recode') then raise exception 'only the job re-codes' using errcode = '42501'; end if;
  select lo / 1000000000 into of_county from area_change where id = of_change;
  -- A household and those who live in it move together: whoever joins them meanwhile finds both in one place.
  select array_agg(h.id) into homes from (
    select h.id from area_move m join household h on h.county = of_county and h.area = m.was
     where m.change = of_change
       and (m.whole or exists (select from area_part p where p.county = of_county and p.change = of_change and p.household = h.id))
     limit size) h;
  if homes is not null then
    select array_agg(r.id) into people from resident r
     where r.county = of_county and r.household = any (homes)
       and r.id in (select m.resident from household_member m where m.household = any (homes) and m.until is null);
    -- Residents before households, and both in the order of their ids, as edits lock them.
    perform from resident r where r.county = of_county and r.id = any (people) order by r.id for update;
    perform from household h where h.county = of_county and h.id = any (homes) order by h.id for update;
    perform recode_records(of_change, of_county, 'resident', coalesce(people, '{}'));
    perform recode_records(of_change, of_county, 'household', homes);
    moved := cardinality(homes) + coalesce(cardinality(people), 0);
  else
    for one in select name from recode_tables() where kind = 'record' order by name loop
      part := case one.name
        when 'resident' then 'exists (select from area_part p where p.county = r.county and p.change = $1 and p.household = r.household)'
        when 'housing' then 'exists (select from household_housing l join area_part p on p.county = l.county and p.change = $1
              and p.household = l.household where l.housing = r.id and l.kind = ''lives'' and l.until is null)
          and not exists (select from household_housing l where l.housing = r.id and l.kind = ''lives'' and l.until is null
              and not exists (select from area_part p where p.county = l.county and p.change = $1 and p.household = l.household))'
        else 'false' end;
      execute format('select array_agg(id) from (select r.id from area_move m join %I r on r.county = $2 and r.area = m.was
         where m.change = $1 and (m.whole or (%s)) limit $3) x', one.name, part) into ids using of_change, of_county, size;
      if ids is not null then
        execute format('select 1 from %I r where r.county = $1 and r.id = any ($2) order by r.id for update', one.name)
          using of_county, ids;
        perform recode_records(of_change, of_county, one.name, ids);
        moved := cardinality(ids);
        exit;
      end if;
    end loop;
  end if;
  update area_change set records = records + coalesce(moved, 0) where id = of_change and moved > 0;
  return coalesce(moved, 0);
end $$;
comment on function recode_batch is 'Re-codes the next records of a change; returns how many, 0 when none is left';

create function recode_running() returns text[]
language sql volatile set search_path = public
as $$
  select coalesce(array_agg(l.virtualtransaction order by l.virtualtransaction), '{}')
    from pg_locks l join pg_stat_activity a on a.pid = l.pid
   where l.locktype = 'virtualxid' and l.pid <> pg_backend_pid() and a.datname = current_database() and a.usesysid is not null
$$;
comment on function recode_running is 'Transactions under way: one that read a code before it changed may still write it';

create function recode_rest(of_change uuid, table_name text) returns int
language plpgsql security definer set search_path = public
as $$
declare one record; swept int;
begin
  if not gate_kind('area.recode') then raise exception 'only the job re-codes' using errcode = '42501'; end if;
  select t.name, t.tie into strict one from recode_tables() t where t.name = table_name and t.kind = 'beside';
  execute format('update %I t set area = v.area from area_moved v
     where v.change = $1 and t.county = v.county and t.%I = v.subject and t.area = v.was and v.was <> v.area', one.name, one.tie)
    using of_change;
  get diagnostics swept = row_count;
  return swept;
end $$;
comment on function recode_rest is 'Brings along what was written beside a record under its old code while the record moved';

create function recode_posts(of_change uuid, day date, at timestamptz, ending boolean) returns int
language plpgsql security definer set search_path = public
as $$
declare touched int;
begin
  if not gate_kind('area.recode') then raise exception 'only the job re-codes' using errcode = '42501'; end if;
  if ending then
    update post p set until = greatest(day - 1, p.since - 1) from area_move m
     where m.change = of_change and m.whole and p.area = m.was_code and post_in_force(p.since, p.until, day);
  else
    insert into post (id, account, role, department, area, lo, hi, since, until, created_at)
    select uuidv7(), p.account, p.role, p.department, a.code, a.lo, a.hi, day, p.until, at
      from area_move m join post p on p.area = m.was_code join area a on a.code = m.now_code
     where m.change = of_change and m.whole and post_in_force(p.since, p.until, day)
       and not exists (select from post q where q.account = p.account and q.role = p.role and q.area = a.code
         and q.department is not distinct from p.department and post_in_force(q.since, q.until, day));
  end if;
  get diagnostics touched = row_count;
  return touched;
end $$;
comment on function recode_posts is 'Posts of merged areas: at the beginning their holders get the same post on the new area, at the end the old one ends';

create function recode_finish(of_change uuid, at timestamptz) returns void
language plpgsql security definer set search_path = public
as $$
begin
  if not gate_kind('area.recode') then raise exception 'only the job re-codes' using errcode = '42501'; end if;
  -- What is counted under an old code and belongs to no record.
  insert into area_tally (county, area, measure, n)
  select t.county, m.now, t.measure, sum(t.n) from area_tally t join area_move m on m.change = of_change and m.whole
     and t.county = m.was / 1000000000 and t.area = m.was
   where t.n <> 0 group by 1, 2, 3 order by 1, 2, 3
  on conflict (county, area, measure) do update set n = area_tally.n + excluded.n;
  delete from area_tally t using area_move m
   where m.change = of_change and m.whole and t.county = m.was / 1000000000 and t.area = m.was;
  update area_change set finished_at = recode_finish.at where id = of_change and finished_at is null;
end $$;
comment on function recode_finish is 'Closes a change: its old codes hold nothing any more';

create function recode_weight(of_change uuid) returns bigint
language plpgsql stable security definer set search_path = public
as $$
declare one record; counted bigint; total bigint := 0;
begin
  if not gate_kind('area.recode') then raise exception 'only the job re-codes' using errcode = '42501'; end if;
  select coalesce(sum(t.n), 0) into total from area_tally t join area_move m on m.change = of_change and m.whole
     and t.county = m.was / 1000000000 and t.area = m.was
   where t.measure in (select r.name from recode_tables() r where r.kind = 'record');
  select count(*) + coalesce(sum(h.members), 0) into counted from area_part p
    join household h on h.county = p.county and h.id = p.household where p.change = of_change;
  return total + counted;
end $$;
comment on function recode_weight is 'About how many records a change moves, for its bar';

revoke execute on function recode_tables, recode_records, recode_batch, recode_running, recode_rest, recode_posts, recode_finish, recode_weight from public;
grant execute on function recode_tables, recode_batch, recode_running, recode_rest, recode_posts, recode_finish, recode_weight to minqing_steward;
