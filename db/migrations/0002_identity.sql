-- Accounts, posts, sessions. The server's role reaches them before sign-in only through the gate functions below.

create table account (
  id uuid primary key,
  username text collate "C" not null unique,
  name text not null,
  password_hash text not null,
  active boolean not null default true,
  failures smallint not null default 0,
  locked_until timestamptz,
  demo boolean not null default false,
  created_at timestamptz not null
);
comment on table account is 'Who may sign in; a reference table under Citus';
comment on column account.id is 'UUIDv7';
comment on column account.username is 'Sign-in name, lower case';
comment on column account.name is 'Name of the person';
comment on column account.password_hash is 'argon2id';
comment on column account.active is 'False once withdrawn';
comment on column account.failures is 'Refused sign-ins in a row';
comment on column account.locked_until is 'No sign-in before this instant (back-off after refusals)';
comment on column account.demo is 'Made with the demo district';
comment on column account.created_at is 'When it was made';

create table post (
  id uuid primary key,
  account uuid not null references account (id),
  role text not null,
  department text,
  area text collate "C" not null references area (code),
  lo bigint not null,
  hi bigint not null,
  since date not null,
  until date,
  created_at timestamptz not null,
  created_by uuid references account (id),
  check (until is null or until >= since - 1)
);
create index post_account on post (account);
create index post_area on post (lo);
comment on table post is '岗位: a role in an area, from a day until a day; never changed but for its end';
comment on column post.id is 'UUIDv7';
comment on column post.account is 'Who holds it';
comment on column post.role is 'Role key of DOMAIN.md, section 3';
comment on column post.department is 'Source key of the department, for a department officer';
comment on column post.area is 'The area it covers';
comment on column post.lo is 'Range of that area, copied so that the gate needs no join';
comment on column post.hi is 'First code above the range';
comment on column post.since is 'First day in force';
comment on column post.until is 'Last day in force; null without end';
comment on column post.created_at is 'When it was given';
comment on column post.created_by is 'The security administrator who gave it; null from the command line';

create table session (
  token_hash bytea primary key,
  account uuid not null references account (id),
  post uuid references post (id),
  created_at timestamptz not null,
  seen_at timestamptz not null,
  expires_at timestamptz not null,
  idle interval not null
);
create index session_account on session (account);
comment on table session is 'Open sessions; the cookie holds the token, the table only its hash';
comment on column session.token_hash is 'SHA-256 of the token';
comment on column session.account is 'Who signed in';
comment on column session.post is 'The post acted under; null while there is none in force';
comment on column session.created_at is 'Sign-in';
comment on column session.seen_at is 'Last request, to the minute';
comment on column session.expires_at is 'Absolute end';
comment on column session.idle is 'Ends when not seen for this long';

alter table account enable row level security;
alter table post enable row level security;
alter table session enable row level security;

create policy account_read on account for select to minqing_server
  using (id = gate_account() or gate_admin('security') or gate_admin('audit') or scope_lo() is not null);
create policy account_add on account for insert to minqing_server with check (gate_admin('security'));
create policy account_change on account for update to minqing_server
  using (gate_admin('security') or id = gate_account()) with check (gate_admin('security') or id = gate_account());
create policy post_read on post for select to minqing_server
  using (account = gate_account() or (gate_admin('security') and lo >= admin_lo() and hi <= admin_hi()));
create policy post_add on post for insert to minqing_server
  with check (gate_admin('security') and lo >= admin_lo() and hi <= admin_hi() and account <> gate_account());
create policy post_end on post for update to minqing_server
  using (gate_admin('security') and lo >= admin_lo() and hi <= admin_hi()) with check (gate_admin('security'));
create policy session_own on session for select to minqing_server using (account = gate_account());

-- Names of officials stand in lineage and audit, so every signed-in post may read them; hashes it may not.
grant select (id, username, name, active, locked_until, demo, created_at) on account to minqing_server;
grant insert (id, username, name, password_hash, created_at) on account to minqing_server;
grant update (active) on account to minqing_server;
grant select on post to minqing_server;
grant insert on post to minqing_server;
grant update (until) on post to minqing_server;
grant select (account, post, created_at, seen_at, expires_at) on session to minqing_server;

create function post_in_force(since date, until date, day date) returns boolean language sql immutable parallel safe
  return since <= day and (until is null or until >= day);
comment on function post_in_force is 'Both the first and the last day count';

create function gate_credentials(sign_in_name text)
returns table (account uuid, password_hash text, locked_until timestamptz, active boolean)
language sql stable security definer set search_path = public
as $$ select id, password_hash, locked_until, active from account where username = sign_in_name $$;
comment on function gate_credentials is 'What sign-in needs before there is an actor';

