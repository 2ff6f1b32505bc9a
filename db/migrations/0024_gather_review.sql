-- Rows of departments' files that an official decides about: who sees what waits, what was decided and by whom, what is
-- remembered of it for later batches, and how a link is taken apart again.

alter table gather_row add column decision_key bytea;
comment on column gather_row.decision_key is 'Keyed digest of what identifies the row: the same row of a later batch has the same; null when the row says too little to be known again';

alter table gather_link add column version int not null default 1, add column put_off_at timestamptz;
comment on column gather_link.version is 'Grows with each decision: an official decides upon what was seen';
comment on column gather_link.put_off_at is 'When an official left it for later; null otherwise';

create index gather_link_decided on gather_link (area, batch, n) where decision in ('linked', 'parted');

create table gather_act (
  county int not null,
  id uuid not null,
  area bigint not null,
  subject uuid not null,
  batch int not null references gather_batch (number),
  n int not null,
  kind text collate "C" not null check (kind in ('linked', 'parted', 'later', 'taken_apart')),
  was text collate "C",
  was_county int,
  was_resident uuid,
  was_household uuid,
  was_target uuid,
  resident uuid,
  account uuid not null references account (id),
  post uuid not null references post (id),
  at timestamptz not null,
  done_at timestamptz,
  primary key (county, id),
  check (county = area / 1000000000)
);
create index gather_act_due on gather_act (id) where done_at is null;
create index gather_act_row on gather_act (batch, n, id);
create index gather_act_subject on gather_act (subject);
comment on table gather_act is 'What officials decided about rows, one line an act; those without done_at are still to be carried out in the archive';
comment on column gather_act.county is 'Distribution key';
comment on column gather_act.id is 'UUIDv7';
comment on column gather_act.area is 'Area of the resident, for the policy';
comment on column gather_act.subject is 'The resident whose area stands here: the one linked, or the likeliest';
comment on column gather_act.batch is 'Number of the batch';
comment on column gather_act.n is 'Row';
comment on column gather_act.kind is 'linked, parted (nobody), later; taken_apart: a link that stood was taken back';
comment on column gather_act.was is 'How the row was linked before';
comment on column gather_act.was_county is 'County of the record that the row was linked to';
comment on column gather_act.was_resident is 'The resident that the row was linked to: what it wrote is taken back';
comment on column gather_act.was_household is 'The household';
comment on column gather_act.was_target is 'The dwelling or premises';
comment on column gather_act.resident is 'The resident that it is linked to now; null for nobody, and for a row that waits again';
comment on column gather_act.account is 'The official';
comment on column gather_act.post is 'Under which post';
comment on column gather_act.at is 'When';
comment on column gather_act.done_at is 'When the archive followed';

create table gather_decision (
  source text collate "C" not null,
  key bytea not null,
  county int not null,
  area bigint not null,
  subject uuid not null,
  decision text collate "C" not null check (decision in ('linked', 'parted', 'ask')),
  resident uuid,
  batch int not null,
  n int not null,
  account uuid not null references account (id),
  post uuid not null references post (id),
  decided_at timestamptz not null,
  primary key (source, key),
  check ((decision = 'linked') = (resident is not null))
);
create index gather_decision_subject on gather_decision (subject);
create index gather_decision_resident on gather_decision (resident) where resident is not null;
comment on table gather_decision is 'What officials decided about a row, for the same row of later batches of the source';
comment on column gather_decision.source is 'Source: a key of sources.yaml';
comment on column gather_decision.key is 'Keyed digest of what identifies the row (gather_row.decision_key)';
comment on column gather_decision.county is 'County of the resident';
comment on column gather_decision.area is 'Area of the resident, for the policy';
comment on column gather_decision.subject is 'The resident whose area stands here: the one linked, or the likeliest';
comment on column gather_decision.decision is 'linked to the resident; parted: nobody; ask: never by itself, an official is asked each time';
comment on column gather_decision.resident is 'The resident meant';
comment on column gather_decision.batch is 'Number of the batch whose row was decided about';
comment on column gather_decision.n is 'That row';
comment on column gather_decision.account is 'The official who decided';
comment on column gather_decision.post is 'Under which post';
comment on column gather_decision.decided_at is 'When';

alter table gather_act enable row level security;
alter table gather_decision enable row level security;

-- Who decides: the village's cadre and the township's officer of no single department. Both tell people apart by their
-- ids, and so are the ones who keep the group `identity`.
-- A row that is settled carries no area of its own: its place is the resident's.
create policy gather_link_review on gather_link for select to minqing_server
  using ((select gate_write('identity')) and ((area >= (select scope_lo()) and area < (select scope_hi()))
    or (area is null and resident is not null
      and exists (select from resident r where r.county = gather_link.county and r.id = gather_link.resident))));
