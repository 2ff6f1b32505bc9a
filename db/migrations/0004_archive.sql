-- The archive: five categories of record (DOMAIN.md, section 2).
-- Each category has a listing table (what lists and crumbs show) and, apart from it, one table a group of
-- items with its own policy: `file` for public, internal and personal items, and the sensitive groups.
-- A group's row holds its items as facts: {"item": {"v": value, "s": source, "d": as-of day, "a": account, "t": instant}}.
-- `county`, the first six digits of the area, leads every key: the distribution key under Citus.

create table household (
  county int not null,
  id uuid not null,
  area bigint not null,
  number text,
  address text,
  head text,
  members smallint not null default 0,
  registered smallint not null default 0,
  tags text[] not null default '{}',
  missing text[] not null default '{}',
  completeness smallint not null default 0 check (completeness between 0 and 100),
  fresh_until date,
  sort_key text collate "C" not null default '',
  version int not null default 1,
  updated_at timestamptz not null,
  primary key (county, id),
  check (county = area / 1000000000)
);
create index household_list on household (area, sort_key, id);
comment on table household is '户: a household: what lists show of it';
comment on column household.county is 'First six digits of the area: distribution key';
comment on column household.id is 'UUIDv7';
comment on column household.area is 'Code of the grid, or of the village where it has none';
comment on column household.tags is 'Tags that follow from its items';
comment on column household.missing is 'Required items without a value';
comment on column household.completeness is 'Filled of required items, per cent';
comment on column household.fresh_until is 'First day on which one of its items is past its limit; null when none has one';
comment on column household.sort_key is 'Order within the area';
comment on column household.version is 'Counts up with every edit: the ETag';
comment on column household.updated_at is 'Last change';
comment on column household.number is 'Household number 户号';
comment on column household.address is 'Address';
comment on column household.head is 'Name of the head 户主';
comment on column household.members is 'People living in it now (derived)';
comment on column household.registered is 'People registered in it (derived)';
alter table household enable row level security;
create policy household_read on household for select to minqing_server using (area >= scope_lo() and area < scope_hi());
create policy household_add on household for insert to minqing_server
  with check (area >= scope_lo() and area < scope_hi() and gate_write('list'));
create policy household_change on household for update to minqing_server
  using (area >= scope_lo() and area < scope_hi() and gate_write('list'))
  with check (area >= scope_lo() and area < scope_hi() and gate_write('list'));
grant select, insert, update on household to minqing_server;

create table household_file (
  county int not null,
  id uuid not null,
  area bigint not null,
  facts jsonb not null default '{}',
  primary key (county, id),
  foreign key (county, id) references household (county, id)
);
comment on table household_file is 'Facts of a household: public, internal and personal items';
comment on column household_file.county is 'Distribution key';
comment on column household_file.id is 'Id of the household';
comment on column household_file.area is 'Area of the household, for the policy';
comment on column household_file.facts is 'Item key to {"v","s","d","a","t"}';
alter table household_file enable row level security;
create policy household_file_read on household_file for select to minqing_server
  using (area >= scope_lo() and area < scope_hi() and (gate_open('file') or gate_subject('file', id)));
create policy household_file_add on household_file for insert to minqing_server
  with check (area >= scope_lo() and area < scope_hi() and gate_write('file'));
create policy household_file_change on household_file for update to minqing_server
  using (area >= scope_lo() and area < scope_hi() and gate_write('file'))
  with check (area >= scope_lo() and area < scope_hi() and gate_write('file'));
grant select, insert, update on household_file to minqing_server;

create table household_economy (
  county int not null,
  id uuid not null,
  area bigint not null,
  facts jsonb not null default '{}',
  primary key (county, id),
  foreign key (county, id) references household (county, id)
);
comment on table household_economy is 'Facts of a household: income and spending (sensitive)';
comment on column household_economy.county is 'Distribution key';
comment on column household_economy.id is 'Id of the household';
comment on column household_economy.area is 'Area of the household, for the policy';
comment on column household_economy.facts is 'Item key to {"v","s","d","a","t"}';
alter table household_economy enable row level security;
create policy household_economy_read on household_economy for select to minqing_server
  using (area >= scope_lo() and area < scope_hi() and (gate_open('economy') or gate_subject('economy', id)));
create policy household_economy_add on household_economy for insert to minqing_server
  with check (area >= scope_lo() and area < scope_hi() and gate_write('economy'));
