-- Other systems of departments (features/gather/interface): they hand in rows, read what changed, and are told of it.
-- They hold no post. The server acts for one in a transaction that names it (minqing.system), and these policies and
-- functions say what it reaches: its own batches, and of the archive the items and the area that its subscription names.

create table gather_system (
  id uuid primary key,
  name text not null,
  source text collate "C" not null,
  area text collate "C" not null,
  lo bigint not null,
  hi bigint not null check (hi > lo),
  groups text[] not null default '{}',
  with_values boolean not null,
  webhook text,
  made_at timestamptz not null,
  made_by uuid not null references account (id),
  ended_at timestamptz,
  ended_by uuid references account (id),
  end_reason text,
  check ((ended_at is null) = (ended_by is null)),
  -- County or below: a record of it lies in one county.
  check (lo / 1000000000 = (hi - 1) / 1000000000)
);
comment on table gather_system is '外部系统: another system of a department, that hands in rows and is told of changes';
comment on column gather_system.id is 'UUIDv7; the keyid of its signatures';
comment on column gather_system.name is 'Its name';
comment on column gather_system.source is 'Source it speaks for: a key of sources.yaml';
comment on column gather_system.area is 'Code of the area that it serves: a county or an area below';
comment on column gather_system.lo is 'Lowest area code it reaches';
comment on column gather_system.hi is 'First area code above';
comment on column gather_system.groups is 'Sensitive groups that the subscription names: without its group here no item of it is told';
comment on column gather_system.with_values is 'Whether changes come with their values, or with the keys of items alone';
comment on column gather_system.webhook is 'Address to which changes are sent; null where it only asks';
comment on column gather_system.made_at is 'When';
comment on column gather_system.made_by is 'The security administrator who made it';
comment on column gather_system.ended_at is 'When it was withdrawn; null while it is in use';
comment on column gather_system.ended_by is 'By whom';
comment on column gather_system.end_reason is 'Why';

create table gather_system_item (
  system uuid not null references gather_system (id),
  category text collate "C" not null check (category in ('resident', 'household', 'housing', 'premises', 'organisation')),
  item text collate "C" not null,
  item_group text collate "C" not null
    check (item_group in ('file', 'contact', 'identity', 'health', 'ethnic', 'welfare', 'minor', 'economy')),
  primary key (system, category, item)
);
comment on table gather_system_item is 'The items that a system is told of';
comment on column gather_system_item.system is 'The system';
comment on column gather_system_item.category is 'Category of the record';
comment on column gather_system_item.item is 'Key of the item';
comment on column gather_system_item.item_group is 'Group of the item: the table where its facts lie';

create table gather_secret (
  system uuid not null references gather_system (id),
  number int not null,
  secret text not null,
  made_at timestamptz not null,
  until timestamptz,
  primary key (system, number)
);
comment on table gather_secret is 'Secrets that a system signs with, encrypted: the newest, and the one before it for a while';
comment on column gather_secret.system is 'The system';
comment on column gather_secret.number is 'Counted from 1';
comment on column gather_secret.secret is 'The secret, encrypted';
comment on column gather_secret.made_at is 'When';
comment on column gather_secret.until is 'Not good any more from this instant on; null for the newest';

create table gather_nonce (
  system uuid not null references gather_system (id),
  nonce text collate "C" not null,
  at timestamptz not null,
  primary key (system, nonce)
);
create index gather_nonce_at on gather_nonce (at);
comment on table gather_nonce is 'Signatures that were taken, so that none is taken twice; kept while one of their time would still be';
comment on column gather_nonce.system is 'The system';
comment on column gather_nonce.nonce is 'Nonce of the signature';
comment on column gather_nonce.at is 'When';

create table gather_receipt (
  system uuid not null references gather_system (id),
  key text collate "C" not null,
  fingerprint bytea not null,
  batch uuid not null references gather_batch (id),
  at timestamptz not null,
  primary key (system, key)
);
create index gather_receipt_at on gather_receipt (at);
comment on table gather_receipt is 'Batches made under an Idempotency-Key: a replay is answered alike and makes none';
comment on column gather_receipt.system is 'The system';
comment on column gather_receipt.key is 'Idempotency-Key';
comment on column gather_receipt.fingerprint is 'Hash of path and body: another request under the same key is refused';
comment on column gather_receipt.batch is 'The batch';
comment on column gather_receipt.at is 'When; kept for a week';

