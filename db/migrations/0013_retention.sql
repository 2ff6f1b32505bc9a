-- The end of retention (packs/archive/retention.yaml; DOMAIN.md, section 2): a job of the house takes values away whose
-- time is over, and keeps figures of what it did. The steward reaches what the kind needs, under that kind alone.

create table retention_run (
  id uuid primary key,
  started_at timestamptz not null,
  ended_at timestamptz,
  looked bigint not null default 0,
  records bigint not null default 0,
  documents bigint not null default 0
);
create index retention_run_started on retention_run (started_at desc);
comment on table retention_run is 'Runs of the retention job: figures only';
comment on column retention_run.id is 'Id of the job';
comment on column retention_run.started_at is 'When it began';
comment on column retention_run.ended_at is 'When it came to its end; null while it runs';
comment on column retention_run.looked is 'Records looked at: of people who left, of premises that closed';
comment on column retention_run.records is 'Files deleted as a whole';
comment on column retention_run.documents is 'Documents deleted';

create table retention_count (
  run uuid not null references retention_run (id),
  category text collate "C" not null,
  item text collate "C" not null,
  vals bigint not null,
  history bigint not null,
  primary key (run, category, item)
);
comment on table retention_count is 'What a run deleted, by item: figures only';
comment on column retention_count.run is 'The run';
comment on column retention_count.category is 'Category of the records';
comment on column retention_count.item is 'Item';
comment on column retention_count.vals is 'Values deleted from files';
comment on column retention_count.history is 'Lines of the history whose values were deleted';

alter table retention_run enable row level security;
alter table retention_count enable row level security;
create policy retention_run_read on retention_run for select to minqing_server using (gate_admin('system'));
create policy retention_count_read on retention_count for select to minqing_server using (gate_admin('system'));
grant select on retention_run, retention_count to minqing_server;

do $$
declare name text;
begin
  foreach name in array array['resident', 'resident_file', 'resident_contact', 'resident_identity', 'resident_health',
    'resident_ethnic', 'resident_welfare', 'resident_minor', 'household', 'household_file', 'household_economy', 'housing',
    'housing_file', 'premises', 'premises_file', 'household_member', 'household_housing', 'premises_person', 'archive_change',
    'archive_claim', 'archive_token', 'area_tally', 'document', 'retention_run', 'retention_count'] loop
    execute format('create policy %I on %I for all to minqing_steward using (gate_kind(''archive.retention''))
      with check (gate_kind(''archive.retention''))', name || '_retention', name);
  end loop;
end $$;
grant select, update on resident, resident_file, resident_contact, resident_identity, resident_health, resident_ethnic,
  resident_welfare, resident_minor, household, household_file, household_economy, housing, housing_file, premises,
  premises_file to minqing_steward;
grant select on household_member, household_housing, premises_person to minqing_steward;
grant select, update (before, after) on archive_change to minqing_steward;
grant select, delete on archive_claim, document to minqing_steward;
grant select, insert, delete on archive_token to minqing_steward;
grant select, insert, update on area_tally, retention_run, retention_count to minqing_steward;

create function gate_retention_erase(place int, who uuid, at timestamptz) returns uuid[]
language plpgsql security definer set search_path = public
as $$
begin
  if not gate_kind('archive.retention') then
    raise exception 'not the retention job' using errcode = 'MQ403';
  end if;
  insert into deletion (county, id, area, category, subject, ground, asked_at, state, decided_at, erased_at)
    select place, uuidv7(), r.area, 'resident', r.id, 'retention_over', at, 'done', at, at
      from resident r where r.county = place and r.id = who;
  return erase_resident(place, who);
end $$;
comment on function gate_retention_erase is 'Deletes the file of a resident of whom nothing is kept any longer, and puts the deletion on record; for the retention job';
revoke execute on function gate_retention_erase from public;
grant execute on function gate_retention_erase to minqing_steward;
