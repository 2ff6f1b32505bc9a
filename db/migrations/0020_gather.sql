-- How facts come in (DESIGN.md, "How a fact flows"): batches of department's rows, the residents they were linked to, and
-- what they changed, so that a batch can be undone whole. Only jobs of the kind `gather` reach rows and persons.

create table gather_batch (
  id uuid primary key,
  number int generated always as identity unique,
  source text collate "C" not null,
  profile text collate "C" not null,
  file_name text not null,
  file_key text not null,
  digest bytea not null,
  bytes bigint not null,
  lo bigint not null,
  hi bigint not null check (hi > lo),
  account uuid references account (id),
  post uuid references post (id),
  job uuid references job (id),
  day date not null,
  state text collate "C" not null default 'queued'
    check (state in ('queued', 'staging', 'matching', 'merging', 'done', 'undoing', 'undone', 'refused')),
  problem jsonb,
  staged int not null default 0,
  aside int not null default 0,
  linked int not null default 0,
  asked int not null default 0,
  unmatched int not null default 0,
  made int not null default 0,
  changed int not null default 0,
  weights jsonb,
  created_at timestamptz not null,
  ended_at timestamptz
);
create unique index gather_batch_once on gather_batch (source, digest) where state not in ('undone', 'refused');
create index gather_batch_newest on gather_batch (id desc);
comment on table gather_batch is '批次: one file of a department, from its rows to the archive';
comment on column gather_batch.id is 'UUIDv7';
comment on column gather_batch.number is 'Short number: facts name it in their lineage';
comment on column gather_batch.source is 'Source: a key of sources.yaml';
comment on column gather_batch.profile is 'Profile by which the file was read';
comment on column gather_batch.file_name is 'Name of the file as it came';
comment on column gather_batch.file_key is 'Where the file lies, sealed';
comment on column gather_batch.digest is 'SHA-256 of the file: the same file is gathered once';
comment on column gather_batch.bytes is 'Size of the file';
comment on column gather_batch.lo is 'Lowest area code it may speak of';
comment on column gather_batch.hi is 'First area code above';
comment on column gather_batch.account is 'Who gathered it; null from the command line';
comment on column gather_batch.post is 'Under which post';
comment on column gather_batch.job is 'The job that works on it';
comment on column gather_batch.day is 'The day of the file, where its rows tell none';
comment on column gather_batch.state is 'queued, staging, matching, merging, done; undoing, undone; refused';
comment on column gather_batch.problem is 'Why it was refused, in both languages';
comment on column gather_batch.staged is 'Rows read';
comment on column gather_batch.aside is 'Rows set aside';
comment on column gather_batch.linked is 'Rows linked to a record';
comment on column gather_batch.asked is 'Rows that wait for an official';
comment on column gather_batch.unmatched is 'Rows of nobody in the archive';
comment on column gather_batch.made is 'Records made';
comment on column gather_batch.changed is 'Values written';
comment on column gather_batch.weights is 'Weights learnt for its matching';
comment on column gather_batch.created_at is 'When';
comment on column gather_batch.ended_at is 'When it came to its end';

create table gather_row (
  batch int not null references gather_batch (number),
  n int not null,
  name text,
  pinyin text,
  birth date,
  sex text,
  citizen text collate "C",
  repairs text[],
  phone text collate "C",
  address text,
  household_number text,
  place bigint,
  guardian text,
  guardian_phone text collate "C",
  code text,
  relation text,
  as_of date,
  items jsonb,
  sealed text,
  faults jsonb,
  aside jsonb,
  primary key (batch, n)
);
comment on table gather_row is 'Rows of a batch made clean: what each is matched by and what it states';
comment on column gather_row.batch is 'Number of the batch';
comment on column gather_row.n is 'Data row of the file, from 1';
comment on column gather_row.name is 'Name of the person';
comment on column gather_row.pinyin is 'Its syllables';
comment on column gather_row.birth is 'Birth date, also from a valid id';
comment on column gather_row.sex is 'Sex, also from a valid id';
comment on column gather_row.citizen is 'Blind index of a valid citizen id';
comment on column gather_row.repairs is 'Blind indexes of the valid ids that a spoiled one may have been';
comment on column gather_row.phone is 'Blind index of the phone';
comment on column gather_row.address is 'Comparison key of the address';
comment on column gather_row.household_number is 'Household number';
comment on column gather_row.place is 'Code of the village or grid it names';
comment on column gather_row.guardian is 'Name of the guardian';
comment on column gather_row.guardian_phone is 'Blind index of the guardian''s phone';
comment on column gather_row.code is 'House code, or credit code of premises';
comment on column gather_row.relation is 'Relation to the head, GB/T 4761';
comment on column gather_row.as_of is 'The day of which it speaks';
comment on column gather_row.items is 'Values by category.item; those of encrypted groups are in `sealed`';
comment on column gather_row.sealed is 'Values of encrypted groups, encrypted together';
comment on column gather_row.faults is 'Cells not taken, with the reason';
comment on column gather_row.aside is 'Why the row as a whole cannot be used; null when it can';