create table gather_webhook (
  system uuid primary key references gather_system (id),
  lo bigint not null,
  hi bigint not null,
  after bigint not null,
  tries int not null default 0,
  failing_since timestamptz,
  next_at timestamptz,
  dead_at timestamptz
);
comment on table gather_webhook is 'How far changes were sent to a system''s address';
comment on column gather_webhook.system is 'The system';
comment on column gather_webhook.lo is 'Lowest area code of the system';
comment on column gather_webhook.hi is 'First area code above';
comment on column gather_webhook.after is 'Number of the last change that was received';
comment on column gather_webhook.tries is 'Refused tries since the last that was received';
comment on column gather_webhook.failing_since is 'When the first of them was';
comment on column gather_webhook.next_at is 'Not tried before';
comment on column gather_webhook.dead_at is 'When it was given up: nothing is sent until an administrator says from where on';

create table gather_delivery (
  id uuid primary key,
  number bigint generated by default as identity,
  system uuid not null references gather_system (id),
  lo bigint not null,
  hi bigint not null,
  after bigint not null,
  upto bigint not null,
  events int not null,
  state text collate "C" not null check (state in ('received', 'refused', 'dead')),
  tries int not null,
  answer text,
  first_at timestamptz not null,
  last_at timestamptz not null
);
create index gather_delivery_newest on gather_delivery (system, number desc);
create index gather_delivery_old on gather_delivery (last_at);
comment on table gather_delivery is 'What was sent to a system''s address and how it was answered; nothing of residents';
comment on column gather_delivery.id is 'UUIDv7';
comment on column gather_delivery.number is 'In the order of sending';
comment on column gather_delivery.system is 'The system';
comment on column gather_delivery.lo is 'Lowest area code of the system';
comment on column gather_delivery.hi is 'First area code above';
comment on column gather_delivery.after is 'The changes behind this number';
comment on column gather_delivery.upto is 'Up to this one';
comment on column gather_delivery.events is 'How many of them were for it';
comment on column gather_delivery.state is 'received; refused, to be tried again; dead, given up';
comment on column gather_delivery.tries is 'How often it was tried';
comment on column gather_delivery.answer is 'Status of the last answer, or why there was none';
comment on column gather_delivery.first_at is 'First try';
comment on column gather_delivery.last_at is 'Last try';

-- What changed in the archive. Whoever writes leaves a note in archive_event_raw, in the transaction of the change:
-- which items of which record, and no value. A note is seen when its transaction has committed, whatever its number.
-- gate_events_seal moves the notes that are there into archive_event, one sealer at a time: the numbers there come in
-- the order in which they become visible, so that a reader who has seen one has seen all below it.

create table archive_event_raw (
  id bigint generated by default as identity primary key,
  place bigint not null,
  category text collate "C" not null,
  record uuid not null,
  gone boolean not null,
  items text[]
);
comment on table archive_event_raw is 'Changes of the archive as they are written, not yet in an order';
comment on column archive_event_raw.id is 'As it was written: of two transactions the later to commit may have the lower';
comment on column archive_event_raw.place is 'Code of the area of the record; of one that went, where it was. Written down as it was then: a re-coding of areas leaves it';
comment on column archive_event_raw.category is 'Category of the record';
comment on column archive_event_raw.record is 'The record';
comment on column archive_event_raw.gone is 'Whether it is not there any more: deleted, or moved to another area';
comment on column archive_event_raw.items is 'Items that changed; null for all';

create table archive_event (
  n bigint generated by default as identity primary key,
  at timestamptz not null,
  place bigint not null,
  category text collate "C" not null,
  record uuid not null,
  gone boolean not null,
  items text[]
);
create index archive_event_record on archive_event (record);
create index archive_event_at on archive_event (at);
comment on table archive_event is 'Changes of the archive in the order in which they are told; kept for ninety days';
comment on column archive_event.n is 'Place in the order: becomes visible after all lower ones';
comment on column archive_event.at is 'When it got its place';
comment on column archive_event.place is 'Code of the area of the record; of one that went, where it was. Written down as it was then: a re-coding of areas leaves it';
comment on column archive_event.category is 'Category of the record';
comment on column archive_event.record is 'The record';
comment on column archive_event.gone is 'Whether it is not there any more: deleted, or moved to another area';
comment on column archive_event.items is 'Items that changed; null for all';

-- One note a record and statement, made from the rows that a statement wrote, all at once. Without a system nobody is told
-- and nothing noted. This is done by triggers because a writer that forgot it would lose a change for good, and unseen.

