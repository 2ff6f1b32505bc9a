-- Life over time: where people and households were from when until when, the acts that changed it, files handed over
-- between villages (DESIGN.md, rules 3 and 5).
-- A day's state is that at its end: a stretch holds on a day when since <= day and (until is null or until > day).

alter table resident add column left_on date, add column left_how text check (left_how in ('death', 'moved_out', 'mistaken'));
alter table household add column left_on date, add column left_how text check (left_how in ('empty', 'mistaken'));
alter table resident add check ((left_on is null) = (left_how is null));
alter table household add check ((left_on is null) = (left_how is null));
comment on column resident.left_on is 'Day of death or of moving away; null while the person lives here. Kept counts hold only who lives here';
comment on column resident.left_how is 'death, moved_out; mistaken for a record made by an act that was cancelled';
comment on column household.left_on is 'Day on which its last member left; null while it stands';
comment on column household.left_how is 'empty; mistaken for a household made by an act that was cancelled';
create index resident_left on resident (area, left_on) where left_on is not null;
create index household_left on household (area, left_on) where left_on is not null;
create index resident_birth on resident (area, birth);
comment on index resident_birth is 'Who was not born yet on a past day, without reading the village';

alter table household_member add column relation_since date;
comment on column household_member.relation_since is 'From when in this relation; null: since the beginning of the stretch';
create policy household_member_drop on household_member for delete to minqing_server
  using (area >= (select scope_lo()) and area < (select scope_hi()) and (select gate_write('list')));
grant delete on household_member to minqing_server;

create table household_member_past (
  county int not null,
  id uuid not null,
  area bigint not null,
  household uuid not null,
  resident uuid not null,
  relation text,
  registered boolean not null,
  lives boolean not null,
  since date,
  until date not null,
  relation_since date,
  primary key (county, id)
);
create index household_member_past_household on household_member_past (household);
create index household_member_past_resident on household_member_past (resident);
comment on table household_member_past is 'Earlier stretches of membership, and earlier relations to the head; household_member holds the last stretch';
comment on column household_member_past.county is 'Distribution key';
comment on column household_member_past.id is 'UUIDv7';
comment on column household_member_past.area is 'Area of the household then, for the policy';
comment on column household_member_past.household is 'Household';
comment on column household_member_past.resident is 'Resident; the file may be with another village by now';
comment on column household_member_past.relation is 'GB/T 4761';
comment on column household_member_past.registered is 'Registered there (户籍)';
comment on column household_member_past.lives is 'Lived there';
comment on column household_member_past.since is 'From when; null when not known';
comment on column household_member_past.until is 'Last day';
comment on column household_member_past.relation_since is 'From when in this relation, within the stretch; null: since its beginning';
alter table household_member_past enable row level security;
-- Rows keep the code of their time (0011): they come into sight with the household that carried it.
create policy household_member_past_read on household_member_past for select to minqing_server
  using ((area >= (select scope_lo()) and area < (select scope_hi())) or moved_here(household, area));
create policy household_member_past_add on household_member_past for insert to minqing_server
  with check (area >= (select scope_lo()) and area < (select scope_hi()) and (select gate_write('list')));
create policy household_member_past_drop on household_member_past for delete to minqing_server
  using (area >= (select scope_lo()) and area < (select scope_hi()) and (select gate_write('list')));
grant select, insert, delete on household_member_past to minqing_server;

create table stay (
  county int not null,
  id uuid not null,
  area bigint not null,
  category text not null check (category in ('resident', 'household')),
  subject uuid not null,
  since date,
  until date,
  primary key (county, id)
);
create index stay_subject on stay (subject);
create index stay_since on stay (area, since) where until is null;
create index stay_until on stay (area, until) where until is not null;
comment on table stay is 'In which grid a resident or household was, from when until when. Written by acts of life; a record without an open one has been where it is since always';
comment on column stay.county is 'Distribution key';
comment on column stay.id is 'UUIDv7';
comment on column stay.area is 'Grid or village of that stretch; it stays there when the file is handed over';
comment on column stay.category is 'resident, household';
comment on column stay.subject is 'Id of the record';
comment on column stay.since is 'From when; null when not known';
comment on column stay.until is 'Last day; null while it lasts';
alter table stay enable row level security;
create policy stay_read on stay for select to minqing_server using (area >= (select scope_lo()) and area < (select scope_hi()));
create policy stay_add on stay for insert to minqing_server
  with check (area >= (select scope_lo()) and area < (select scope_hi()) and (select gate_write('list')));
