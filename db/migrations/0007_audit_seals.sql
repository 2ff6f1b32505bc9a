-- The record of every look, grown up: partitioned by month, with a county as distribution key, a kind of act,
-- the order in which transactions wrote, and seals over it (features/audit/README.md).

-- Numbers of transactions only grow, and a transaction has one: whatever was written by a number below the
-- oldest one still running can neither grow nor shrink any more. That is how the sealing job knows what is complete.
create function audit_order() returns bigint language sql volatile parallel unsafe
  return pg_current_xact_id()::text::bigint;
comment on function audit_order is 'Number of the writing transaction; a database loaded from a copy counts on from where its record ends (features/audit/order.ts)';

create function audit_horizon() returns bigint language sql stable parallel safe
  return pg_snapshot_xmin(pg_current_snapshot())::text::bigint;
comment on function audit_horizon is 'Every transaction below this number has ended: what it wrote is all there';
revoke execute on function audit_order, audit_horizon from public;
grant execute on function audit_order to minqing_server;

alter table audit_entry rename to audit_entry_before;

create table audit_entry (
  county int not null default 0,
  id uuid not null,
  at timestamptz not null,
  xid bigint not null default audit_order(),
  account uuid,
  post uuid,
  role text,
  kind text not null default 'session' check (kind in ('look', 'change', 'session', 'account', 'job', 'reading', 'refusal')),
  action text not null,
  category text,
  subject uuid,
  item text,
  area bigint,
  purpose text,
  operation text,
  detail text,
  times int not null default 1 check (times > 0),
  check (county = coalesce(area, 0) / 1000000000)
) partition by range (at);

-- What no month's partition takes (features/audit/months.ts makes those ahead of time).
create table audit_entry_other partition of audit_entry default;
alter table audit_entry_other enable row level security;

insert into audit_entry (county, id, at, account, post, role, kind, action, category, subject, item, area, purpose, detail)
select coalesce(area, 0) / 1000000000, id, at, account, post, role,
       case when action in ('open_file', 'reveal') then 'look'
            when action in ('create', 'edit', 'linked', 'unlinked') then 'change'
            when action = 'sign_in_refused' then 'refusal'
            when action in ('add_account', 'restore_account', 'withdraw_account', 'add_post', 'end_post') then 'account'
            else 'session' end,
       action, category, subject, item, area, purpose, detail
  from audit_entry_before;
drop table audit_entry_before;

alter table audit_entry add primary key (county, at, id);
create index audit_entry_at on audit_entry (at desc, id desc);
create index audit_entry_subject on audit_entry (subject, at desc, id desc) where subject is not null;
create index audit_entry_account on audit_entry (account, at desc);
create index audit_entry_xid on audit_entry (xid);

comment on table audit_entry is 'Who saw or did what, when, under which post, for what purpose; append-only, partitioned by month';
comment on column audit_entry.county is 'First six digits of the area, 0 without one: distribution key';
comment on column audit_entry.id is 'UUIDv7';
comment on column audit_entry.at is 'When';
comment on column audit_entry.xid is 'Number of the writing transaction: the order in which entries are sealed';
comment on column audit_entry.account is 'Who; null for a sign-in with an unknown name and for the command line';
comment on column audit_entry.post is 'Under which post';
comment on column audit_entry.role is 'Role of that post';
comment on column audit_entry.kind is 'look, change, session, account, job, reading (of the record itself), refusal';
comment on column audit_entry.action is 'What was done: a key of features/audit/actions.ts';
comment on column audit_entry.category is 'Category of the record concerned';
comment on column audit_entry.subject is 'Id of the record concerned';
comment on column audit_entry.item is 'Item concerned';
comment on column audit_entry.area is 'Area of the record concerned, or of the post';
comment on column audit_entry.purpose is 'Key in the catalogue of purposes';
comment on column audit_entry.operation is 'Operation of the API that was refused';
comment on column audit_entry.detail is 'Why it was refused, or further words; never a resident''s data';
comment on column audit_entry.times is 'How often: a refusal repeated within a minute is counted, not repeated';