create function archive_event_added() returns trigger
language plpgsql security definer set search_path = public
as $$
begin
  if exists (select from gather_system where ended_at is null) then
    insert into archive_event_raw (place, category, record, gone, items)
    select area, tg_argv[0], id, false, array(select jsonb_object_keys(facts)) from fresh where facts <> '{}';
  end if;
  return null;
end $$;
comment on function archive_event_added is 'Notes the items of records that were written for the first time';

create function archive_event_changed() returns trigger
language plpgsql security definer set search_path = public
as $$
begin
  if exists (select from gather_system where ended_at is null) then
    insert into archive_event_raw (place, category, record, gone, items)
    select n.area, tg_argv[0], n.id, false,
           array(select k from jsonb_object_keys(o.facts || n.facts) k where n.facts -> k is distinct from o.facts -> k)
      from fresh n join stale o on o.id = n.id where n.facts is distinct from o.facts;
  end if;
  return null;
end $$;
comment on function archive_event_changed is 'Notes the items of records that are other ones now, or gone';

create function archive_event_cleared() returns trigger
language plpgsql security definer set search_path = public
as $$
begin
  if exists (select from gather_system where ended_at is null) then
    insert into archive_event_raw (place, category, record, gone, items)
    select area, tg_argv[0], id, false, array(select jsonb_object_keys(facts)) from stale where facts <> '{}';
  end if;
  return null;
end $$;
comment on function archive_event_cleared is 'Notes the items of records of which a whole group was cleared';

create function archive_event_moved() returns trigger
language plpgsql security definer set search_path = public
as $$
begin
  if exists (select from gather_system where ended_at is null) then
    insert into archive_event_raw (place, category, record, gone, items)
    select side.area, tg_argv[0], n.id, side.gone, null
      from fresh n join stale o on o.id = n.id
     cross join lateral (values (o.area, true), (n.area, false)) as side(area, gone)
     where n.area <> o.area;
  end if;
  return null;
end $$;
comment on function archive_event_moved is 'Notes records that went from one area to another: gone there, new here';

create function archive_event_gone() returns trigger
language plpgsql security definer set search_path = public
as $$
begin
  if exists (select from gather_system where ended_at is null) then
    insert into archive_event_raw (place, category, record, gone, items)
    select area, tg_argv[0], id, true, null from stale;
  end if;
  return null;
end $$;
comment on function archive_event_gone is 'Notes records that are not in the archive any more';