create policy stay_change on stay for update to minqing_server
  using (area >= (select scope_lo()) and area < (select scope_hi()) and (select gate_write('list')))
  with check (area >= (select scope_lo()) and area < (select scope_hi()) and (select gate_write('list')));
create policy stay_drop on stay for delete to minqing_server
  using (area >= (select scope_lo()) and area < (select scope_hi()) and (select gate_write('list')));
grant select, insert, update, delete on stay to minqing_server;

create table life_event (
  county int not null,
  id uuid not null,
  area bigint not null,
  kind text not null check (kind in ('birth', 'death', 'move_in', 'move_out', 'marriage', 'divorce', 'join_household',
    'split_household', 'change_head', 'change_grid', 'correct_event')),
  day date not null,
  household uuid,
  residents uuid[] not null,
  item_group text not null,
  details jsonb not null default '{}',
  proof text not null,
  proof_note text,
  document uuid,
  reason text,
  cancels uuid,
  steps jsonb not null default '[]',
  account uuid not null,
  post uuid,
  at timestamptz not null,
  primary key (county, id)
);
create index life_event_area on life_event (area, day);
create unique index life_event_cancels on life_event (county, cancels) where cancels is not null;
comment on table life_event is 'Acts of life with their date and proof; append-only: a mistaken one is cancelled by a correct_event';
comment on column life_event.county is 'Distribution key';
comment on column life_event.id is 'UUIDv7';
comment on column life_event.area is 'Area where it was registered; the register stays there when a file is handed over';
comment on column life_event.kind is 'birth, death, move_in, move_out, marriage, divorce, join_household, split_household, change_head, change_grid, correct_event';
comment on column life_event.day is 'Day on which it happened';
comment on column life_event.household is 'Household concerned';
comment on column life_event.residents is 'Residents concerned, the first foremost';
comment on column life_event.item_group is 'Group of the item that it tells of, for the policy: of a marriage that of the marital status, of most the common one';
comment on column life_event.details is 'Areas, relations and further households by id or code; no item of a person';
comment on column life_event.proof is 'Kind of proof: a code of the table life_proof';
comment on column life_event.proof_note is 'Number of the paper, who issued it';
comment on column life_event.document is 'The document that proves it, where there is one';
comment on column life_event.reason is 'Why';
comment on column life_event.cancels is 'The act that this one cancels';
comment on column life_event.steps is 'What was done, in order, so that it can be undone';
comment on column life_event.account is 'Who registered it';
comment on column life_event.post is 'Under which post';
comment on column life_event.at is 'When it was registered';
alter table life_event enable row level security;
-- Whoever registers acts reads the register, where reading the group has otherwise to be asked for one by one.
create policy life_event_read on life_event for select to minqing_server
  using (((area >= (select scope_lo()) and area < (select scope_hi())) or moved_here(household, area))
    and (gate_open(item_group) or gate_write(item_group)));
create policy life_event_add on life_event for insert to minqing_server
  with check (area >= (select scope_lo()) and area < (select scope_hi()) and account = (select gate_account()) and gate_write(item_group));
grant select, insert on life_event to minqing_server;

alter table archive_change drop constraint archive_change_kind_check;
alter table archive_change add constraint archive_change_kind_check
  check (kind in ('created', 'changed', 'conflict', 'confirmed', 'linked', 'unlinked', 'event'));
comment on column archive_change.kind is 'created, changed, conflict, linked, unlinked; confirmed: the value in force held on an earlier day already; event: an act of life';

