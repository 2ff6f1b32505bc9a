-- Documents as proofs of acts of life: held while an act is registered, not taken out of use while one in force
-- rests on them, found from the timeline. And what keeps a sheet of a bulk edit from saying a thing twice.

create index life_event_document on life_event (county, document) where document is not null;

create function document_hold(of_county int, of_id uuid) returns boolean
language plpgsql security definer set search_path = public
as $$
declare in_use boolean;
begin
  -- Whoever retires the document meanwhile waits for the act, and then sees it.
  select retired_at is null into in_use from document
   where county = of_county and id = of_id and area >= scope_lo() and area < scope_hi() for share;
  return coalesce(in_use, false);
end $$;
comment on function document_hold is 'Holds a document in use to the end of the transaction, for those too who read its group and do not write it';

create function document_proves(of_county int, of_series uuid) returns boolean
language sql stable security definer set search_path = public
as $$
  select exists (
    select from document d join life_event e on e.county = d.county and e.document = d.id
     where d.county = of_county and d.series = of_series and d.area >= scope_lo() and d.area < scope_hi()
       and not exists (select from life_event c where c.county = e.county and c.cancels = e.id))
$$;
comment on function document_proves is 'Whether an act of life that is in force rests on a version of the document, for those too who may not read the act';

create function document_subject(of_county int, of_id uuid) returns table (category text, subject uuid)
language sql stable security definer set search_path = public
as $$
  select d.category, d.subject from document d
   where d.county = of_county and d.id = of_id and d.area >= scope_lo() and d.area < scope_hi()
     and (gate_open(d.item_group) or gate_write(d.item_group) or gate_subject(d.item_group, d.subject))
$$;
comment on function document_subject is 'With which record the proof of an act is kept: told to those who may open, or write, its group; its pages stay behind the policy of the document';

revoke execute on function document_hold, document_proves, document_subject from public;
grant execute on function document_hold, document_proves, document_subject to minqing_server;

-- What a sheet of a bulk edit has put beside an authority's value: a claim leaves the record's version as it is, so the
-- sheet itself is remembered, as long as it may be brought back.

create table bulk_claim (
  county int not null,
  export uuid not null,
  area bigint not null,
  subject uuid not null,
  item text collate "C" not null,
  said text collate "C" not null,
  account uuid not null,
  at timestamptz not null,
  primary key (county, export, subject, item, said)
);
create index bulk_claim_subject on bulk_claim (subject);
create index bulk_claim_at on bulk_claim (at);
comment on table bulk_claim is 'Values that a sheet of a bulk edit has put beside those in force, so that the same sheet says them once';
comment on column bulk_claim.county is 'Distribution key';
comment on column bulk_claim.export is 'The export that the sheet came from; UUIDv7';
comment on column bulk_claim.area is 'Area of the record';
comment on column bulk_claim.subject is 'Id of the record';
comment on column bulk_claim.item is 'Item of the dictionary';
comment on column bulk_claim.said is 'Keyed hash of the value';
comment on column bulk_claim.account is 'Whose sheet it is';
comment on column bulk_claim.at is 'When it was carried out';
alter table bulk_claim enable row level security;
create policy bulk_claim_own on bulk_claim for select to minqing_server using (account = (select gate_account()));
create policy bulk_claim_add on bulk_claim for insert to minqing_server with check (account = (select gate_account()));
grant select, insert on bulk_claim to minqing_server;
create policy bulk_claim_sweep on bulk_claim for all to minqing_steward using (gate_kind('exports.sweep'));
grant select (at), delete on bulk_claim to minqing_steward;

create table bulk_run (
  job uuid primary key references job (id) on delete cascade,
  account uuid not null,
  exports uuid[] not null
);
create index bulk_run_account on bulk_run (account);
comment on table bulk_run is 'From which exports the rows come that a job carries out: a sheet is carried out by one job at a time';
comment on column bulk_run.job is 'The job';
comment on column bulk_run.account is 'Whose sheet it is';
comment on column bulk_run.exports is 'The exports, by their ids';
alter table bulk_run enable row level security;
create policy bulk_run_own on bulk_run for select to minqing_server using (account = (select gate_account()));
create policy bulk_run_add on bulk_run for insert to minqing_server with check (account = (select gate_account()));
grant select, insert on bulk_run to minqing_server;

-- A paper may come later than the act: the register takes it in once, and changes nothing else.
create policy life_event_prove on life_event for update to minqing_server
  using (area >= (select scope_lo()) and area < (select scope_hi()) and document is null and gate_write(item_group))
  with check (area >= (select scope_lo()) and area < (select scope_hi()) and document is not null and gate_write(item_group));
grant update (document) on life_event to minqing_server;

-- An application is withdrawn by who put it on record, as long as it is open; it stays on record as withdrawn.
alter table correction drop constraint correction_state_check;
alter table correction add constraint correction_state_check check (state in ('open', 'accepted', 'refused', 'withdrawn'));
comment on column correction.state is 'open, accepted, refused; withdrawn by who put it on record';
drop policy correction_decide on correction;
create policy correction_decide on correction for update to minqing_server
  using (area >= (select scope_lo()) and area < (select scope_hi()) and gate_write(item_group) and state = 'open')
  with check (decided_by = gate_account() and decided_post = gate_post()
    and (state in ('accepted', 'refused') or (state = 'withdrawn' and asked_by = gate_account())));