create policy household_economy_change on household_economy for update to minqing_server
  using (area >= scope_lo() and area < scope_hi() and gate_write('economy'))
  with check (area >= scope_lo() and area < scope_hi() and gate_write('economy'));
grant select, insert, update on household_economy to minqing_server;

create table resident (
  county int not null,
  id uuid not null,
  area bigint not null,
  household uuid,
  relation text,
  name text not null check (name <> ''),
  sex text,
  birth date,
  residence_kind text,
  id_mask text,
  phone_mask text,
  tags text[] not null default '{}',
  missing text[] not null default '{}',
  completeness smallint not null default 0 check (completeness between 0 and 100),
  fresh_until date,
  sort_key text collate "C" not null default '',
  version int not null default 1,
  updated_at timestamptz not null,
  primary key (county, id),
  check (county = area / 1000000000)
);
create index resident_list on resident (area, sort_key, id);
comment on table resident is '居民: a resident: what lists show of it';
comment on column resident.county is 'First six digits of the area: distribution key';
comment on column resident.id is 'UUIDv7';
comment on column resident.area is 'Code of the grid, or of the village where it has none';
comment on column resident.tags is 'Tags that follow from its items';
comment on column resident.missing is 'Required items without a value';
comment on column resident.completeness is 'Filled of required items, per cent';
comment on column resident.fresh_until is 'First day on which one of its items is past its limit; null when none has one';
comment on column resident.sort_key is 'Order within the area';
comment on column resident.version is 'Counts up with every edit: the ETag';
comment on column resident.updated_at is 'Last change';
comment on column resident.household is 'The household lived in now';
comment on column resident.relation is 'Relation to its head, GB/T 4761';
comment on column resident.name is 'Name';
comment on column resident.sex is 'GB/T 2261.1';
comment on column resident.birth is 'Birth date';
comment on column resident.residence_kind is 'local, moved_in, away, abroad';
comment on column resident.id_mask is 'Citizen id with its middle hidden';
comment on column resident.phone_mask is 'Phone with its middle hidden';
alter table resident enable row level security;
create policy resident_read on resident for select to minqing_server using (area >= scope_lo() and area < scope_hi());
create policy resident_add on resident for insert to minqing_server
  with check (area >= scope_lo() and area < scope_hi() and gate_write('list'));
create policy resident_change on resident for update to minqing_server
  using (area >= scope_lo() and area < scope_hi() and gate_write('list'))
  with check (area >= scope_lo() and area < scope_hi() and gate_write('list'));
grant select, insert, update on resident to minqing_server;

create table resident_file (
  county int not null,
  id uuid not null,
  area bigint not null,
  facts jsonb not null default '{}',
  primary key (county, id),
  foreign key (county, id) references resident (county, id)
);
comment on table resident_file is 'Facts of a resident: public, internal and personal items';
comment on column resident_file.county is 'Distribution key';
comment on column resident_file.id is 'Id of the resident';
comment on column resident_file.area is 'Area of the resident, for the policy';
comment on column resident_file.facts is 'Item key to {"v","s","d","a","t"}';
alter table resident_file enable row level security;
create policy resident_file_read on resident_file for select to minqing_server
  using (area >= scope_lo() and area < scope_hi() and (gate_open('file') or gate_subject('file', id)));
create policy resident_file_add on resident_file for insert to minqing_server
  with check (area >= scope_lo() and area < scope_hi() and gate_write('file'));
create policy resident_file_change on resident_file for update to minqing_server
  using (area >= scope_lo() and area < scope_hi() and gate_write('file'))
  with check (area >= scope_lo() and area < scope_hi() and gate_write('file'));
grant select, insert, update on resident_file to minqing_server;

create table resident_contact (
  county int not null,
  id uuid not null,
  area bigint not null,
  facts jsonb not null default '{}',
  primary key (county, id),
  foreign key (county, id) references resident (county, id)
);
comment on table resident_contact is 'Facts of a resident: phones, encrypted';
comment on column resident_contact.county is 'Distribution key';
comment on column resident_contact.id is 'Id of the resident';
comment on column resident_contact.area is 'Area of the resident, for the policy';
comment on column resident_contact.facts is 'Item key to {"v","s","d","a","t"}';
alter table resident_contact enable row level security;
create policy resident_contact_read on resident_contact for select to minqing_server
  using (area >= scope_lo() and area < scope_hi() and (gate_open('contact') or gate_subject('contact', id)));