create table handover (
  county int not null,
  id uuid not null,
  area bigint not null,
  to_lo bigint not null,
  event uuid not null,
  resident uuid not null,
  name text not null,
  sex text,
  birth_year smallint,
  from_name text not null,
  to_name text not null,
  day date not null,
  state text not null default 'pending' check (state in ('pending', 'accepted', 'refused', 'withdrawn')),
  to_area bigint,
  reason text,
  asked_by uuid not null,
  asked_at timestamptz not null,
  decided_by uuid,
  decided_at timestamptz,
  primary key (county, id)
);
create index handover_to on handover (to_lo, state);
create index handover_area on handover (area, day);
create index handover_resident on handover (resident);
create unique index handover_pending on handover (county, resident) where state = 'pending';
comment on table handover is 'A file on its way from the village moved out of to the one moved to; afterwards what both keep of it';
comment on column handover.county is 'County moved out of: distribution key';
comment on column handover.id is 'UUIDv7';
comment on column handover.area is 'Grid or village moved out of';
comment on column handover.to_lo is 'Lowest code of the village moved to: who covers it may accept';
comment on column handover.event is 'The move_out';
comment on column handover.resident is 'Whose file';
comment on column handover.name is 'Name, so that the new village can recognise the person';
comment on column handover.sex is 'GB/T 2261.1';
comment on column handover.birth_year is 'Year of birth';
comment on column handover.from_name is 'Name of the village moved out of';
comment on column handover.to_name is 'Name of the village moved to';
comment on column handover.day is 'Day of moving out';
comment on column handover.state is 'pending, accepted, refused by the new village, withdrawn by the old one';
comment on column handover.to_area is 'Grid or village that took the file';
comment on column handover.reason is 'Why it was refused';
comment on column handover.asked_by is 'Who registered the moving out';
comment on column handover.asked_at is 'When';
comment on column handover.decided_by is 'Who accepted, refused or withdrew';
comment on column handover.decided_at is 'When';
alter table handover enable row level security;
create policy handover_read on handover for select to minqing_server
  using ((select gate_write('file')) and ((area >= (select scope_lo()) and area < (select scope_hi())) or (to_lo >= (select scope_lo()) and to_lo < (select scope_hi()))));
-- Only the file of somebody who has left the giver's own area is offered.
create policy handover_add on handover for insert to minqing_server
  with check (area >= (select scope_lo()) and area < (select scope_hi()) and asked_by = (select gate_account()) and (select gate_write('file'))
    and state = 'pending' and to_area is null and decided_by is null
    and exists (select from resident r where r.county = handover.county and r.id = handover.resident
      and r.area = handover.area and r.left_on is not null));
-- Each side has its own answers; an answered one is not answered again.
create policy handover_answer on handover for update to minqing_server
  using (state = 'pending' and (select gate_write('file'))
    and ((area >= (select scope_lo()) and area < (select scope_hi())) or (to_lo >= (select scope_lo()) and to_lo < (select scope_hi()))))
  with check (decided_by = (select gate_account())
    and ((state = 'withdrawn' and area >= (select scope_lo()) and area < (select scope_hi()))
      or (state = 'refused' and to_lo >= (select scope_lo()) and to_lo < (select scope_hi()))));
grant select, insert on handover to minqing_server;
grant update (state, reason, decided_by, decided_at) on handover to minqing_server;

-- Names of villages are public; who moves must be able to name where to.

create function area_directory(words text, at_most int)
returns table (code text, name text, path text)
language sql stable security definer set search_path = public
as $$
  select a.code, a.name, concat_ws(' ', c.name, t.name)
    from area a join area t on t.code = a.parent left join area c on c.code = t.parent
   where (scope_lo() is not null or admin_lo() is not null) and a.level = 5 and a.retired_at is null
     and (a.code = words or strpos(a.name, words) > 0 or starts_with(a.search, lower(words)) or strpos(t.name, words) > 0)
   order by starts_with(a.name, words) desc, a.code limit least(at_most, 50)
$$;
comment on function area_directory is 'Villages of the whole installation by name, initials or code, with county and township: for naming where somebody moves to';

create function archive_tables(of_category text) returns table (name text, id_column text)
language sql stable security definer set search_path = public
as $$
  -- The facts, and by convention every table with the columns county, area and subject: it belongs to the record.
  select c.relname::text, 'id'::text from pg_class c
   where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
     and c.relname ~ ('^' || of_category || '_') and exists (
       select from pg_attribute a where a.attrelid = c.oid and a.attname = 'facts' and not a.attisdropped)
  union all
  select c.relname::text, 'subject'::text from pg_class c
   where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
     -- Where somebody stayed is the old village's to know.
     and c.relname not like 'audit%' and c.relname <> 'stay'
     and 3 = (select count(*) from pg_attribute a where a.attrelid = c.oid and a.attname in ('county', 'area', 'subject') and not a.attisdropped)
$$;
comment on function archive_tables is 'Tables that hold something of a record and move and go with it';

create function archive_carry(of_category text, of_id uuid, from_county int, to_area bigint) returns void
language plpgsql security definer set search_path = public
as $$
declare
  t record;
  to_county int := to_area / 1000000000;