create policy gather_link_decide on gather_link for update to minqing_server
  using ((select gate_write('identity')) and ((area >= (select scope_lo()) and area < (select scope_hi()))
    or (area is null and resident is not null
      and exists (select from resident r where r.county = gather_link.county and r.id = gather_link.resident)))
    and decision in ('id', 'scored', 'same', 'ask', 'linked', 'parted'))
  with check (area >= (select scope_lo()) and area < (select scope_hi()) and (select gate_write('identity'))
    and (decision = 'ask' or (decision in ('linked', 'parted') and account = (select gate_account()) and post = (select gate_post())))
    and (decision = 'linked') = (resident is not null)
    and (resident is null or exists (select from resident r where r.id = resident and r.county = gather_link.county)));
grant select on gather_link to minqing_server;
grant update (county, area, subject, resident, household, target, decision, candidates, account, post, decided_at, version, put_off_at)
  on gather_link to minqing_server;

create policy gather_row_review on gather_row for select to minqing_server
  using (exists (select from gather_link l where l.batch = gather_row.batch and l.n = gather_row.n));
grant select on gather_row to minqing_server;

create policy gather_act_read on gather_act for select to minqing_server
  using (area >= (select scope_lo()) and area < (select scope_hi()) and (select gate_write('identity')));
create policy gather_act_add on gather_act for insert to minqing_server
  with check (area >= scope_lo() and area < scope_hi() and gate_write('identity') and account = gate_account()
    and post = gate_post() and done_at is null);
grant select on gather_act to minqing_server;
grant insert (county, id, area, subject, batch, n, kind, was, was_county, was_resident, was_household, was_target, resident, account, post, at)
  on gather_act to minqing_server;

create policy gather_decision_read on gather_decision for select to minqing_server
  using (area >= (select scope_lo()) and area < (select scope_hi()) and (select gate_write('identity')));
grant select on gather_decision to minqing_server;

create function gate_gather_remember(of_batch int, of_n int, of_key bytea, at timestamptz) returns boolean
language plpgsql security definer set search_path = public
as $$
declare l gather_link; s text;
begin
  select * into l from gather_link where batch = of_batch and n = of_n and area >= scope_lo() and area < scope_hi();
  if l.batch is null or not gate_write('identity') or l.subject is null or l.decision not in ('linked', 'parted', 'ask') then
    raise exception 'no decision to remember' using errcode = '42501';
  end if;
  update gather_row set decision_key = of_key where batch = of_batch and n = of_n and decision_key is null;
  select source into s from gather_batch where number = of_batch;
  insert into gather_decision as d (source, key, county, area, subject, decision, resident, batch, n, account, post, decided_at)
    values (s, of_key, l.county, l.area, l.subject, l.decision, l.resident, l.batch, l.n, gate_account(), gate_post(), gate_gather_remember.at)
  on conflict (source, key) do update set county = excluded.county, area = excluded.area, subject = excluded.subject,
    decision = excluded.decision, resident = excluded.resident, batch = excluded.batch, n = excluded.n,
    account = excluded.account, post = excluded.post, decided_at = excluded.decided_at;
  return true;
end $$;
comment on function gate_gather_remember is 'Remembers how a row within the scope stands now, for the same row of later batches';

create function gate_gather_forget(of_batch int, of_n int, of_key bytea) returns boolean
language plpgsql security definer set search_path = public
as $$
begin
  if not gate_write('identity') or not exists (select from gather_link
       where batch = of_batch and n = of_n and area >= scope_lo() and area < scope_hi()) then
    raise exception 'no decision to forget' using errcode = '42501';
  end if;
  delete from gather_decision d using gather_batch b
   where b.number = of_batch and d.source = b.source and d.key = of_key and d.area >= scope_lo() and d.area < scope_hi();
  return found;
end $$;
comment on function gate_gather_forget is 'Forgets what was decided about a row within the scope: it is asked about again';

create function gate_gather_batches(numbers int[])
returns table (number int, source text, file_name text, day date, state text, taken_at timestamptz)
language sql stable security definer set search_path = public
as $$
  select number, source, file_name, day, state, created_at from gather_batch
   where number = any (numbers) and scope_lo() is not null
$$;
comment on function gate_gather_batches is 'What lineage says of batches: source, file, day';

create function gate_gather_lineage(record uuid, batches int[], rows int[])
returns table (batch int, n int, source text, file_name text, day date, taken_at timestamptz, decision text, score real,
  account uuid, decided_at timestamptz, version int)
language sql stable security definer set search_path = public
as $$
  select l.batch, l.n, b.source, b.file_name, b.day, b.created_at, l.decision, l.score, l.account, l.decided_at, l.version
    from unnest(batches, rows) as a(batch, n)
    join gather_link l on l.batch = a.batch and l.n = a.n
    join gather_batch b on b.number = l.batch
    left join resident r on l.area is null and r.county = l.county and r.id = l.resident
   where record in (l.resident, l.household, l.target)
     and coalesce(l.area, r.area) >= scope_lo() and coalesce(l.area, r.area) < scope_hi()
$$;
comment on function gate_gather_lineage is 'How rows of departments'' files came to a record within the scope';