create policy resident_contact_add on resident_contact for insert to minqing_server
  with check (area >= scope_lo() and area < scope_hi() and gate_write('contact'));
create policy resident_contact_change on resident_contact for update to minqing_server
  using (area >= scope_lo() and area < scope_hi() and gate_write('contact'))
  with check (area >= scope_lo() and area < scope_hi() and gate_write('contact'));
grant select, insert, update on resident_contact to minqing_server;

create table resident_identity (
  county int not null,
  id uuid not null,
  area bigint not null,
  facts jsonb not null default '{}',
  primary key (county, id),
  foreign key (county, id) references resident (county, id)
);
comment on table resident_identity is 'Facts of a resident: identity numbers, encrypted';
comment on column resident_identity.county is 'Distribution key';
comment on column resident_identity.id is 'Id of the resident';
comment on column resident_identity.area is 'Area of the resident, for the policy';
comment on column resident_identity.facts is 'Item key to {"v","s","d","a","t"}';
alter table resident_identity enable row level security;
create policy resident_identity_read on resident_identity for select to minqing_server
  using (area >= scope_lo() and area < scope_hi() and (gate_open('identity') or gate_subject('identity', id)));
create policy resident_identity_add on resident_identity for insert to minqing_server
  with check (area >= scope_lo() and area < scope_hi() and gate_write('identity'));
create policy resident_identity_change on resident_identity for update to minqing_server
  using (area >= scope_lo() and area < scope_hi() and gate_write('identity'))
  with check (area >= scope_lo() and area < scope_hi() and gate_write('identity'));
grant select, insert, update on resident_identity to minqing_server;

create table resident_health (
  county int not null,
  id uuid not null,
  area bigint not null,
  facts jsonb not null default '{}',
  primary key (county, id),
  foreign key (county, id) references resident (county, id)
);
comment on table resident_health is 'Facts of a resident: health and disability (sensitive)';
comment on column resident_health.county is 'Distribution key';
comment on column resident_health.id is 'Id of the resident';
comment on column resident_health.area is 'Area of the resident, for the policy';
comment on column resident_health.facts is 'Item key to {"v","s","d","a","t"}';
alter table resident_health enable row level security;
create policy resident_health_read on resident_health for select to minqing_server
  using (area >= scope_lo() and area < scope_hi() and (gate_open('health') or gate_subject('health', id)));
create policy resident_health_add on resident_health for insert to minqing_server
  with check (area >= scope_lo() and area < scope_hi() and gate_write('health'));
create policy resident_health_change on resident_health for update to minqing_server
  using (area >= scope_lo() and area < scope_hi() and gate_write('health'))
  with check (area >= scope_lo() and area < scope_hi() and gate_write('health'));
grant select, insert, update on resident_health to minqing_server;

create table resident_ethnic (
  county int not null,
  id uuid not null,
  area bigint not null,
  facts jsonb not null default '{}',
  primary key (county, id),
  foreign key (county, id) references resident (county, id)
);
comment on table resident_ethnic is 'Facts of a resident: ethnic group (sensitive)';
comment on column resident_ethnic.county is 'Distribution key';
comment on column resident_ethnic.id is 'Id of the resident';
comment on column resident_ethnic.area is 'Area of the resident, for the policy';
comment on column resident_ethnic.facts is 'Item key to {"v","s","d","a","t"}';
alter table resident_ethnic enable row level security;
create policy resident_ethnic_read on resident_ethnic for select to minqing_server
  using (area >= scope_lo() and area < scope_hi() and (gate_open('ethnic') or gate_subject('ethnic', id)));
create policy resident_ethnic_add on resident_ethnic for insert to minqing_server
  with check (area >= scope_lo() and area < scope_hi() and gate_write('ethnic'));
create policy resident_ethnic_change on resident_ethnic for update to minqing_server
  using (area >= scope_lo() and area < scope_hi() and gate_write('ethnic'))
  with check (area >= scope_lo() and area < scope_hi() and gate_write('ethnic'));
grant select, insert, update on resident_ethnic to minqing_server;

