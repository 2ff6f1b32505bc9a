-- The desk of the departments' data: a department's officer gathers the files of the source that the department is, with a
-- profile of the county's own where none was shipped; an area's officials see how good the data is, as figures.

create function gate_source() returns text language sql stable security definer set search_path = public
as $$
  select p.department from post p where p.id = gate_post() and p.account = gate_account() and p.role = 'department_officer'
$$;
comment on function gate_source is 'The source whose files the acting post gathers: its department; null for anybody but a department''s officer';
revoke execute on function gate_source from public;
grant execute on function gate_source to minqing_server;

alter table gather_batch add column expected int;
comment on column gather_batch.expected is 'Lines counted when the file came, so that reading can tell how far it is; null where the file is packed';
create index gather_row_faulty on gather_row (batch, n) where faults is not null or aside is not null;

create table gather_file (
  id uuid primary key,
  source text collate "C" not null,
  account uuid not null references account (id),
  post uuid not null references post (id),
  file_name text not null,
  file_key text not null,
  digest bytea not null,
  bytes bigint not null,
  lines int,
  created_at timestamptz not null
);
create index gather_file_own on gather_file (account, post);
comment on table gather_file is 'Files that were handed in and are looked at, before they are gathered; swept after a day';
comment on column gather_file.id is 'UUIDv7';
comment on column gather_file.source is 'Source whose file it is';
comment on column gather_file.account is 'Who handed it in';
comment on column gather_file.post is 'Under which post';
comment on column gather_file.file_name is 'Name of the file as it came';
comment on column gather_file.file_key is 'Where the file lies, sealed';
comment on column gather_file.digest is 'SHA-256 of the file';
comment on column gather_file.bytes is 'Size of the file';
comment on column gather_file.lines is 'Line ends in it; null where it is packed';
comment on column gather_file.created_at is 'When';

create table gather_profile (
  county int not null,
  key text collate "C" not null,
  version int not null check (version > 0),
  source text collate "C" not null,
  zh text not null,
  en text not null,
  body text not null,
  account uuid not null references account (id),
  post uuid not null references post (id),
  created_at timestamptz not null,
  primary key (county, key, version)
);
comment on table gather_profile is 'Profiles that a county''s departments made themselves; a version is never changed';
comment on column gather_profile.county is 'County that made it; distribution key';
comment on column gather_profile.key is 'Key of the profile; a batch names it with its version, as key.v2';
comment on column gather_profile.version is 'From 1; the highest is in force for new files';
comment on column gather_profile.source is 'Source whose files it reads';
comment on column gather_profile.zh is 'Its name';
comment on column gather_profile.en is 'Its name in English';
comment on column gather_profile.body is 'The profile as the files of packs/gather are written, as JSON';
comment on column gather_profile.account is 'Who saved it';
comment on column gather_profile.post is 'Under which post';
comment on column gather_profile.created_at is 'When';

create table gather_quality (
  county int not null,
  source text collate "C" not null,
  area bigint not null,
  measure text collate "C" not null check (measure in ('item', 'linked', 'asked', 'row', 'cell')),
  name text collate "C" not null,
  total int not null,
  filled int not null default 0,
  stale int not null default 0,
  words jsonb,
  counted_at timestamptz not null,
  primary key (county, source, area, measure, name)
);
create index gather_quality_area on gather_quality (area);
comment on table gather_quality is 'How good a source''s data is, counted by village after each batch and every night: figures alone';
comment on column gather_quality.county is 'Distribution key';
comment on column gather_quality.source is 'Source';
comment on column gather_quality.area is 'Lowest code of the village; of the county for rows that belong to no village';
comment on column gather_quality.measure is 'item: how full an item of the source is; asked: rows that wait for an official; of the last batch: linked rows, rows set aside, cells not taken';
comment on column gather_quality.name is 'category.item; of a row or a cell its reason';
comment on column gather_quality.total is 'Records that could have the item; rows, or cells';
comment on column gather_quality.filled is 'Records that have it';
comment on column gather_quality.stale is 'Records where it is older than the dictionary says';
comment on column gather_quality.words is 'The reason in both languages';
comment on column gather_quality.counted_at is 'When it was counted';

alter table gather_file enable row level security;
alter table gather_profile enable row level security;
alter table gather_quality enable row level security;