create function gate_refused(who uuid, at timestamptz) returns timestamptz
language sql security definer set search_path = public
as $$
  -- After five refusals in a row every further one doubles the wait, from 30 seconds up to one hour.
  update account
     set failures = least(failures + 1, 1000),
         locked_until = case when failures + 1 >= 5
           then at + make_interval(secs => least(3600, 30 * power(2, least(failures + 1 - 5, 7)))) end
   where id = who
  returning locked_until
$$;
comment on function gate_refused is 'Counts a refused sign-in and returns until when the account is locked';

create function gate_sign_in(hash bytea, who uuid, at timestamptz, day date, lasts interval, idles interval) returns uuid
language plpgsql security definer set search_path = public
as $$
declare chosen uuid;
begin
  select id into chosen from post where account = who and post_in_force(since, until, day)
   order by since, created_at, id limit 1;
  update account set failures = 0, locked_until = null where id = who;
  delete from session where account = who and (expires_at <= at or seen_at + idle <= at);
  insert into session (token_hash, account, post, created_at, seen_at, expires_at, idle)
  values (hash, who, chosen, at, at, at + lasts, idles);
  return chosen;
end $$;
comment on function gate_sign_in is 'Opens a session under the first post in force';

create function gate_session(hash bytea, at timestamptz, day date)
returns table (account uuid, username text, name text, demo boolean, active_post uuid, expires_at timestamptz, posts json)
language sql stable security definer set search_path = public
as $$
  select a.id, a.username, a.name, a.demo, s.post, s.expires_at,
         coalesce((select json_agg(json_build_object(
             'id', p.id, 'role', p.role, 'department', p.department, 'lo', p.lo::text, 'hi', p.hi::text,
             'code', r.code, 'area', r.name, 'level', r.level, 'since', p.since, 'until', p.until)
             order by p.since, p.created_at, p.id)
           from post p join area r on r.code = p.area
           where p.account = a.id and post_in_force(p.since, p.until, day)), '[]')
    from session s join account a on a.id = s.account
   where s.token_hash = hash and a.active and s.expires_at > at and s.seen_at + s.idle > at
$$;
comment on function gate_session is 'The account, its posts in force and the post acted under, of an open session';

create function gate_verify(hash bytea, acting uuid, lo bigint, hi bigint, at timestamptz, day date) returns void
language plpgsql stable security definer set search_path = public
as $$
begin
  perform 1 from session s
     join account a on a.id = s.account and a.active
     left join post p on p.id = acting and p.account = s.account
    where s.token_hash = hash and s.expires_at > at and s.seen_at + s.idle > at
      and (acting is null or (post_in_force(p.since, p.until, day) and p.lo = gate_verify.lo and p.hi = gate_verify.hi));
  if not found then
    raise exception 'the session or the post is no longer in force' using errcode = 'MQ401';
  end if;
end $$;
comment on function gate_verify is 'First statement of every request''s transaction: what the server remembers of the session must still hold';

create function gate_seen(hash bytea, at timestamptz) returns void
language sql security definer set search_path = public
as $$ update session set seen_at = at where token_hash = hash and seen_at < at $$;
comment on function gate_seen is 'Keeps a session from idling out';

create function gate_switch(hash bytea, wanted uuid, day date) returns boolean
language sql security definer set search_path = public
as $$
  with switched as (
    update session s set post = wanted
      from post p
     where s.token_hash = hash and p.id = wanted and p.account = s.account and post_in_force(p.since, p.until, day)
    returning 1)
  select exists (select from switched)
$$;
comment on function gate_switch is 'Changes the post acted under; false when it is not one''s own or not in force';

create function gate_sign_out(hash bytea, everywhere boolean) returns int
language sql security definer set search_path = public
as $$
  with ended as (
    delete from session
     where token_hash = hash or (everywhere and account = (select account from session where token_hash = hash))
    returning 1)
  select count(*)::int from ended
$$;
comment on function gate_sign_out is 'Ends this session, or all of the account''s; returns how many';

create function gate_password(hash bytea, new_hash text) returns void
language sql security definer set search_path = public
as $$
  with own as (select account from session where token_hash = hash),
       others as (delete from session where account = (select account from own) and token_hash <> hash)
  update account set password_hash = new_hash where id = (select account from own)
$$;
comment on function gate_password is 'Sets one''s own password (the server has checked the old one) and ends one''s other sessions';

revoke execute on all functions in schema public from public;
grant execute on all functions in schema public to minqing_server;
