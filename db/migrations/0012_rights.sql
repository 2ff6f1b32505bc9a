-- What a resident may ask of the archive (PIPL art. 44–50; DOMAIN.md, section 3): correction, and deletion as an act
-- of its own. A copy needs no table: it is a look, and on record as one.

create function gate_post_role() returns text language sql stable security definer set search_path = public
  as $$ select role from post where id = gate_post() and account = gate_account() $$;
comment on function gate_post_role is 'Role of the post acted under, where a policy asks for a step of an act';
revoke execute on function gate_post_role from public;
grant execute on function gate_post_role to minqing_server;

create table correction (
  county int not null,
  id uuid not null,
  area bigint not null,
  subject uuid not null,
  item text not null,
  item_group text not null,
  asker text not null check (asker in ('self', 'guardian', 'relative', 'agent')),
  asked_at timestamptz not null,
  asked_by uuid not null,
  asked_post uuid not null,
  due_on date not null,
  provisional boolean not null,
  state text not null default 'open' check (state in ('open', 'accepted', 'refused')),
  outcome text check (outcome in ('corrected', 'beside', 'same')),
  decided_at timestamptz,
  decided_by uuid,
  decided_post uuid,
  primary key (county, id),
  foreign key (county, subject) references resident (county, id),
  check (county = area / 1000000000),
  check ((state = 'open') = (decided_at is null) and (decided_at is null) = (decided_by is null)),
  check ((outcome is not null) = (state = 'accepted'))
);
create index correction_subject on correction (subject, id);
create index correction_open on correction (area, due_on, id) where state = 'open';
comment on table correction is 'Applications to correct an item of a resident (PIPL art. 46): that they were made and decided; what was said is in correction_content';
comment on column correction.county is 'Distribution key';
comment on column correction.id is 'UUIDv7';
comment on column correction.area is 'Area of the resident, for the policy';
comment on column correction.subject is 'Id of the resident';
comment on column correction.item is 'Item said to be wrong';
comment on column correction.item_group is 'Group of the item: its policy';
comment on column correction.asker is 'self, guardian, relative (of a dead person, PIPL art. 49), agent';
comment on column correction.asked_at is 'When';
comment on column correction.asked_by is 'Official who put it on record';
comment on column correction.asked_post is 'Under which post';
comment on column correction.due_on is 'Last day to answer';
comment on column correction.provisional is 'The holidays of that year are not published yet';
comment on column correction.state is 'open, accepted, refused';
comment on column correction.outcome is 'corrected; beside: kept beside the authority''s value, which only the authority changes; same: it stood so already';
comment on column correction.decided_at is 'When it was decided';
comment on column correction.decided_by is 'By whom';
comment on column correction.decided_post is 'Under which post';
alter table correction enable row level security;
-- Whoever keeps the group knows that an item of it is to be looked into; what was said opens as the item does.
create policy correction_read on correction for select to minqing_server
  using (area >= (select scope_lo()) and area < (select scope_hi()) and (gate_open(item_group) or gate_write(item_group)));
create policy correction_add on correction for insert to minqing_server
  with check (area >= scope_lo() and area < scope_hi() and gate_write(item_group) and asked_by = gate_account()
    and asked_post = gate_post() and state = 'open');
create policy correction_decide on correction for update to minqing_server
  using (area >= (select scope_lo()) and area < (select scope_hi()) and gate_write(item_group) and state = 'open')
  with check (decided_by = gate_account() and decided_post = gate_post() and state <> 'open');
grant select on correction to minqing_server;
grant insert (county, id, area, subject, item, item_group, asker, asked_at, asked_by, asked_post, due_on, provisional)
  on correction to minqing_server;
grant update (state, outcome, decided_at, decided_by, decided_post) on correction to minqing_server;