alter table audit_entry enable row level security;
create policy audit_entry_add on audit_entry for insert to minqing_server
  with check (account is not distinct from gate_account());
create policy audit_entry_read on audit_entry for select to minqing_server
  using (gate_admin('audit') and (area is null or (area >= admin_lo() and area < admin_hi())));
-- 谁看过: whose post covers a file may know who opened or changed it; sign-ins, refusals and the auditor's reading stay with the auditor.
create policy audit_entry_looks on audit_entry for select to minqing_server
  using (area >= scope_lo() and area < scope_hi() and subject is not null and kind in ('look', 'change'));
grant select on audit_entry to minqing_server;
-- Not `xid`: nobody but the database says in which transaction an entry was written.
grant insert (county, id, at, account, post, role, kind, action, category, subject, item, area, purpose, operation, detail, times)
  on audit_entry to minqing_server;

drop function gate_note_refusal(uuid, timestamptz);
create function gate_note_refused(who uuid, acting uuid, acting_role text, place bigint, at timestamptz, what text, of_category text,
  of_subject uuid, of_item text, for_purpose text, called text, why text, n int) returns void
language sql security definer set search_path = public
as $$ insert into audit_entry (county, id, at, account, post, role, kind, action, category, subject, item, area, purpose, operation, detail, times)
      values (coalesce(place, 0) / 1000000000, uuidv7(), gate_note_refused.at, who, acting, acting_role, 'refusal', what, of_category,
              of_subject, of_item, place, for_purpose, called, why, n) $$;
comment on function gate_note_refused is 'Puts a refusal on record: outside the refused transaction, and also where there is no session (yet, or any more)';

create function gate_post_names(wanted uuid[]) returns table (id uuid, role text, department text, code text, area text)
language sql stable security definer set search_path = public
as $$ select p.id, p.role, p.department, r.code, r.name from post p join area r on r.code = p.area
       where p.id = any (wanted) and gate_account() is not null $$;
comment on function gate_post_names is 'Role and area of posts that stand in the record: officials act in public';

create table audit_seal (
  number bigint primary key check (number > 0),
  sealed_at timestamptz not null,
  from_xid bigint not null,
  upto_xid bigint not null,
  entries int not null check (entries > 0),
  total bigint not null,
  late int not null default 0,
  previous bytea not null,
  hash bytea not null,
  mac bytea not null,
  marks bytea not null,
  check (from_xid < upto_xid)
);
alter table audit_seal alter column marks set storage external;
comment on table audit_seal is 'Seals over the record: each binds a batch of entries and the seal before it; append-only';
comment on column audit_seal.number is '1, 2, 3 … without a gap';
comment on column audit_seal.sealed_at is 'When';
comment on column audit_seal.from_xid is 'First transaction of the batch: where the seal before it ended';
comment on column audit_seal.upto_xid is 'First transaction after the batch';
comment on column audit_seal.entries is 'How many entries it binds';
comment on column audit_seal.total is 'How many entries all seals up to this one bind';
comment on column audit_seal.late is 'Entries that claim to be older than the seal before: written after the fact';
comment on column audit_seal.previous is 'Hash of the seal before it';
comment on column audit_seal.hash is 'SHA-256 over the seal, the marks and the entries (features/audit/seal/batch.ts)';
comment on column audit_seal.mac is 'HMAC of the hash with a key that is not in the database';
comment on column audit_seal.marks is 'Id and short hash of each entry, 24 bytes: names the entry that was touched';
alter table audit_seal enable row level security;
create policy audit_seal_read on audit_seal for select to minqing_server using (gate_admin('audit'));
grant select on audit_seal to minqing_server;