create function gate_gather_waiting()
returns table (source text, waiting int, put_off int, since timestamptz)
language sql stable security definer set search_path = public
as $$
  select b.source, count(*) filter (where l.put_off_at is null)::int, count(l.put_off_at)::int, min(b.ended_at)
    from gather_link l join gather_batch b on b.number = l.batch
   where l.decision = 'ask' and l.area >= scope_lo() and l.area < scope_hi() and b.state = 'done'
     and (gate_write('identity') or (select department from post where id = gate_post() and account = gate_account()
            and role = 'department_officer') = b.source)
   group by b.source
$$;
comment on function gate_gather_waiting is 'How many rows wait within the scope, by source: for those who decide, and for the officer of the department that sent them';

revoke execute on function gate_gather_remember, gate_gather_forget, gate_gather_batches, gate_gather_lineage, gate_gather_waiting from public;
grant execute on function gate_gather_remember, gate_gather_forget, gate_gather_batches, gate_gather_lineage, gate_gather_waiting to minqing_server;

-- What was decided is carried out in the archive by a small job of the house.
do $$
declare name text;
begin
  foreach name in array array['resident', 'resident_file', 'resident_contact', 'resident_identity', 'resident_health',
    'resident_ethnic', 'resident_welfare', 'resident_minor', 'household', 'household_file', 'household_economy', 'housing',
    'housing_file', 'premises', 'premises_file', 'household_member', 'household_housing', 'premises_person', 'archive_change',
    'archive_claim', 'archive_token', 'area_tally', 'gather_batch', 'gather_row', 'gather_link', 'gather_touch', 'gather_act'] loop
    execute format('create policy %I on %I for all to minqing_steward using ((select gate_kind(''gather.decisions'')))
      with check ((select gate_kind(''gather.decisions'')))', name || '_decisions', name);
  end loop;
end $$;
grant select, update on gather_act to minqing_steward;
create policy gather_decision_apply on gather_decision for select to minqing_steward using ((select gate_kind('gather')));
grant select on gather_decision to minqing_steward;

create or replace function erase_gathered(who uuid) returns void
language plpgsql set search_path = public
as $$
declare batches int[]; rows int[];
begin
  -- Rows that were linked to the person, and those that could be nobody else's.
  select array_agg(batch), array_agg(n) into batches, rows from gather_link where resident = who
     or (decision = 'ask' and subject = who and jsonb_array_length(coalesce(candidates, '[]')) <= 1);
  update gather_row r set name = null, pinyin = null, birth = null, sex = null, citizen = null, repairs = null, phone = null,
         address = null, household_number = null, guardian = null, guardian_phone = null, relation = null, items = '{}',
         sealed = null, faults = null, aside = null, decision_key = null
    from unnest(batches, rows) as e(batch, n) where r.batch = e.batch and r.n = e.n;
  update gather_link l set subject = null, area = null, resident = null, household = null, candidates = null, decision = 'none'
    from unnest(batches, rows) as e(batch, n) where l.batch = e.batch and l.n = e.n;
  update gather_link set candidates = (select coalesce(jsonb_agg(c), '[]') from jsonb_array_elements(candidates) c
                                        where c ->> 'resident' <> who::text)
   where candidates @> jsonb_build_array(jsonb_build_object('resident', who));
  -- Rows that were asked about, and are likest to another now; and those that an official found to be nobody.
  update gather_link set subject = (candidates -> 0 ->> 'resident')::uuid where subject = who and decision = 'ask';
  update gather_link set subject = null, area = null, candidates = null, decision = 'none' where subject = who;
  delete from gather_touch where id = who;
  delete from gather_person where id = who;
  delete from gather_decision where resident = who or subject = who;
  delete from gather_act where subject = who or resident = who or was_resident = who;
end $$;

-- Rows of departments' files and what was decided of them have keys without the county: where a record moves to another,
-- they are changed in their place. A copy would have the key of the row it is made of.
create or replace function archive_carry(of_category text, of_id uuid, from_county int, to_area bigint) returns void
language plpgsql security definer set search_path = public
as $$
declare
  t record;
  to_county int := to_area / 1000000000;
begin
  if of_category not in ('resident', 'household', 'housing') then
    raise exception 'a record of the category % does not move', of_category;
  end if;
  update gather_touch set county = to_county, area = to_area where county = from_county and category = of_category and id = of_id;
  if of_category = 'resident' and from_county <> to_county then
    update gather_link set county = to_county where resident = of_id and county = from_county and subject is null;
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
  for t in select c.*, c.name like 'gather%' as is_kept from archive_tables(of_category) c loop
    if t.is_kept then
      execute format('update %I set county = $1, area = $2 where county = $3 and %I = $4', t.name, t.id_column)
        using to_county, to_area, from_county, of_id;
      continue;
    end if;
    execute format('insert into %1$I select (jsonb_populate_record(x, jsonb_build_object(''county'', $1, ''area'', $2))).* from %1$I x where county = $3 and %2$I = $4', t.name, t.id_column)
      using to_county, to_area, from_county, of_id;
    execute format('delete from %I where county = $1 and %I = $2', t.name, t.id_column) using from_county, of_id;
  end loop;
  execute format('delete from %I where county = $1 and id = $2', of_category) using from_county, of_id;
  update archive_token set county = to_county, area = to_area where county = from_county and id = of_id;
end $$;