create table gather_link (
  batch int not null references gather_batch (number),
  n int not null,
  county int,
  area bigint,
  subject uuid,
  resident uuid,
  household uuid,
  target uuid,
  decision text collate "C" not null
    check (decision in ('id', 'scored', 'same', 'made', 'ask', 'linked', 'parted', 'none', 'unplaced')),
  score real,
  candidates jsonb,
  account uuid references account (id),
  post uuid references post (id),
  decided_at timestamptz,
  primary key (batch, n)
);
create index gather_link_resident on gather_link (resident) where resident is not null;
create index gather_link_household on gather_link (batch, household) where household is not null;
create index gather_link_target on gather_link (batch, target) where target is not null;
create index gather_link_batch on gather_link (batch, resident) where resident is not null;
create index gather_link_subject on gather_link (subject) where subject is not null;
create index gather_link_asked on gather_link (area, batch, n) where decision = 'ask';
comment on table gather_link is 'Which resident a row means, and how that was decided';
comment on column gather_link.batch is 'Number of the batch';
comment on column gather_link.n is 'Row';
comment on column gather_link.county is 'County of the record';
comment on column gather_link.area is 'Area of the record, or of the likeliest candidate: whose official is asked';
comment on column gather_link.subject is 'The resident whose area stands here: the one linked, or the likeliest';
comment on column gather_link.resident is 'The resident; null while nobody is';
comment on column gather_link.household is 'The household';
comment on column gather_link.target is 'The dwelling or premises the row speaks of';
comment on column gather_link.decision is 'id, scored, same (as another row of the file), made (a new resident); ask; linked and parted by an official; none; unplaced (no such area)';
comment on column gather_link.score is 'What was believed, 0 to 1';
comment on column gather_link.candidates is 'Those it may be: resident, score and what each field said';
comment on column gather_link.account is 'The official who decided';
comment on column gather_link.post is 'Under which post';
comment on column gather_link.decided_at is 'When';

create table gather_person (
  county int not null,
  id uuid not null,
  area bigint not null,
  version int not null,
  household_version int,
  name text,
  pinyin text,
  birth date,
  sex text,
  citizen text collate "C",
  phone text collate "C",
  address text,
  household uuid,
  household_number text,
  primary key (county, id)
);
create index gather_person_citizen on gather_person (citizen);
create index gather_person_name on gather_person (name);
create index gather_person_pinyin on gather_person (pinyin);
create index gather_person_phone on gather_person (phone);
create index gather_person_birth on gather_person (birth);
create index gather_person_household on gather_person (household);
comment on table gather_person is 'What residents are matched by, brought up to date before each batch; ids and phones as blind indexes';
comment on column gather_person.county is 'Distribution key';
comment on column gather_person.id is 'Resident';
comment on column gather_person.area is 'Area of the resident';
comment on column gather_person.version is 'Version of the resident''s record then';
comment on column gather_person.household_version is 'Version of the household''s record then';
comment on column gather_person.name is 'Name';
comment on column gather_person.pinyin is 'Its syllables';
comment on column gather_person.birth is 'Birth date';
comment on column gather_person.sex is 'Sex';
comment on column gather_person.citizen is 'Blind index of the citizen id';
comment on column gather_person.phone is 'Blind index of the phone';
comment on column gather_person.address is 'Comparison key of the address';
comment on column gather_person.household is 'Household lived in';
comment on column gather_person.household_number is 'Its number';