create table resident_welfare (
  county int not null,
  id uuid not null,
  area bigint not null,
  facts jsonb not null default '{}',
  primary key (county, id),
  foreign key (county, id) references resident (county, id)
);
comment on table resident_welfare is 'Facts of a resident: items of civil affairs (sensitive)';
comment on column resident_welfare.county is 'Distribution key';
comment on column resident_welfare.id is 'Id of the resident';
comment on column resident_welfare.area is 'Area of the resident, for the policy';
comment on column resident_welfare.facts is 'Item key to {"v","s","d","a","t"}';
alter table resident_welfare enable row level security;
create policy resident_welfare_read on resident_welfare for select to minqing_server
  using (area >= scope_lo() and area < scope_hi() and (gate_open('welfare') or gate_subject('welfare', id)));
create policy resident_welfare_add on resident_welfare for insert to minqing_server
  with check (area >= scope_lo() and area < scope_hi() and gate_write('welfare'));
create policy resident_welfare_change on resident_welfare for update to minqing_server
  using (area >= scope_lo() and area < scope_hi() and gate_write('welfare'))
  with check (area >= scope_lo() and area < scope_hi() and gate_write('welfare'));
grant select, insert, update on resident_welfare to minqing_server;

create table resident_minor (
  county int not null,
  id uuid not null,
  area bigint not null,
  facts jsonb not null default '{}',
  primary key (county, id),
  foreign key (county, id) references resident (county, id)
);
comment on table resident_minor is 'Facts of a resident: items on those under 14';
comment on column resident_minor.county is 'Distribution key';
comment on column resident_minor.id is 'Id of the resident';
comment on column resident_minor.area is 'Area of the resident, for the policy';
comment on column resident_minor.facts is 'Item key to {"v","s","d","a","t"}';
alter table resident_minor enable row level security;
create policy resident_minor_read on resident_minor for select to minqing_server
  using (area >= scope_lo() and area < scope_hi() and (gate_open('minor') or gate_subject('minor', id)));
create policy resident_minor_add on resident_minor for insert to minqing_server
  with check (area >= scope_lo() and area < scope_hi() and gate_write('minor'));
create policy resident_minor_change on resident_minor for update to minqing_server
  using (area >= scope_lo() and area < scope_hi() and gate_write('minor'))
  with check (area >= scope_lo() and area < scope_hi() and gate_write('minor'));
grant select, insert, update on resident_minor to minqing_server;

create table housing (
  county int not null,
  id uuid not null,
  area bigint not null,
  code text,
  address text,
  use text,
  safety_grade text,
  tags text[] not null default '{}',
  missing text[] not null default '{}',
  completeness smallint not null default 0 check (completeness between 0 and 100),
  fresh_until date,
  sort_key text collate "C" not null default '',
  version int not null default 1,
  updated_at timestamptz not null,
  primary key (county, id),
  check (county = area / 1000000000)
);
create index housing_list on housing (area, sort_key, id);
comment on table housing is '住房: a dwelling: what lists show of it';
comment on column housing.county is 'First six digits of the area: distribution key';
comment on column housing.id is 'UUIDv7';
comment on column housing.area is 'Code of the grid, or of the village where it has none';
comment on column housing.tags is 'Tags that follow from its items';
comment on column housing.missing is 'Required items without a value';
comment on column housing.completeness is 'Filled of required items, per cent';
comment on column housing.fresh_until is 'First day on which one of its items is past its limit; null when none has one';
comment on column housing.sort_key is 'Order within the area';
comment on column housing.version is 'Counts up with every edit: the ETag';
comment on column housing.updated_at is 'Last change';
comment on column housing.code is 'House code';
comment on column housing.address is 'Address';
comment on column housing.use is 'own, let, idle';
comment on column housing.safety_grade is 'A to D';
alter table housing enable row level security;
create policy housing_read on housing for select to minqing_server using (area >= scope_lo() and area < scope_hi());
create policy housing_add on housing for insert to minqing_server
  with check (area >= scope_lo() and area < scope_hi() and gate_write('list'));
create policy housing_change on housing for update to minqing_server
  using (area >= scope_lo() and area < scope_hi() and gate_write('list'))
  with check (area >= scope_lo() and area < scope_hi() and gate_write('list'));
grant select, insert, update on housing to minqing_server;