-- A batch: of the officer's own source and range; for the system administrator of those it lies within. What the house
-- itself gathered from the command line speaks of everywhere.
create policy gather_batch_desk on gather_batch for select to minqing_server
  using ((source = (select gate_source()) and lo >= (select scope_lo()) and hi <= (select scope_hi()))
    or ((select gate_admin('system')) and (account is null or (lo >= (select admin_lo()) and hi <= (select admin_hi())))));
create policy gather_batch_desk_add on gather_batch for insert to minqing_server
  with check (source = (select gate_source()) and lo = (select scope_lo()) and hi = (select scope_hi())
    and account = (select gate_account()) and post = (select gate_post()) and state = 'queued');
grant select on gather_batch to minqing_server;
grant insert (id, source, profile, file_name, file_key, digest, bytes, lo, hi, day, account, post, expected, created_at)
  on gather_batch to minqing_server;

-- Of rows its officer is told what was wrong with them: the rest is read again from the file.
create policy gather_row_desk on gather_row for select to minqing_server
  using ((select gate_source()) is not null and (faults is not null or aside is not null) and batch in (select b.number from gather_batch b));
grant select (batch, n, faults, aside) on gather_row to minqing_server;

create policy gather_file_own on gather_file for select to minqing_server
  using (account = (select gate_account()) and post = (select gate_post()) and source = (select gate_source()));
create policy gather_file_add on gather_file for insert to minqing_server
  with check (account = (select gate_account()) and post = (select gate_post()) and source = (select gate_source()));
create policy gather_file_end on gather_file for delete to minqing_server
  using (account = (select gate_account()) and post = (select gate_post()) and source = (select gate_source()));
create policy gather_file_sweep on gather_file for all to minqing_steward using ((select gate_kind('gather.sweep')));
grant select, delete on gather_file to minqing_server;
grant insert (id, source, account, post, file_name, file_key, digest, bytes, lines, created_at) on gather_file to minqing_server;
grant select, delete on gather_file to minqing_steward;
create policy gather_batch_sweep on gather_batch for select to minqing_steward using ((select gate_kind('gather.sweep')));

create policy gather_profile_desk on gather_profile for select to minqing_server
  using (source = (select gate_source()) and county = (select scope_lo()) / 1000000000);
create policy gather_profile_add on gather_profile for insert to minqing_server
  with check (source = (select gate_source()) and county = (select scope_lo()) / 1000000000
    and account = (select gate_account()) and post = (select gate_post()));
create policy gather_profile_gather on gather_profile for select to minqing_steward using ((select gate_kind('gather')));
grant select on gather_profile to minqing_server;
grant insert (county, key, version, source, zh, en, body, account, post, created_at) on gather_profile to minqing_server;
grant select on gather_profile to minqing_steward;

create policy gather_quality_read on gather_quality for select to minqing_server
  using (area >= (select scope_lo()) and area < (select scope_hi())
    and ((select gate_source()) is null or source = (select gate_source())));
grant select on gather_quality to minqing_server;

-- Counting reads; it writes its own figures alone.
do $$
declare name text;
begin
  foreach name in array array['resident', 'resident_file', 'resident_contact', 'resident_identity', 'resident_health',
    'resident_ethnic', 'resident_welfare', 'resident_minor', 'household', 'household_file', 'household_economy', 'housing',
    'housing_file', 'premises', 'premises_file', 'area', 'gather_batch', 'gather_row', 'gather_link'] loop
    execute format('create policy %I on %I for select to minqing_steward using ((select gate_kind(''gather.quality'')))',
      name || '_gather_quality', name);
  end loop;
end $$;
create policy gather_quality_count on gather_quality for all to minqing_steward
  using ((select gate_kind('gather.quality')) or (select gate_kind('gather')))
  with check ((select gate_kind('gather.quality')) or (select gate_kind('gather')));
grant select, insert, update, delete on gather_quality to minqing_steward;
grant execute on function fact_filled to minqing_steward;