begin
  if of_category not in ('resident', 'household', 'housing') then
    raise exception 'a record of the category % does not move', of_category;
  end if;
  if from_county = to_county then
    execute format('update %I set area = $1 where county = $2 and id = $3', of_category) using to_area, from_county, of_id;
    for t in select * from archive_tables(of_category) loop
      execute format('update %I set area = $1 where county = $2 and %I = $3', t.name, t.id_column) using to_area, from_county, of_id;
    end loop;
    update archive_token set area = to_area where county = from_county and id = of_id;
    return;
  end if;
  -- The county leads every key (Citus): the record is copied to its new shard and removed from the old one; ids are kept.
  execute format('insert into %1$I select (jsonb_populate_record(x, jsonb_build_object(''county'', $1, ''area'', $2))).* from %1$I x where county = $3 and id = $4', of_category)
    using to_county, to_area, from_county, of_id;
  for t in select * from archive_tables(of_category) loop
    execute format('insert into %1$I select (jsonb_populate_record(x, jsonb_build_object(''county'', $1, ''area'', $2))).* from %1$I x where county = $3 and %2$I = $4', t.name, t.id_column)
      using to_county, to_area, from_county, of_id;
    execute format('delete from %I where county = $1 and %I = $2', t.name, t.id_column) using from_county, of_id;
  end loop;
  execute format('delete from %I where county = $1 and id = $2', of_category) using from_county, of_id;
  update archive_token set county = to_county, area = to_area where county = from_county and id = of_id;
end $$;
comment on function archive_carry is 'Moves a record with all that belongs to it to an area; called only by the functions below, which check who may';

create function archive_move(of_category text, of_id uuid, of_county int, to_area bigint) returns void
language plpgsql security definer set search_path = public
as $$
declare from_area bigint;
begin
  execute format('select area from %I where county = $1 and id = $2 for update', of_category) into from_area using of_county, of_id;
  if from_area is null or not (from_area >= scope_lo() and from_area < scope_hi() and to_area >= scope_lo() and to_area < scope_hi())
     or not gate_write('file') then
    raise exception 'not within the acting post' using errcode = '42501';
  end if;
  if from_area / 1000000000 <> to_area / 1000000000 then
    raise exception 'between counties a file is handed over' using errcode = '42501';
  end if;
  perform archive_carry(of_category, of_id, of_county, to_area);
end $$;
comment on function archive_move is 'Moves a record between areas of the acting post, whatever groups of items the role may read';

create function archive_receive(of_handover uuid, of_county int, into_area bigint, at timestamptz) returns uuid
language plpgsql security definer set search_path = public
as $$
declare h handover; from_county int; from_area bigint; gone date;
begin
  select * into h from handover where county = of_county and id = of_handover and state = 'pending' for update;
  if h.id is null or not (h.to_lo >= scope_lo() and h.to_lo < scope_hi())
     or not (into_area >= h.to_lo and into_area < h.to_lo + 1000 and into_area >= scope_lo() and into_area < scope_hi())
     or not gate_write('file') then
    raise exception 'no arrival for the acting post' using errcode = '42501';
  end if;
  select county, area, left_on into from_county, from_area, gone from resident where county = of_county and id = h.resident for update;
  if from_area is distinct from h.area or gone is null then
    raise exception 'the file is not on its way any more' using errcode = 'MQ409';
  end if;
  -- What the old village keeps is that the person lived there, from when until when: its rows let go of the file itself.
  insert into household_member_past (county, id, area, household, resident, relation, registered, lives, since, until, relation_since)
    select m.county, uuidv7(), m.area, m.household, m.resident, m.relation, m.registered, m.lives, m.since, coalesce(m.until, h.day), m.relation_since
      from household_member m where m.county = from_county and m.resident = h.resident;
  delete from household_member where county = from_county and resident = h.resident;
  delete from premises_person where county = from_county and resident = h.resident and from_county <> into_area / 1000000000;
  perform archive_carry('resident', h.resident, from_county, into_area);
  update resident set left_on = null, left_how = null, household = null, relation = null
   where county = into_area / 1000000000 and id = h.resident;
  update handover set state = 'accepted', to_area = into_area, decided_by = gate_account(), decided_at = archive_receive.at
   where county = of_county and id = of_handover;
  return h.resident;
end $$;
comment on function archive_receive is 'Takes over the file of an arrival: the only way by which a file crosses the scope of a post, and only with a pending hand-over to it';

revoke execute on function area_directory, archive_tables, archive_carry, archive_move, archive_receive from public;
grant execute on function area_directory, archive_move, archive_receive to minqing_server;