create table housing_file (
  county int not null,
  id uuid not null,
  area bigint not null,
  facts jsonb not null default '{}',
  primary key (county, id),
  foreign key (county, id) references housing (county, id)
);
comment on table housing_file is 'Facts of a housing: public, internal and personal items';
comment on column housing_file.county is 'Distribution key';
comment on column housing_file.id is 'Id of the housing';
comment on column housing_file.area is 'Area of the housing, for the policy';
comment on column housing_file.facts is 'Item key to {"v","s","d","a","t"}';
alter table housing_file enable row level security;
create policy housing_file_read on housing_file for select to minqing_server
  using (area >= scope_lo() and area < scope_hi() and (gate_open('file') or gate_subject('file', id)));
create policy housing_file_add on housing_file for insert to minqing_server
  with check (area >= scope_lo() and area < scope_hi() and gate_write('file'));
create policy housing_file_change on housing_file for update to minqing_server
  using (area >= scope_lo() and area < scope_hi() and gate_write('file'))
  with check (area >= scope_lo() and area < scope_hi() and gate_write('file'));
grant select, insert, update on housing_file to minqing_server;

create table premises (
  county int not null,
  id uuid not null,
  area bigint not null,
  name text not null check (name <> ''),
  kind text,
  address text,
  credit_code text,
  state text,
  tags text[] not null default '{}',
  missing text[] not null default '{}',
  completeness smallint not null default 0 check (completeness between 0 and 100),
  fresh_until date,
  sort_key text collate "C" not null default '',
  version int not null default 1,
  updated_at timestamptz not null,
  primary key (county, id),
  check (county = area / 1000000000)
);
create index premises_list on premises (area, sort_key, id);
comment on table premises is '场所: shops, works and other premises: what lists show of it';
comment on column premises.county is 'First six digits of the area: distribution key';
comment on column premises.id is 'UUIDv7';
comment on column premises.area is 'Code of the grid, or of the village where it has none';
comment on column premises.tags is 'Tags that follow from its items';
comment on column premises.missing is 'Required items without a value';
comment on column premises.completeness is 'Filled of required items, per cent';
comment on column premises.fresh_until is 'First day on which one of its items is past its limit; null when none has one';
comment on column premises.sort_key is 'Order within the area';
comment on column premises.version is 'Counts up with every edit: the ETag';
comment on column premises.updated_at is 'Last change';
comment on column premises.name is 'Name';
comment on column premises.kind is 'Kind';
comment on column premises.address is 'Address';
comment on column premises.credit_code is 'Unified social credit code';
comment on column premises.state is 'State of the licence';
alter table premises enable row level security;
create policy premises_read on premises for select to minqing_server using (area >= scope_lo() and area < scope_hi());
create policy premises_add on premises for insert to minqing_server
  with check (area >= scope_lo() and area < scope_hi() and gate_write('list'));
create policy premises_change on premises for update to minqing_server
  using (area >= scope_lo() and area < scope_hi() and gate_write('list'))
  with check (area >= scope_lo() and area < scope_hi() and gate_write('list'));
grant select, insert, update on premises to minqing_server;

create table premises_file (
  county int not null,
  id uuid not null,
  area bigint not null,
  facts jsonb not null default '{}',
  primary key (county, id),
  foreign key (county, id) references premises (county, id)
);
comment on table premises_file is 'Facts of a premises: public, internal and personal items';
comment on column premises_file.county is 'Distribution key';
comment on column premises_file.id is 'Id of the premises';
comment on column premises_file.area is 'Area of the premises, for the policy';
comment on column premises_file.facts is 'Item key to {"v","s","d","a","t"}';
alter table premises_file enable row level security;
create policy premises_file_read on premises_file for select to minqing_server
  using (area >= scope_lo() and area < scope_hi() and (gate_open('file') or gate_subject('file', id)));
create policy premises_file_add on premises_file for insert to minqing_server
  with check (area >= scope_lo() and area < scope_hi() and gate_write('file'));
create policy premises_file_change on premises_file for update to minqing_server
  using (area >= scope_lo() and area < scope_hi() and gate_write('file'))
  with check (area >= scope_lo() and area < scope_hi() and gate_write('file'));
grant select, insert, update on premises_file to minqing_server;