create function gate_gather_job(of_batch int, of_job uuid, undoing boolean) returns boolean
language plpgsql security definer set search_path = public
as $$
declare b gather_batch; live boolean;
begin
  select * into b from gather_batch where number = of_batch for update;
  if not found or not coalesce(
      (b.source = gate_source() and b.lo >= scope_lo() and b.hi <= scope_hi())
      or (undoing and gate_admin('system') and (b.account is null or (b.lo >= admin_lo() and b.hi <= admin_hi()))), false) then
    return false;
  end if;
  select exists (select from job j where j.id = b.job and j.ended_at is null) into live;
  if live or b.state in ('undone', 'refused') or (not undoing and b.state in ('done', 'undoing'))
     or not exists (select from job j where j.id = of_job and j.account = gate_account() and j.kind = 'gather') then
    return false;
  end if;
  update gather_batch set job = of_job, state = case when undoing then 'undoing' else state end where number = of_batch;
  return true;
end $$;
comment on function gate_gather_job is 'Gives a batch the job that works on it from now on: to gather it or, also by the system administrator, to undo it, one at a time; says whether it could';

create function gate_gather_reasons(of_batch int)
returns table (whole boolean, named text, code text, words jsonb, times int)
language sql stable security definer set search_path = public
as $$
  with seen as (
    select b.number from gather_batch b
     where b.number = of_batch and (
       (b.source = gate_source() and b.lo >= scope_lo() and b.hi <= scope_hi())
       or (gate_admin('system') and (b.account is null or (b.lo >= admin_lo() and b.hi <= admin_hi()))))),
  faulty as (
    select r.faults, r.aside from gather_row r join seen on seen.number = r.batch where r.faults is not null or r.aside is not null)
  select true, null, aside ->> 'code', (array_agg(aside -> 'message'))[1], count(*)::int from faulty where aside is not null group by 3
  union all
  select false, f ->> 'column', f ->> 'code', (array_agg(f -> 'message'))[1], count(*)::int
    from faulty, jsonb_array_elements(faults) f where aside is null group by 2, 3
  order by 1 desc, 5 desc
$$;
comment on function gate_gather_reasons is 'Why rows of a batch were set aside and cells not taken, with counts: the words alone, nothing of what the cells held';

create function gate_gather_linked(of_batch int) returns int
language sql stable security definer set search_path = public
as $$
  select count(*)::int from gather_link l where l.batch = (
    select b.number from gather_batch b
     where b.number = of_batch and (
       (b.source = gate_source() and b.lo >= scope_lo() and b.hi <= scope_hi())
       or (gate_admin('system') and (b.account is null or (b.lo >= admin_lo() and b.hi <= admin_hi())))))
$$;
comment on function gate_gather_linked is 'How many rows of a batch in sight are matched by now: for the bar';

create function gate_gather_work(of_job uuid)
returns table (state text, done bigint, total bigint, rate float8, measured_at timestamptz)
language sql stable security definer set search_path = public
as $$
  select j.state, j.done, j.total, j.rate, j.measured_at from job j join gather_batch b on b.job = j.id
   where j.id = of_job and (
     (b.source = gate_source() and b.lo >= scope_lo() and b.hi <= scope_hi())
     or (gate_admin('system') and (b.account is null or (b.lo >= admin_lo() and b.hi <= admin_hi()))))
$$;
comment on function gate_gather_work is 'How far the job of a batch in sight is, also where a colleague started it';

create function gate_gather_sources(of_lo bigint, of_hi bigint)
returns table (source text, number int, batches int, day date, ended_at timestamptz, staged int, aside int, linked int, asked int, unmatched int)
language sql stable security definer set search_path = public
as $$
  with last as (
    select distinct on (b.source, b.lo, b.hi) b.*
      from gather_batch b
     where b.state = 'done' and b.lo < of_hi and b.hi > of_lo and of_lo >= scope_lo() and of_hi <= scope_hi()
       and (gate_source() is null or b.source = gate_source())
     order by b.source, b.lo, b.hi, b.number desc)
  select l.source, max(l.number), count(*)::int, max(l.day), max(l.ended_at), sum(l.staged)::int, sum(l.aside)::int,
         sum(l.linked)::int, sum(l.asked)::int, sum(l.unmatched)::int
    from last l group by l.source
$$;
comment on function gate_gather_sources is 'The last batch of each source that speaks of an area within the post, added up over counties: figures alone';

revoke execute on function gate_gather_job, gate_gather_reasons, gate_gather_linked, gate_gather_work, gate_gather_sources from public;
grant execute on function gate_gather_job, gate_gather_reasons, gate_gather_linked, gate_gather_work, gate_gather_sources to minqing_server;
