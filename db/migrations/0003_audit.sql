-- The record of what was seen and done (DESIGN.md, rule 6). The server may add and, for the auditor, read; nobody may change.

create table audit_entry (
  id uuid primary key,
  at timestamptz not null,
  account uuid,
  post uuid,
  role text,
  action text not null,
  category text,
  subject uuid,
  item text,
  area bigint,
  purpose text,
  detail text
);
create index audit_entry_at on audit_entry (at desc, id);
create index audit_entry_subject on audit_entry (subject, at desc) where subject is not null;
create index audit_entry_account on audit_entry (account, at desc);
comment on table audit_entry is 'Who saw or did what, when, under which post, for what purpose; append-only';
comment on column audit_entry.id is 'UUIDv7';
comment on column audit_entry.at is 'When';
comment on column audit_entry.account is 'Who; null for a sign-in with an unknown name';
comment on column audit_entry.post is 'Under which post';
comment on column audit_entry.role is 'Role of that post';
comment on column audit_entry.action is 'sign_in, sign_in_refused, sign_out, switch_post, open_file, reveal, edit, create, …';
comment on column audit_entry.category is 'Category of the record concerned';
comment on column audit_entry.subject is 'Id of the record concerned';
comment on column audit_entry.item is 'Item concerned';
comment on column audit_entry.area is 'Area of the record concerned, or of the post';
comment on column audit_entry.purpose is 'Key in the catalogue of purposes';
comment on column audit_entry.detail is 'Further words; never a resident''s data';

alter table audit_entry enable row level security;
create policy audit_entry_add on audit_entry for insert to minqing_server
  with check (account is not distinct from gate_account());
create policy audit_entry_read on audit_entry for select to minqing_server
  using (gate_admin('audit') and (area is null or (area >= admin_lo() and area < admin_hi())));
grant insert, select on audit_entry to minqing_server;

create function gate_note_refusal(who uuid, at timestamptz) returns void
language sql security definer set search_path = public
as $$ insert into audit_entry (id, at, account, action) values (uuidv7(), at, who, 'sign_in_refused') $$;
comment on function gate_note_refusal is 'Puts a refused sign-in on record, before there is an actor';
revoke execute on function gate_note_refusal from public;
grant execute on function gate_note_refusal to minqing_server;

create table request_receipt (
  account uuid not null references account (id),
  key text collate "C" not null,
  fingerprint bytea not null,
  status smallint not null,
  headers text not null,
  body bytea not null,
  at timestamptz not null,
  primary key (account, key)
);
create index request_receipt_at on request_receipt (at);
comment on table request_receipt is 'First answers to writing calls, so that a replay with the same Idempotency-Key is answered alike';
comment on column request_receipt.account is 'Who called';
comment on column request_receipt.key is 'Idempotency-Key';
comment on column request_receipt.fingerprint is 'Hash of method, path and body: another request under the same key is refused';
comment on column request_receipt.status is 'HTTP status answered';
comment on column request_receipt.headers is 'ETag and Location answered, as JSON';
comment on column request_receipt.body is 'Body answered, encrypted';
comment on column request_receipt.at is 'When; kept for a week';
alter table request_receipt enable row level security;
create policy request_receipt_own on request_receipt to minqing_server
  using (account = gate_account()) with check (account = gate_account());
grant select, insert, delete on request_receipt to minqing_server;

create table draft (
  account uuid not null references account (id),
  key text collate "C" not null,
  body bytea not null,
  updated_at timestamptz not null,
  primary key (account, key)
);
comment on table draft is 'Forms not yet handed in; only their writer sees them';
comment on column draft.account is 'Writer';
comment on column draft.key is 'Which form: category and record';
comment on column draft.body is 'What was typed, encrypted';
comment on column draft.updated_at is 'Last saved';
alter table draft enable row level security;
create policy draft_own on draft to minqing_server using (account = gate_account()) with check (account = gate_account());
grant select, insert, update, delete on draft to minqing_server;