create table organisation (
  county int not null,
  id uuid not null,
  area bigint not null,
  name text not null check (name <> ''),
  kind text,
  head text,
  next_election date,
  tags text[] not null default '{}',
  missing text[] not null default '{}',
  completeness smallint not null default 0 check (completeness between 0 and 100),
  fresh_until date,
  sort_key text collate "C" not null default '',
  version int not null default 1,
  updated_at timestamptz not null,
  primary key (county, id),
  check (county = area / 1000000000)
);
create index organisation_list on organisation (area, sort_key, id);
comment on table organisation is '组织: committees, groups, teams: what lists show of it';
comment on column organisation.county is 'First six digits of the area: distribution key';
comment on column organisation.id is 'UUIDv7';
comment on column organisation.area is 'Code of the grid, or of the village where it has none';
comment on column organisation.tags is 'Tags that follow from its items';
comment on column organisation.missing is 'Required items without a value';
comment on column organisation.completeness is 'Filled of required items, per cent';
comment on column organisation.fresh_until is 'First day on which one of its items is past its limit; null when none has one';
comment on column organisation.sort_key is 'Order within the area';
comment on column organisation.version is 'Counts up with every edit: the ETag';
comment on column organisation.updated_at is 'Last change';
comment on column organisation.name is 'Name';
comment on column organisation.kind is 'Kind';
comment on column organisation.head is 'Head';
comment on column organisation.next_election is 'Next election';
alter table organisation enable row level security;
create policy organisation_read on organisation for select to minqing_server using (area >= scope_lo() and area < scope_hi());
create policy organisation_add on organisation for insert to minqing_server
  with check (area >= scope_lo() and area < scope_hi() and gate_write('list'));
create policy organisation_change on organisation for update to minqing_server
  using (area >= scope_lo() and area < scope_hi() and gate_write('list'))
  with check (area >= scope_lo() and area < scope_hi() and gate_write('list'));
grant select, insert, update on organisation to minqing_server;

create table organisation_file (
  county int not null,
  id uuid not null,
  area bigint not null,
  facts jsonb not null default '{}',
  primary key (county, id),
  foreign key (county, id) references organisation (county, id)
);
comment on table organisation_file is 'Facts of a organisation: public, internal and personal items';
comment on column organisation_file.county is 'Distribution key';
comment on column organisation_file.id is 'Id of the organisation';
comment on column organisation_file.area is 'Area of the organisation, for the policy';
comment on column organisation_file.facts is 'Item key to {"v","s","d","a","t"}';
alter table organisation_file enable row level security;
create policy organisation_file_read on organisation_file for select to minqing_server
  using (area >= scope_lo() and area < scope_hi() and (gate_open('file') or gate_subject('file', id)));
create policy organisation_file_add on organisation_file for insert to minqing_server
  with check (area >= scope_lo() and area < scope_hi() and gate_write('file'));
create policy organisation_file_change on organisation_file for update to minqing_server
  using (area >= scope_lo() and area < scope_hi() and gate_write('file'))
  with check (area >= scope_lo() and area < scope_hi() and gate_write('file'));
grant select, insert, update on organisation_file to minqing_server;

create table household_member (
  county int not null,
  area bigint not null,
  household uuid not null,
  resident uuid not null,
  relation text,
  registered boolean not null default true,
  lives boolean not null default true,
  since date,
  until date,
  primary key (county, household, resident),
  foreign key (county, household) references household (county, id),
  foreign key (county, resident) references resident (county, id)
);
create index household_member_resident on household_member (resident);
create index household_member_household on household_member (household);
comment on table household_member is 'Who lives or is registered in which household, in what relation to its head';
comment on column household_member.county is 'Distribution key';
comment on column household_member.area is 'Area, for the policy';
comment on column household_member.household is 'Household';
comment on column household_member.resident is 'Resident';
comment on column household_member.relation is 'GB/T 4761';
comment on column household_member.registered is 'Registered there (户籍)';
comment on column household_member.lives is 'Lives there';
comment on column household_member.since is 'From when; null when not known';
comment on column household_member.until is 'Last day; null while it holds';
alter table household_member enable row level security;
create policy household_member_read on household_member for select to minqing_server using (area >= scope_lo() and area < scope_hi());
create policy household_member_add on household_member for insert to minqing_server
  with check (area >= scope_lo() and area < scope_hi() and gate_write('list'));
create policy household_member_change on household_member for update to minqing_server
  using (area >= scope_lo() and area < scope_hi() and gate_write('list'))
  with check (area >= scope_lo() and area < scope_hi() and gate_write('list'));
grant select, insert, update on household_member to minqing_server;