create table correction_content (
  county int not null,
  id uuid not null,
  area bigint not null,
  subject uuid not null,
  item_group text not null,
  said bytea not null,
  answer bytea,
  primary key (county, id),
  foreign key (county, id) references correction (county, id)
);
create index correction_content_subject on correction_content (subject);
comment on table correction_content is 'What an application to correct says: it opens as the item itself does';
comment on column correction_content.county is 'Distribution key';
comment on column correction_content.id is 'Id of the correction';
comment on column correction_content.area is 'Area of the resident, for the policy';
comment on column correction_content.subject is 'Id of the resident';
comment on column correction_content.item_group is 'Group of the item: its policy';
comment on column correction_content.said is 'Right value, what is wrong and the proof, as JSON, encrypted';
comment on column correction_content.answer is 'Reason that the resident is told, encrypted; null while open or where none was needed';
alter table correction_content enable row level security;
create policy correction_content_read on correction_content for select to minqing_server
  using (area >= (select scope_lo()) and area < (select scope_hi()) and (gate_open(item_group) or gate_subject(item_group, subject)));
create policy correction_content_add on correction_content for insert to minqing_server
  with check (area >= scope_lo() and area < scope_hi() and gate_write(item_group));
create policy correction_content_answer on correction_content for update to minqing_server
  using (area >= (select scope_lo()) and area < (select scope_hi()) and gate_write(item_group) and answer is null)
  with check (area >= scope_lo() and area < scope_hi() and gate_write(item_group));
grant select on correction_content to minqing_server;
grant insert (county, id, area, subject, item_group, said) on correction_content to minqing_server;
grant update (answer) on correction_content to minqing_server;

create table deletion (
  county int not null,
  id uuid not null,
  area bigint not null,
  category text not null check (category in ('resident', 'household', 'premises')),
  subject uuid not null,
  ground text not null check (ground in ('purpose_ended', 'retention_over', 'consent_withdrawn', 'unlawful', 'other_law')),
  asker text check (asker in ('self', 'guardian', 'relative', 'agent', 'village')),
  asked_at timestamptz not null,
  asked_by uuid,
  asked_post uuid,
  due_on date,
  provisional boolean not null default false,
  state text not null default 'open' check (state in ('open', 'refused', 'done')),
  decided_at timestamptz,
  decided_by uuid,
  decided_post uuid,
  answer text,
  erased_at timestamptz,
  primary key (county, id),
  check (county = area / 1000000000),
  check ((state = 'open') = (decided_at is null)),
  check (asked_by is distinct from decided_by or asked_by is null),
  check (asked_by is not null or (ground = 'retention_over' and state = 'done')),
  check ((erased_at is null) or (state = 'done' and answer is null))
);
create unique index deletion_open on deletion (county, subject) where state = 'open';
create index deletion_subject on deletion (subject, id);
create index deletion_due on deletion (area, due_on, id) where state = 'open';
comment on table deletion is 'Deletions under the law (PIPL art. 47): who asked and who decided, when and on what ground; nothing of what was deleted';
comment on column deletion.county is 'Distribution key';
comment on column deletion.id is 'UUIDv7';
comment on column deletion.area is 'Area of the record then, for the policy';
comment on column deletion.category is 'Category of the record';
comment on column deletion.subject is 'Id of the record: its file number';
comment on column deletion.ground is 'Ground of PIPL art. 47: purpose_ended, retention_over, consent_withdrawn, unlawful, other_law';
comment on column deletion.asker is 'self, guardian, relative, agent; village: of its own accord, as the law obliges it; null for the retention job';
comment on column deletion.asked_at is 'When';
comment on column deletion.asked_by is 'Official who put it on record; null for the retention job';
comment on column deletion.asked_post is 'Under which post';
comment on column deletion.due_on is 'Last day to answer; null for the retention job';
comment on column deletion.provisional is 'The holidays of that year are not published yet';
comment on column deletion.state is 'open, refused, done';
comment on column deletion.decided_at is 'When it was decided';
comment on column deletion.decided_by is 'By whom: never who put it on record; null for the retention job';
comment on column deletion.decided_post is 'Under which post';
comment on column deletion.answer is 'Why it was refused, as the resident is told; taken away when the record is deleted later';
comment on column deletion.erased_at is 'When the record was gone';
alter table deletion enable row level security;
create policy deletion_read on deletion for select to minqing_server
  using (area >= (select scope_lo()) and area < (select scope_hi()) and (select gate_write('file')));
create policy deletion_ask on deletion for insert to minqing_server
  with check (area >= scope_lo() and area < scope_hi() and gate_post_role() = 'village_cadre' and category = 'resident'
    and asked_by = gate_account() and asked_post = gate_post() and state = 'open');
