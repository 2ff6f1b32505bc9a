-- Copies of papers kept with a record: identity cards, deeds, photos. The content lies encrypted in the store of
-- files (server/files) under the key `files`; here stands what it is, and the policy of its group guards both.

create table document (
  county int not null,
  id uuid not null,
  area bigint not null,
  category text not null check (category in ('resident', 'household', 'housing')),
  subject uuid not null,
  kind text collate "C" not null,
  item_group text not null,
  title text,
  taken_on date,
  media_type text not null,
  size int not null check (size > 0),
  sha256 bytea not null,
  pages jsonb not null,
  files uuid not null,
  series uuid not null,
  version int not null check (version > 0),
  single boolean not null,
  uploaded_at timestamptz not null,
  uploaded_by uuid not null,
  post uuid,
  retired_at timestamptz,
  retired_by uuid,
  retired_reason text,
  primary key (county, id),
  unique (county, series, version),
  check (county = area / 1000000000),
  check ((version = 1) = (series = id)),
  check ((retired_at is null) = (retired_reason is null))
);
create index document_subject on document (subject, id);
create index document_files on document (files);
-- Two at once cannot both be the first of a kind of which there is one.
create unique index document_single on document (county, subject, kind)
  where single and version = 1 and retired_at is null;
comment on table document is 'Copies of papers kept with a record; a new version is a row of its own, none is overwritten';
comment on column document.county is 'Distribution key';
comment on column document.id is 'UUIDv7, made by whoever uploads';
comment on column document.area is 'Area of the record, for the policy';
comment on column document.category is 'Category of the record';
comment on column document.subject is 'Id of the record';
comment on column document.kind is 'Kind, of packs/archive/documents.yaml';
comment on column document.item_group is 'Group of the kind: its policy';
comment on column document.title is 'What tells it from others of its kind';
comment on column document.taken_on is 'Day of the paper, as far as known';
comment on column document.media_type is 'What it is by its content';
comment on column document.size is 'Bytes of the original';
comment on column document.sha256 is 'Hash of the original';
comment on column document.pages is 'Width and height of each page drawn: [[1240, 1754], …]';
comment on column document.files is 'Its files in the store: documents/<files>/original, thumbnail, p1, p2 …';
comment on column document.series is 'Id of its first version';
comment on column document.version is '1, 2, …: the highest of a series is in force';
comment on column document.single is 'Of this kind a record has one';
comment on column document.uploaded_at is 'When';
comment on column document.uploaded_by is 'By whom';
comment on column document.post is 'Under which post';
comment on column document.retired_at is 'When the series was taken out of use; null while it is in use';
comment on column document.retired_by is 'By whom';
comment on column document.retired_reason is 'Why';

alter table document enable row level security;
-- A sealed group opens for one record, whose list names its documents, or for one document, which is then shown.
create policy document_read on document for select to minqing_server
  using (area >= scope_lo() and area < scope_hi()
    and (gate_open(item_group) or gate_subject(item_group, subject) or gate_subject(item_group, id)));
create policy document_add on document for insert to minqing_server
  with check (area >= scope_lo() and area < scope_hi() and gate_write(item_group) and uploaded_by = gate_account());
create policy document_retire on document for update to minqing_server
  using (area >= scope_lo() and area < scope_hi() and gate_write(item_group))
  with check (area >= scope_lo() and area < scope_hi() and gate_write(item_group) and retired_by = gate_account());
grant select, insert on document to minqing_server;
grant update (retired_at, retired_by, retired_reason) on document to minqing_server;

create policy document_sweep on document for select to minqing_steward using (gate_kind('documents.sweep'));
grant select (files) on document to minqing_steward;