do $$
declare name text; category text;
begin
  foreach name in array array['resident_file', 'resident_contact', 'resident_identity', 'resident_health', 'resident_ethnic',
    'resident_welfare', 'resident_minor', 'household_file', 'household_economy', 'housing_file', 'premises_file',
    'organisation_file'] loop
    category := split_part(name, '_', 1);
    execute format('create trigger archive_event_added after insert on %I referencing new table as fresh
      for each statement execute function archive_event_added(%L)', name, category);
    execute format('create trigger archive_event_changed after update on %I referencing new table as fresh old table as stale
      for each statement execute function archive_event_changed(%L)', name, category);
    execute format('create trigger archive_event_cleared after delete on %I referencing old table as stale
      for each statement execute function archive_event_cleared(%L)', name, category);
  end loop;
  foreach name in array array['resident', 'household', 'housing', 'premises', 'organisation'] loop
    execute format('create trigger archive_event_moved after update on %I referencing new table as fresh old table as stale
      for each statement execute function archive_event_moved(%L)', name, name);
    execute format('create trigger archive_event_gone after delete on %I referencing old table as stale
      for each statement execute function archive_event_gone(%L)', name, name);
  end loop;
end $$;

create function gate_events_seal(most int, at timestamptz) returns int
language plpgsql security definer set search_path = public
as $$
declare taken int;
begin
  -- One at a time: whoever comes meanwhile reads what is sealed.
  if not pg_try_advisory_xact_lock(hashtextextended('archive_event', 0)) then return 0; end if;
  with notes as (
    delete from archive_event_raw where id in (select id from archive_event_raw order by id limit most) returning *),
  dated as (select *, max(id) filter (where gone) over (partition by record, place) as went from notes),
  told as (
    select min(n.id) as first, n.place, n.category, n.record, n.gone,
           case when bool_or(n.items is null) then null else array_agg(distinct i.item) filter (where i.item is not null) end as items
      from dated n left join lateral unnest(n.items) as i(item) on true
     where n.gone or n.went is null or n.id > n.went
     group by n.place, n.category, n.record, n.gone),
  -- Of a record that went, what was told of it before goes as well: that it went is all there is to say.
  forgotten as (
    delete from archive_event e using told t where t.gone and e.record = t.record and e.place = t.place and not e.gone),
  sealed as (
    insert into archive_event (at, place, category, record, gone, items)
    select gate_events_seal.at, place, category, record, gone, items from told order by first returning 1)
  select count(*) into taken from notes;
  return taken;
end $$;
comment on function gate_events_seal is 'Gives changes that were committed their places in the order; returns how many notes it took';

-- Who a system is.

create function gate_system() returns uuid
language sql stable security definer set search_path = public
as $$
  select id from gather_system
   where id = nullif(current_setting('minqing.system', true), '')::uuid and ended_at is null
$$;
comment on function gate_system is 'The system that the transaction is for; null without one, or when it was withdrawn';

create function gate_system_secrets(of_system uuid, at timestamptz)
returns table (name text, source text, lo bigint, hi bigint, webhook text, secrets text[])
language sql stable security definer set search_path = public
as $$
  select s.name, s.source, s.lo, s.hi, s.webhook, array(
           select k.secret from gather_secret k
            where k.system = s.id and (k.until is null or k.until > gate_system_secrets.at) order by k.number desc)
    from gather_system s where s.id = of_system and s.ended_at is null
$$;
comment on function gate_system_secrets is 'What a signature is looked at with; no row for a system that is not in use';

create function gate_system_enter(of_system uuid, of_nonce text, at timestamptz) returns boolean
language plpgsql security definer set search_path = public
as $$
begin
  insert into gather_nonce (system, nonce, at) values (of_system, of_nonce, gate_system_enter.at) on conflict do nothing;
  return found;
end $$;
comment on function gate_system_enter is 'Takes a signature, once; false when it was taken before';

create function archive_facts(of_system uuid, of_category text, of_record uuid, of_items text[], lo bigint, hi bigint) returns jsonb
language plpgsql stable security definer set search_path = public
as $$
declare of_group text; keys text[]; part jsonb; found_facts jsonb := '{}';
begin
  for of_group, keys in
    select i.item_group, array_agg(i.item) from gather_system_item i
     where i.system = of_system and i.category = of_category and i.item = any (of_items) group by i.item_group
  loop
    if to_regclass(of_category || '_' || of_group) is null then continue; end if;
    execute format('select (select jsonb_object_agg(k, g.facts -> k) from unnest($5) k where g.facts ? k)
                      from %I g where g.county = $1 and g.id = $2 and g.area >= $3 and g.area < $4', of_category || '_' || of_group)
      into part using (lo / 1000000000)::int, of_record, lo, hi, keys;
    found_facts := found_facts || coalesce(part, '{}');
  end loop;
  return found_facts;
end $$;
comment on function archive_facts is 'The facts of a record as far as a subscription names them';

create function archive_area(of_category text, of_record uuid, of_county int) returns bigint
language plpgsql stable security definer set search_path = public
as $$
declare found_area bigint;
begin
  execute format('select area from %I where county = $1 and id = $2', of_category) into found_area using of_county, of_record;
  return found_area;
end $$;
comment on function archive_area is 'The area in which a record stands now; null when it does not';

create function gate_changes(behind bigint, most int, moment timestamptz)
returns table (number bigint, told_at timestamptz, of_category text, of_record uuid, is_gone boolean, of_items text[], facts jsonb)
language plpgsql security definer set search_path = public
as $$
declare
  s gather_system;
  one record;
  here bigint;
  last bigint := behind;
  given int := 0;
  shown jsonb := '[]';
begin
  select * into s from gather_system where id = gate_system();
  if not found then
    raise exception 'no system is named, or it was withdrawn' using errcode = 'insufficient_privilege';
  end if;
  -- Bounded by what is looked at, not only by what is found: a small area in a large city reads on from here.
  for one in
    select w.*, case when w.place >= s.lo and w.place < s.hi then array(
             select i.item from gather_system_item i
              where i.system = s.id and i.category = w.category and (w.items is null or i.item = any (w.items))
                and (i.item_group = 'file' or i.item_group = any (s.groups))
              order by i.item) else '{}' end as allowed
      from (select e.* from archive_event e where e.n > behind order by e.n limit 20000) w order by w.n
  loop
    exit when given >= most;
    last := one.n;
    if cardinality(one.allowed) = 0 then continue; end if;
    here := archive_area(one.category, one.record, (s.lo / 1000000000)::int);
    -- What went and came back, or is gone by now, is told by a later event.
    if one.gone = coalesce(here >= s.lo and here < s.hi, false) then continue; end if;
    given := given + 1;
    number := one.n;
    told_at := one.at;
    of_category := one.category;
    of_record := one.record;
    is_gone := one.gone;
    of_items := case when one.gone then '{}' else one.allowed end;
    facts := null;
    if s.with_values and not one.gone then
      facts := archive_facts(s.id, one.category, one.record, one.allowed, s.lo, s.hi);
      shown := shown || jsonb_build_object('category', one.category, 'id', one.record, 'area', here);
    end if;
    return next;
  end loop;
  -- What leaves the house is on record, by the transaction that hands it out.
  insert into audit_entry (county, id, at, kind, action, category, subject, area, detail)
  select distinct on (r.id) (r.area / 1000000000)::int, uuidv7(), moment, 'look', 'send_changes', r.category, r.id, r.area, s.name
    from jsonb_to_recordset(shown) as r(category text, id uuid, area bigint);
  number := last;
  told_at := null;
  of_category := null;
  of_record := null;
  is_gone := null;
  of_items := null;
  facts := null;
  return next;
end $$;
comment on function gate_changes is 'Changes for the system that the transaction is for, as its subscription allows, with the values that hold now; the last row tells how far was looked';

create function gate_changes_oldest() returns bigint
language sql stable security definer set search_path = public
as $$ select n from archive_event order by n limit 1 $$;
comment on function gate_changes_oldest is 'Number of the oldest change that is still kept; null when there is none';

create function gate_changes_newest() returns bigint
language sql stable security definer set search_path = public
as $$ select coalesce((select n from archive_event order by n desc limit 1), 0) $$;
comment on function gate_changes_newest is 'Number of the newest change that has its place; 0 when there is none';

revoke execute on function archive_event_added, archive_event_changed, archive_event_cleared, archive_event_moved, archive_event_gone,
  gate_events_seal, gate_system, gate_system_secrets, gate_system_enter, archive_facts, archive_area, gate_changes,
  gate_changes_oldest, gate_changes_newest from public;
grant execute on function gate_events_seal, gate_system, gate_system_secrets, gate_system_enter, gate_changes, gate_changes_oldest,
  gate_changes_newest to minqing_server;
grant execute on function gate_events_seal, gate_system, gate_system_secrets, gate_changes, gate_changes_newest to minqing_steward;

-- Batches that a system hands in are its own; the system is named by the transaction, not by whoever writes.

alter table gather_batch add column system uuid references gather_system (id) default nullif(current_setting('minqing.system', true), '')::uuid;
comment on column gather_batch.system is 'The other system that handed it in; null for a file';
create index gather_batch_system on gather_batch (system) where system is not null;

create policy gather_batch_own on gather_batch for select to minqing_server using (system = (select gate_system()));
create policy gather_batch_hand_in on gather_batch for insert to minqing_server
  with check (state = 'queued' and system = (select gate_system())
    and exists (select from gather_system s where s.id = gather_batch.system and s.source = gather_batch.source
      and s.lo = gather_batch.lo and s.hi = gather_batch.hi));
grant select on gather_batch to minqing_server;
grant insert (id, source, profile, file_name, file_key, digest, bytes, lo, hi, day, created_at) on gather_batch to minqing_server;
create policy gather_row_own on gather_row for select to minqing_server
  using ((select gate_system()) is not null
    and exists (select from gather_batch b where b.number = gather_row.batch and b.system = (select gate_system())));
grant select (batch, n, faults, aside) on gather_row to minqing_server;
create policy gather_link_own on gather_link for select to minqing_server
  using ((select gate_system()) is not null
    and exists (select from gather_batch b where b.number = gather_link.batch and b.system = (select gate_system())));
grant select (batch, n, decision) on gather_link to minqing_server;

create policy job_of_system on job for insert to minqing_server
  with check ((select gate_system()) is not null and kind = 'gather' and account is null);
create policy job_content_of_system on job_content for insert to minqing_server
  with check ((select gate_system()) is not null and account is null and post is null);

-- Systems and what belongs to them: the security administrator's, within the area served; and a system its own.

alter table gather_system enable row level security;
alter table gather_system_item enable row level security;
alter table gather_secret enable row level security;
alter table gather_nonce enable row level security;
alter table gather_receipt enable row level security;
alter table gather_webhook enable row level security;
alter table gather_delivery enable row level security;
alter table archive_event_raw enable row level security;
alter table archive_event enable row level security;

create policy gather_system_read on gather_system for select to minqing_server
  using (id = (select gate_system())
    or ((select gate_admin('security')) and lo >= (select admin_lo()) and hi <= (select admin_hi())));
create policy gather_system_add on gather_system for insert to minqing_server
  with check ((select gate_admin('security')) and made_by = (select gate_account())
    and lo >= (select admin_lo()) and hi <= (select admin_hi()));
create policy gather_system_change on gather_system for update to minqing_server
  using ((select gate_admin('security')) and lo >= (select admin_lo()) and hi <= (select admin_hi()))
  with check ((select gate_admin('security')) and lo >= (select admin_lo()) and hi <= (select admin_hi()));
grant select, insert on gather_system to minqing_server;
-- What a system reaches is not changed: another subscription is another system.
grant update (webhook, ended_at, ended_by, end_reason) on gather_system to minqing_server;

create policy gather_system_item_read on gather_system_item for select to minqing_server
  using (exists (select from gather_system s where s.id = gather_system_item.system));
create policy gather_system_item_add on gather_system_item for insert to minqing_server
  with check ((select gate_admin('security')) and exists (select from gather_system s where s.id = gather_system_item.system
    and (gather_system_item.item_group = 'file' or gather_system_item.item_group = any (s.groups))));
grant select, insert on gather_system_item to minqing_server;

-- Secrets are written by the server and read by gate_system_secrets alone.
create policy gather_secret_add on gather_secret for insert to minqing_server
  with check ((select gate_admin('security')) and exists (select from gather_system s where s.id = gather_secret.system and s.ended_at is null));
create policy gather_secret_read on gather_secret for select to minqing_server
  using ((select gate_admin('security')) and exists (select from gather_system s where s.id = gather_secret.system));
create policy gather_secret_change on gather_secret for update to minqing_server
  using ((select gate_admin('security')) and exists (select from gather_system s where s.id = gather_secret.system));
grant select (system, number, made_at, until), insert, update (until) on gather_secret to minqing_server;

create policy gather_receipt_own on gather_receipt for all to minqing_server
  using (system = (select gate_system())) with check (system = (select gate_system()));
grant select, insert on gather_receipt to minqing_server;

create policy gather_webhook_read on gather_webhook for select to minqing_server
  using ((select gate_admin('security')) and lo >= (select admin_lo()) and hi <= (select admin_hi()));
create policy gather_webhook_add on gather_webhook for insert to minqing_server
  with check ((select gate_admin('security')) and exists (select from gather_system s where s.id = gather_webhook.system
    and s.lo = gather_webhook.lo and s.hi = gather_webhook.hi));
create policy gather_webhook_change on gather_webhook for update to minqing_server
  using ((select gate_admin('security')) and lo >= (select admin_lo()) and hi <= (select admin_hi()));
create policy gather_webhook_remove on gather_webhook for delete to minqing_server
  using ((select gate_admin('security')) and lo >= (select admin_lo()) and hi <= (select admin_hi()));
grant select, insert, update (after, tries, failing_since, next_at, dead_at), delete on gather_webhook to minqing_server;

create policy gather_delivery_read on gather_delivery for select to minqing_server
  using ((select gate_admin('security')) and lo >= (select admin_lo()) and hi <= (select admin_hi()));
grant select on gather_delivery to minqing_server;

-- The kind 'gather.deliver' sends, and clears what has had its time.
do $$
declare name text;
begin
  foreach name in array array['gather_system', 'gather_nonce', 'gather_receipt', 'gather_webhook', 'gather_delivery', 'archive_event'] loop
    execute format('create policy %I on %I for all to minqing_steward using ((select gate_kind(''gather.deliver'')))
      with check ((select gate_kind(''gather.deliver'')))', name || '_deliver', name);
  end loop;
end $$;
grant select on gather_system to minqing_steward;
grant select (at), delete on gather_nonce to minqing_steward;
grant select (at), delete on gather_receipt to minqing_steward;
grant select, update on gather_webhook to minqing_steward;
grant select, insert, update, delete on gather_delivery to minqing_steward;
grant select (at), delete on archive_event to minqing_steward;