create table household_housing (
  county int not null,
  area bigint not null,
  household uuid not null,
  housing uuid not null,
  kind text not null check (kind in ('lives', 'owns', 'rents')),
  since date,
  until date,
  primary key (county, household, housing, kind),
  foreign key (county, household) references household (county, id),
  foreign key (county, housing) references housing (county, id)
);
create index household_housing_housing on household_housing (housing);
create index household_housing_household on household_housing (household);
comment on table household_housing is 'Which household lives in, owns or rents which dwelling';
comment on column household_housing.county is 'Distribution key';
comment on column household_housing.area is 'Area, for the policy';
comment on column household_housing.household is 'Household';
comment on column household_housing.housing is 'Dwelling';
comment on column household_housing.kind is 'lives, owns, rents';
comment on column household_housing.since is 'From when; null when not known';
comment on column household_housing.until is 'Last day; null while it holds';
alter table household_housing enable row level security;
create policy household_housing_read on household_housing for select to minqing_server using (area >= scope_lo() and area < scope_hi());
create policy household_housing_add on household_housing for insert to minqing_server
  with check (area >= scope_lo() and area < scope_hi() and gate_write('list'));
create policy household_housing_change on household_housing for update to minqing_server
  using (area >= scope_lo() and area < scope_hi() and gate_write('list'))
  with check (area >= scope_lo() and area < scope_hi() and gate_write('list'));
grant select, insert, update on household_housing to minqing_server;

create table premises_person (
  county int not null,
  area bigint not null,
  premises uuid not null,
  resident uuid not null,
  role text not null check (role in ('legal_person', 'operator')),
  since date,
  until date,
  primary key (county, premises, resident, role),
  foreign key (county, premises) references premises (county, id),
  foreign key (county, resident) references resident (county, id)
);
create index premises_person_resident on premises_person (resident);
create index premises_person_premises on premises_person (premises);
comment on table premises_person is 'Who runs which premises';
comment on column premises_person.county is 'Distribution key';
comment on column premises_person.area is 'Area, for the policy';
comment on column premises_person.premises is 'Premises';
comment on column premises_person.resident is 'Resident';
comment on column premises_person.role is 'legal_person, operator';
comment on column premises_person.since is 'From when; null when not known';
comment on column premises_person.until is 'Last day; null while it holds';
alter table premises_person enable row level security;
create policy premises_person_read on premises_person for select to minqing_server using (area >= scope_lo() and area < scope_hi());
create policy premises_person_add on premises_person for insert to minqing_server
  with check (area >= scope_lo() and area < scope_hi() and gate_write('list'));
create policy premises_person_change on premises_person for update to minqing_server
  using (area >= scope_lo() and area < scope_hi() and gate_write('list'))
  with check (area >= scope_lo() and area < scope_hi() and gate_write('list'));
grant select, insert, update on premises_person to minqing_server;

create table archive_change (
  county int not null,
  id uuid not null,
  area bigint not null,
  at timestamptz not null,
  category text not null,
  subject uuid not null,
  household uuid,
  kind text not null check (kind in ('created', 'changed', 'conflict', 'linked', 'unlinked')),
  item text,
  item_group text not null,
  before jsonb,
  after jsonb,
  account uuid,
  post uuid,
  reason text,
  primary key (county, id)
);
create index archive_change_subject on archive_change (subject, id desc);
create index archive_change_household on archive_change (household, id desc) where household is not null;
comment on table archive_change is 'Every change to the archive with the fact that stood before; append-only (DESIGN.md, rule 5)';
comment on column archive_change.county is 'Distribution key';
comment on column archive_change.id is 'UUIDv7, in the order of time';
comment on column archive_change.area is 'Area of the record then';
comment on column archive_change.at is 'When';
comment on column archive_change.category is 'Category of the record';
comment on column archive_change.subject is 'Id of the record';
comment on column archive_change.household is 'Household whose timeline shows it';
comment on column archive_change.kind is 'created, changed, conflict, linked, unlinked';
comment on column archive_change.item is 'Item changed; null for the record as a whole';
comment on column archive_change.item_group is 'Group of the item: its policy';
comment on column archive_change.before is 'Fact before';
comment on column archive_change.after is 'Fact after, or what was linked';
comment on column archive_change.account is 'Who';
comment on column archive_change.post is 'Under which post';
comment on column archive_change.reason is 'Why';
alter table archive_change enable row level security;
create policy archive_change_read on archive_change for select to minqing_server
  using (area >= scope_lo() and area < scope_hi()
    and (gate_open(item_group) or gate_subject(item_group, subject) or gate_subject(item_group, household)));