-- The second person: of the township, and never the one who asked, whatever posts they hold.
create policy deletion_decide on deletion for update to minqing_server
  using (area >= (select scope_lo()) and area < (select scope_hi()) and (select gate_post_role()) = 'township_officer' and (select gate_write('identity'))
    and asked_by <> gate_account() and state = 'open')
  with check (decided_by = gate_account() and decided_post = gate_post() and state <> 'open');
grant select on deletion to minqing_server;
grant insert (county, id, area, category, subject, ground, asker, asked_at, asked_by, asked_post, due_on, provisional)
  on deletion to minqing_server;
grant update (state, decided_at, decided_by, decided_post, answer) on deletion to minqing_server;

create function erase_trace(place int, records uuid[], texts text[]) returns void
language plpgsql set search_path = public
as $$
begin
  update archive_change set before = null, after = null
   where county = place and subject = any (records) and (before ->> 'v' = any (texts) or after ->> 'v' = any (texts));
  update archive_change c set reason = null
   where c.county = place and c.subject = any (records) and exists (select from unnest(texts) t where position(t in c.reason) > 0);
  delete from archive_claim where county = place and subject = any (records) and fact ->> 'v' = any (texts);
  update archive_claim c set reason = null
   where c.county = place and c.subject = any (records) and exists (select from unnest(texts) t where position(t in c.reason) > 0);
end $$;
comment on function erase_trace is 'Takes texts, a deleted person''s names, out of the history of records tied to that person';

create function erase_resident(place int, who uuid) returns uuid[]
language plpgsql set search_path = public
as $$
declare
  names text[]; households uuid[]; tied uuid[]; papers uuid[]; item_group text;
begin
  select array_remove(array[r.name, f.facts -> 'former_name' ->> 'v'], null) into names
    from resident r left join resident_file f on f.county = r.county and f.id = r.id where r.county = place and r.id = who;
  select coalesce(array_agg(household), '{}') into households from household_member where county = place and resident = who;
  select coalesce(array_agg(id), '{}') into tied from (
    select unnest(households) as id
    union select resident from household_member where county = place and household = any (households) and resident <> who
    union select housing from household_housing where county = place and household = any (households)
    union select premises from premises_person where county = place and resident = who) t;
  perform erase_trace(place, tied, names);
  delete from archive_change where county = place
    and (subject = who or (subject = any (tied) and coalesce(after, before) ->> 'resident' = who::text));
  delete from archive_claim where county = place and subject = who;
  delete from correction_content where county = place and subject = who;
  delete from correction where county = place and subject = who;
  update deletion set answer = null where county = place and subject = who;
  delete from draft where position(who::text in key) > 0;
  delete from archive_token where county = place and id = who;
  select coalesce(array_agg(distinct files), '{}') into papers from document where county = place and subject = who;
  delete from document where county = place and subject = who;
  delete from household_member where county = place and resident = who;
  delete from premises_person where county = place and resident = who;
  foreach item_group in array array['file', 'contact', 'identity', 'health', 'ethnic', 'welfare', 'minor'] loop
    execute format('delete from %I where county = $1 and id = $2', 'resident_' || item_group) using place, who;
  end loop;
  delete from resident where county = place and id = who;
  -- What another document still shows stays.
  return array(select p from unnest(papers) p where not exists (select from document d where d.files = p));
end $$;
comment on function erase_resident is 'Deletes all there is of a resident; returns the files in the store that nothing names any more. Counts and what the household shows are the caller''s';

create function gate_erase_resident(place int, of_deletion uuid, at timestamptz) returns uuid[]
language plpgsql security definer set search_path = public
as $$
declare who uuid;
begin
  update deletion set erased_at = at
   where county = place and id = of_deletion and category = 'resident' and state = 'done' and erased_at is null
     and area >= scope_lo() and area < scope_hi() and decided_by = gate_account() and decided_post = gate_post()
     and asked_by <> gate_account() and gate_post_role() = 'township_officer'
  returning subject into who;
  if who is null then
    raise exception 'no deletion that was decided so' using errcode = 'MQ403';
  end if;
  return erase_resident(place, who);
end $$;
comment on function gate_erase_resident is 'Carries out a deletion that a second person of the township has decided, in the transaction of the decision';
revoke execute on function erase_trace, erase_resident, gate_erase_resident from public;
grant execute on function gate_erase_resident to minqing_server;
