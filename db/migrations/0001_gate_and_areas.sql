-- The gate's settings and the tree of areas (DESIGN.md, rules 2 and 3).
-- A request's transaction sets with SET LOCAL:
--   minqing.account   the account acting
--   minqing.post      the post it acts under
--   minqing.lo, .hi   the half-open range of area codes of that post; unset: no rows
--   minqing.open      groups of items open to the role, as ',file,health,'
--   minqing.reveal    groups the role may open for one subject under a purpose
--   minqing.subject   that subject or those few subjects, as '{uuid,…}'
--   minqing.write     groups the role may write, as ',list,file,'
--   minqing.admin     'system', 'security' or 'audit' for the three administrators
--   minqing.admin_lo, .admin_hi   the range of areas an administrator serves

create function scope_lo() returns bigint language sql stable parallel safe
  return nullif(current_setting('minqing.lo', true), '')::bigint;
comment on function scope_lo is 'Lowest area code of the acting post; null without a post, so that nothing is seen';

create function scope_hi() returns bigint language sql stable parallel safe
  return nullif(current_setting('minqing.hi', true), '')::bigint;
comment on function scope_hi is 'First area code above the acting post''s range; null without a post';

create function admin_lo() returns bigint language sql stable parallel safe
  return nullif(current_setting('minqing.admin_lo', true), '')::bigint;
comment on function admin_lo is 'Lowest area code an administrator serves';

create function admin_hi() returns bigint language sql stable parallel safe
  return nullif(current_setting('minqing.admin_hi', true), '')::bigint;
comment on function admin_hi is 'First area code above the range an administrator serves';

create function gate_account() returns uuid language sql stable parallel safe
  return nullif(current_setting('minqing.account', true), '')::uuid;
comment on function gate_account is 'The account acting; null before sign-in';

create function gate_admin(kind text) returns boolean language sql stable parallel safe
  return coalesce(current_setting('minqing.admin', true), '') = kind;
comment on function gate_admin is 'Whether the acting post is that of the named administrator: system, security or audit';

create function gate_open(item_group text) returns boolean language sql stable parallel safe
  return position(',' || item_group || ',' in coalesce(current_setting('minqing.open', true), '')) > 0;
comment on function gate_open is 'Whether the role may read the group of items without further ado';

create function gate_subject(item_group text, subject uuid) returns boolean language sql stable parallel safe
  return position(',' || item_group || ',' in coalesce(current_setting('minqing.reveal', true), '')) > 0
     and subject = any (nullif(current_setting('minqing.subject', true), '')::uuid[]);
comment on function gate_subject is 'Whether the group is opened, under a purpose, for this one subject';

create function gate_write(item_group text) returns boolean language sql stable parallel safe
  return position(',' || item_group || ',' in coalesce(current_setting('minqing.write', true), '')) > 0;
comment on function gate_write is 'Whether the role may write the group of items';

create table area (
  code text collate "C" primary key,
  parent text collate "C" references area (code),
  level smallint not null check (level between 1 and 6),
  name text not null check (name <> ''),
  lo bigint not null,
  hi bigint not null,
  search text collate "C" not null,
  retired_at timestamptz,
  check (lo < hi)
);
create index area_parent on area (parent, code);
create index area_lo on area (lo, level);
create unique index area_own on area (lo) where level >= 5;
create index area_search on area (search text_pattern_ops);
comment on table area is 'The tree of areas on the codes of the National Bureau of Statistics, and grids under villages';
comment on column area.code is 'Statistical code: 2, 4, 6, 9 or 12 digits, or 15 for a grid';
comment on column area.parent is 'Code of the area above; null for a province';
comment on column area.level is '1 province, 2 city, 3 county, 4 township, 5 village or community, 6 grid';
comment on column area.name is 'Name in Chinese';
comment on column area.lo is 'Lowest 15-digit code of the range the area owns; records carry the lo of their grid or village';
comment on column area.hi is 'First 15-digit code above the range';
comment on column area.search is 'Pinyin initials of the name, for the area picker';
comment on column area.retired_at is 'When the area was merged or closed; null while it stands';

create function area_in_sight(lo bigint, hi bigint) returns boolean language sql stable parallel safe
  return (lo < scope_hi() and hi > scope_lo()) or (lo < admin_hi() and hi > admin_lo());
comment on function area_in_sight is 'Areas inside the scope, and those above it for the crumbs';

alter table area enable row level security;
create policy area_read on area for select to minqing_server using (area_in_sight(lo, hi));
grant select on area to minqing_server;