create table audit_check (
  id uuid primary key,
  at timestamptz not null,
  first_seal bigint,
  last_seal bigint,
  entries bigint not null,
  unsealed bigint not null,
  milliseconds int not null,
  witnessed boolean not null,
  finding jsonb
);
comment on table audit_check is 'Verifications of the seals and what they found';
comment on column audit_check.id is 'UUIDv7';
comment on column audit_check.at is 'When';
comment on column audit_check.first_seal is 'First seal looked at; null when there was none';
comment on column audit_check.last_seal is 'Last seal looked at';
comment on column audit_check.entries is 'Entries looked at';
comment on column audit_check.unsealed is 'Entries not yet sealed at that time';
comment on column audit_check.milliseconds is 'How long it took';
comment on column audit_check.witnessed is 'Whether a witness file was compared';
comment on column audit_check.finding is 'The first thing found wrong; null when all was whole';
create index audit_check_at on audit_check (at desc);
alter table audit_check enable row level security;
create policy audit_check_read on audit_check for select to minqing_server using (gate_admin('audit'));
grant select on audit_check to minqing_server;

create table audit_retired (
  through bigint primary key,
  upto_xid bigint not null,
  total bigint not null,
  hash bytea not null,
  before timestamptz not null,
  at timestamptz not null,
  mac bytea not null
);
comment on table audit_retired is 'Where the record begins since older months were removed at the end of their retention (three years at least)';
comment on column audit_retired.through is 'Last seal whose entries were removed';
comment on column audit_retired.upto_xid is 'First transaction after it';
comment on column audit_retired.total is 'Entries removed so far';
comment on column audit_retired.hash is 'Its hash, on which the next seal rests';
comment on column audit_retired.before is 'All entries removed are older than this';
comment on column audit_retired.at is 'When they were removed';
comment on column audit_retired.mac is 'HMAC with the key of the installation: a removal without it is found';
alter table audit_retired enable row level security;
create policy audit_retired_read on audit_retired for select to minqing_server using (gate_admin('audit'));
grant select on audit_retired to minqing_server;

create function gate_unsealed() returns table (entries bigint, oldest timestamptz)
language sql stable security definer set search_path = public
as $$ select count(*), min(e.at) from audit_entry e
       where (gate_admin('audit') or gate_admin('system'))
         and e.xid >= coalesce((select upto_xid from audit_seal order by number desc limit 1), 0) $$;
comment on function gate_unsealed is 'How many entries wait for their seal, and since when; for administrators';

create function gate_relatives(from_at timestamptz, to_at timestamptz)
returns table (account uuid, category text, subject uuid, area bigint, tie text, looks bigint, first_at timestamptz, last_at timestamptz)
language sql stable security definer set search_path = public
as $$
  with opened as (
    select e.account, a.name, e.category, e.subject, e.county, min(e.area) as area, sum(e.times) as looks, min(e.at) as first_at, max(e.at) as last_at
      from audit_entry e join account a on a.id = e.account
     where gate_admin('audit') and e.at >= from_at and e.at < to_at and e.area >= admin_lo() and e.area < admin_hi()
       and e.kind = 'look' and e.subject is not null and e.category in ('resident', 'household')
     group by e.account, a.name, e.category, e.subject, e.county)
  select o.account, o.category, o.subject, o.area, t.tie, o.looks, o.first_at, o.last_at
    from opened o
    left join resident r on o.category = 'resident' and r.county = o.county and r.id = o.subject
   cross join lateral (select case
     when r.name = o.name then 'same_name'
     when exists (select from household_member m join resident x on x.county = m.county and x.id = m.resident
                   where m.county = o.county and m.household = coalesce(r.household, o.subject) and m.until is null and x.name = o.name)
     then 'same_household' end as tie) t
   where t.tie is not null
$$;
comment on function gate_relatives is 'Files opened by an official of the same name, or of a household where somebody of that name lives: which, never whose';

revoke execute on function gate_note_refused, gate_post_names, gate_unsealed, gate_relatives from public;
grant execute on function gate_note_refused, gate_post_names, gate_unsealed, gate_relatives to minqing_server;