create table gather_touch (
  batch int not null references gather_batch (number),
  county int not null,
  category text collate "C" not null,
  id uuid not null,
  area bigint not null,
  made boolean not null,
  before jsonb not null,
  primary key (county, batch, category, id)
);
create index gather_touch_batch on gather_touch (batch, category, id);
create index gather_touch_record on gather_touch (id);
comment on table gather_touch is 'What a batch wrote, with what stood before: by it a batch is undone';
comment on column gather_touch.batch is 'Number of the batch';
comment on column gather_touch.county is 'Distribution key';
comment on column gather_touch.category is 'Category of the record';
comment on column gather_touch.id is 'The record';
comment on column gather_touch.area is 'Its area';
comment on column gather_touch.made is 'Whether the batch made it';
comment on column gather_touch.before is 'Item to the fact that stood before, null where none did; values of encrypted groups sealed';

create index household_number on household (number);
create index housing_code on housing (code);
create index premises_credit_code on premises (credit_code);

alter table gather_batch enable row level security;
alter table gather_row enable row level security;
alter table gather_link enable row level security;
alter table gather_person enable row level security;
alter table gather_touch enable row level security;
do $$
declare name text;
begin
  foreach name in array array['resident', 'resident_file', 'resident_contact', 'resident_identity', 'resident_health',
    'resident_ethnic', 'resident_welfare', 'resident_minor', 'household', 'household_file', 'household_economy', 'housing',
    'housing_file', 'premises', 'premises_file', 'household_member', 'household_housing', 'premises_person', 'archive_change',
    'archive_claim', 'archive_token', 'area_tally', 'gather_batch', 'gather_row', 'gather_link', 'gather_person',
    'gather_touch'] loop
    execute format('create policy %I on %I for all to minqing_steward using ((select gate_kind(''gather'')))
      with check ((select gate_kind(''gather'')))', name || '_gather', name);
    execute format('grant select, insert %s on %I to minqing_steward',
      case when name = 'archive_change' then '' else ', update, delete' end, name);
  end loop;
end $$;
create policy area_gather on area for select to minqing_steward using ((select gate_kind('gather')));
grant select on area to minqing_steward;

create function erase_gathered(who uuid) returns void
language plpgsql set search_path = public
as $$
begin
  update gather_row r set name = null, pinyin = null, birth = null, sex = null, citizen = null, repairs = null, phone = null,
         address = null, household_number = null, guardian = null, guardian_phone = null, relation = null, items = '{}',
         sealed = null, faults = null, aside = null
    from gather_link l where l.resident = who and r.batch = l.batch and r.n = l.n;
  update gather_link set subject = null, area = null, resident = null, household = null, candidates = null, decision = 'none' where resident = who;
  update gather_link set candidates = (select coalesce(jsonb_agg(c), '[]') from jsonb_array_elements(candidates) c
                                        where c ->> 'resident' <> who::text)
   where candidates @> jsonb_build_array(jsonb_build_object('resident', who));
  delete from gather_touch where id = who;
  delete from gather_person where id = who;
end $$;
comment on function erase_gathered is 'Takes out of batches what departments'' rows said of a person whose file is deleted';
revoke execute on function erase_gathered from public;

alter function erase_resident(int, uuid) rename to erase_resident_file;
comment on function erase_resident_file is 'Deletes all that the archive holds of a resident; returns the files in the store that nothing names any more';
create function erase_resident(place int, who uuid) returns uuid[]
language plpgsql set search_path = public
as $$
begin
  perform erase_gathered(who);
  return erase_resident_file(place, who);
end $$;
comment on function erase_resident is 'Deletes all there is of a resident, in the archive and in what was gathered; returns the files in the store that nothing names any more. Counts and what the household shows are the caller''s';
revoke execute on function erase_resident from public;
