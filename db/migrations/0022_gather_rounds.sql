-- Files that arrive together are merged together: each record is read once and written once, whatever many of them speak
-- of it. Households that a register brings have their ids before they stand in the archive.

create table gather_home (
  county int not null,
  number text not null,
  id uuid not null,
  place bigint not null,
  batch int not null references gather_batch (number),
  primary key (county, number, batch)
);
create index gather_home_number on gather_home (number);
create index gather_home_id on gather_home (id);
comment on table gather_home is 'Households that a batch brings and that are not yet in the archive; empty when it is merged';
comment on column gather_home.county is 'Distribution key';
comment on column gather_home.number is 'Household number';
comment on column gather_home.id is 'The household to be';
comment on column gather_home.place is 'Area of the first row that names it';
comment on column gather_home.batch is 'Number of the batch that brings it';

create table gather_unit (
  batch int not null references gather_batch (number),
  id uuid not null,
  county int not null,
  primary key (batch, id)
);
comment on table gather_unit is 'What is still to be merged: households, or residents without one, of whom batches gathered together speak';
comment on column gather_unit.batch is 'Number of the first of these batches';
comment on column gather_unit.id is 'The household, or the resident';
comment on column gather_unit.county is 'Its county';

-- A batch writes millions of links: only what is looked for has an index. Whose official is asked stands in rows that ask.
drop index gather_link_household, gather_link_target, gather_link_batch;
create index gather_link_candidates on gather_link using gin (candidates jsonb_path_ops) where candidates is not null;
drop index gather_touch_batch;
comment on column gather_link.area is 'Of a row that is asked about: area of the likeliest candidate, whose official is asked';
comment on column gather_link.subject is 'Of a row that is asked about: the likeliest candidate';
comment on table gather_touch is 'Records that a batch made, and values that stood before those it wrote: by it a batch is undone';
comment on column gather_touch.before is 'Item to the fact that stood before, where one did; values of encrypted groups sealed';

alter table gather_home enable row level security;
alter table gather_unit enable row level security;
create policy gather_home_gather on gather_home for all to minqing_steward using ((select gate_kind('gather')))
  with check ((select gate_kind('gather')));
create policy gather_unit_gather on gather_unit for all to minqing_steward using ((select gate_kind('gather')))
  with check ((select gate_kind('gather')));
grant select, insert, update, delete on gather_home, gather_unit to minqing_steward;
-- Tables that were just filled have no statistics, and plans made without them go through all of a table for each row.
grant maintain on gather_row, gather_link, gather_person, gather_home, gather_unit to minqing_steward;