create policy archive_change_add on archive_change for insert to minqing_server
  with check (area >= scope_lo() and area < scope_hi() and account = gate_account() and gate_write(item_group));
grant select, insert on archive_change to minqing_server;

create table archive_claim (
  county int not null,
  id uuid not null,
  area bigint not null,
  category text not null,
  subject uuid not null,
  item text not null,
  item_group text not null,
  fact jsonb not null,
  account uuid,
  reason text,
  at timestamptz not null,
  primary key (county, id),
  unique (county, subject, item)
);
create index archive_claim_subject on archive_claim (subject);
comment on table archive_claim is 'Values that stand beside the one in force: an official''s edit against an authoritative source';
comment on column archive_claim.county is 'Distribution key';
comment on column archive_claim.id is 'UUIDv7';
comment on column archive_claim.area is 'Area of the record';
comment on column archive_claim.category is 'Category of the record';
comment on column archive_claim.subject is 'Id of the record';
comment on column archive_claim.item is 'Item in question';
comment on column archive_claim.item_group is 'Group of the item: its policy';
comment on column archive_claim.fact is 'The value claimed, as a fact';
comment on column archive_claim.account is 'Who claims it';
comment on column archive_claim.reason is 'Why';
comment on column archive_claim.at is 'When';
alter table archive_claim enable row level security;
create policy archive_claim_read on archive_claim for select to minqing_server
  using (area >= scope_lo() and area < scope_hi() and (gate_open(item_group) or gate_subject(item_group, subject)));
create policy archive_claim_add on archive_claim for insert to minqing_server
  with check (area >= scope_lo() and area < scope_hi() and gate_write(item_group));
create policy archive_claim_change on archive_claim for update to minqing_server
  using (area >= scope_lo() and area < scope_hi() and gate_write(item_group))
  with check (area >= scope_lo() and area < scope_hi() and gate_write(item_group));
grant select, insert, update on archive_claim to minqing_server;

create table archive_token (
  token text collate "C" not null,
  area bigint not null,
  id uuid not null,
  county int not null
);
create index archive_token_find on archive_token (token, area, id);
comment on table archive_token is 'Inverted index of search and filters: only equality on token, so that row security and the index work together (STACK.md)';
comment on column archive_token.token is 'Part of a name, pinyin, initials, address, tag or gap; phones and ids only as keyed hashes';
comment on column archive_token.area is 'Area of the record';
comment on column archive_token.id is 'Id of the record';
comment on column archive_token.county is 'Distribution key';
alter table archive_token enable row level security;
create policy archive_token_read on archive_token for select to minqing_server using (area >= scope_lo() and area < scope_hi());
create policy archive_token_add on archive_token for insert to minqing_server
  with check (area >= scope_lo() and area < scope_hi() and gate_write('list'));
create policy archive_token_drop on archive_token for delete to minqing_server
  using (area >= scope_lo() and area < scope_hi() and gate_write('list'));
grant select, insert, delete on archive_token to minqing_server;

create table area_tally (
  county int not null,
  area bigint not null,
  measure text collate "C" not null,
  n int not null,
  primary key (county, area, measure)
);
create index area_tally_measure on area_tally (measure, area) include (n);
comment on table area_tally is 'Kept counts by grid, so that wide counts read a few rows and not all records; written by the same transaction as the records';
comment on column area_tally.county is 'Distribution key';
comment on column area_tally.area is 'Grid, or village without one';
comment on column area_tally.measure is 'resident, household …, tag:resident:lives_alone, missing:resident:phone, completeness:resident (sum of per cents)';
comment on column area_tally.n is 'The count';
alter table area_tally enable row level security;
create policy area_tally_read on area_tally for select to minqing_server using (area >= scope_lo() and area < scope_hi());
create policy area_tally_add on area_tally for insert to minqing_server
  with check (area >= scope_lo() and area < scope_hi() and gate_write('list'));
create policy area_tally_change on area_tally for update to minqing_server
  using (area >= scope_lo() and area < scope_hi() and gate_write('list'))
  with check (area >= scope_lo() and area < scope_hi() and gate_write('list'));
grant select, insert, update on area_tally to minqing_server;