alter table deletion drop constraint deletion_state_check;
alter table deletion add constraint deletion_state_check check (state in ('open', 'refused', 'done', 'withdrawn'));
-- Who asked never decides (the check of the row); to withdraw is no decision, and names no decider.
alter table deletion add constraint deletion_withdrawn_check check (state <> 'withdrawn' or (decided_by is null and answer is null));
comment on column deletion.state is 'open, refused, done; withdrawn by who put it on record';
drop policy deletion_decide on deletion;
create policy deletion_decide on deletion for update to minqing_server
  using (area >= (select scope_lo()) and area < (select scope_hi()) and (select gate_post_role()) = 'township_officer' and (select gate_write('identity'))
    and asked_by <> gate_account() and state = 'open')
  with check (decided_by = gate_account() and decided_post = gate_post() and state in ('refused', 'done'));
-- A function and no policy: a second policy for the same command would let who asked reach rows that only the decider may.
create function gate_withdraw_deletion(place int, of_deletion uuid, at timestamptz) returns boolean
language sql security definer set search_path = public
as $$
  with withdrawn as (
    update deletion set state = 'withdrawn', decided_at = at
     where county = place and id = of_deletion and state = 'open' and asked_by = gate_account()
       and area >= scope_lo() and area < scope_hi() and gate_write('file') returning 1)
  select exists (select from withdrawn)
$$;
comment on function gate_withdraw_deletion is 'Takes an open application to delete back, for who put it on record';
revoke execute on function gate_withdraw_deletion from public;
grant execute on function gate_withdraw_deletion to minqing_server;

create or replace function erase_resident(place int, who uuid) returns uuid[]
language plpgsql set search_path = public
as $$
declare
  names text[]; places int[]; one int; households uuid[]; tied uuid[]; papers uuid[]; proofs uuid[]; item_group text;
begin
  select array_remove(array[r.name, f.facts -> 'former_name' ->> 'v'], null) into names
    from resident r left join resident_file f on f.county = r.county and f.id = r.id where r.county = place and r.id = who;
  -- Households lived in earlier too, wherever the file has been: their names, timelines and registers told of the person.
  select coalesce(array_agg(distinct h.household), '{}'), array_agg(distinct h.county) || place into households, places from (
    select county, household from household_member where county = place and resident = who
    union all select county, household from household_member_past where resident = who) h;
  select coalesce(array_agg(id), '{}') into tied from (
    select unnest(households) as id
    union select resident from household_member where household = any (households) and resident <> who
    union select housing from household_housing where household = any (households)
    union select premises from premises_person where county = place and resident = who) t;
  for one in select distinct unnest(places) loop
    perform erase_trace(one, tied, names);
  end loop;
  delete from archive_change where county = place and subject = who;
  delete from archive_change where county = any (places) and subject = any (tied)
    and (coalesce(after, before) ->> 'resident' = who::text or (kind = 'event' and after -> 'residents' = jsonb_build_array(who)));
  -- An act that concerned others too stays theirs, without this person and without words.
  update archive_change set reason = null, after = (after - array['place', 'toName']) || jsonb_build_object('residents', (after -> 'residents') - who::text)
   where county = any (places) and subject = any (tied) and kind = 'event' and after -> 'residents' ? who::text;
  update archive_change set before = null, after = null
   where county = any (places) and subject = any (tied) and kind <> 'event' and position(who::text in concat(before, after)) > 0;
  -- A paper kept with the household for an act of this person alone tells of nobody else.
  select coalesce(array_agg(d.id), '{}') into proofs from document d
   where d.kind = 'life_proof' and d.county = any (places) and d.subject = any (households)
     and exists (select from life_event e where e.county = d.county and e.document = d.id)
     and not exists (select from life_event e where e.county = d.county and e.document = d.id and e.residents <> array[who]);
  delete from life_event where residents @> array[who] and cardinality(residents) = 1;
  update life_event set residents = array_remove(residents, who), details = '{}', steps = '[]', proof_note = null, document = null,
         reason = null
   where residents @> array[who];
  update life_event set details = '{}', steps = '[]', proof_note = null, reason = null
   where household = any (households) and position(who::text in concat(steps, details)) > 0;
  delete from bulk_claim where subject = who;
  delete from handover where resident = who;
  delete from household_member_past where resident = who;
  delete from stay where subject = who;
  delete from area_moved where subject = who;
  delete from archive_claim where county = place and subject = who;
  delete from correction_content where county = place and subject = who;
  delete from correction where county = place and subject = who;
  update deletion set answer = null where county = place and subject = who;
  delete from draft where position(who::text in key) > 0;
  delete from archive_token where county = place and id = who;
  select coalesce(array_agg(distinct files), '{}') into papers from document
   where (county = place and subject = who) or (county = any (places) and id = any (proofs));
  delete from document where (county = place and subject = who) or (county = any (places) and id = any (proofs));
  delete from household_member where county = place and resident = who;
  delete from premises_person where county = place and resident = who;
  foreach item_group in array array['file', 'contact', 'identity', 'health', 'ethnic', 'welfare', 'minor'] loop
    execute format('delete from %I where county = $1 and id = $2', 'resident_' || item_group) using place, who;
  end loop;
  delete from resident where county = place and id = who;
  -- What another document still shows stays.
  return array(select p from unnest(papers) p where not exists (select from document d where d.files = p));
end $$;
