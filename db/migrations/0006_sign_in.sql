-- Sign-in for real life: two factors, a forced change of the first password, single sign-on, one's own
-- sessions, what the security administrator does to other people's accounts, and why a post sees a record.
-- A session has a stage. Only an open one passes gate_verify; the steps before it open nothing but themselves.

alter table account add column password_change boolean not null default false;
comment on column account.password_change is 'The password was given by somebody else: it must be changed before anything else opens';

-- Sessions from before have no stage: everybody signs in anew.
delete from session;
alter table session
  add column id uuid not null unique default uuidv7(),
  add column stage text not null check (stage in ('second_factor', 'password', 'enrol', 'open')),
  add column strong boolean not null,
  add column method text not null check (method in ('password', 'oidc')),
  add column browser text,
  add column system text;
comment on column session.id is 'Names the session to its owner; opens nothing';
comment on column session.stage is 'What is still to be done: second_factor (a code), password (change it), enrol (set up the second factor); open when nothing is';
comment on column session.strong is 'Whether a second factor was passed, here or at the trusted provider';
comment on column session.method is 'password, or oidc for single sign-on';
comment on column session.browser is 'Key of the browser; the user agent itself is not kept, nor is the address';
comment on column session.system is 'Key of the operating system';

create table second_factor (
  account uuid primary key references account (id),
  secret text,
  since timestamptz,
  pending text,
  last_step bigint not null default 0
);
comment on table second_factor is 'Time-based one-time codes (RFC 6238): GB/T 22239, two factors for administrators';
comment on column second_factor.account is 'Whose';
comment on column second_factor.secret is 'The secret in force, encrypted; null until the first code was confirmed';
comment on column second_factor.since is 'When it was confirmed';
comment on column second_factor.pending is 'A secret that was shown and is not yet confirmed, encrypted';
comment on column second_factor.last_step is 'Time step of the last code used: none at or before it is taken again';

create table recovery_code (
  account uuid not null references account (id),
  code text collate "C" not null,
  used_at timestamptz,
  primary key (account, code)
);
comment on table recovery_code is 'Ten codes for the day the phone is lost, each good once';
comment on column recovery_code.account is 'Whose';
comment on column recovery_code.code is 'Keyed hash of the code';
comment on column recovery_code.used_at is 'When it was used; null while it is good';

create table spent_state (
  state bytea primary key,
  at timestamptz not null
);
comment on table spent_state is 'Answers of the single sign-on provider already taken, so that none is taken twice; kept for an hour';
comment on column spent_state.state is 'SHA-256 of the state';
comment on column spent_state.at is 'When';

alter table second_factor enable row level security;
alter table recovery_code enable row level security;
alter table spent_state enable row level security;
create policy second_factor_read on second_factor for select to minqing_server
  using (account = gate_account() or gate_admin('security'));
create policy recovery_code_read on recovery_code for select to minqing_server using (account = gate_account());
create policy session_end on session for delete to minqing_server using (account = gate_account());
-- Secrets and hashes leave only through the gate functions below.
grant select (account, since) on second_factor to minqing_server;
grant select (account, used_at) on recovery_code to minqing_server;
grant select (id, idle, stage, strong, method, browser, system) on session to minqing_server;
grant delete on session to minqing_server;
grant select (password_change) on account to minqing_server;
grant insert (password_change) on account to minqing_server;

-- Whoever makes an account for somebody knows its first password: it cannot be one for good.
drop policy account_add on account;
create policy account_add on account for insert to minqing_server
  with check (gate_admin('security') and password_change);
-- Other people's accounts are changed by the functions below alone, which look at whose charge they are in.
drop policy account_change on account;
revoke update on account from minqing_server;

create function administrator_role(role text) returns boolean language sql immutable parallel safe
  return role in ('system_admin', 'security_admin', 'audit_admin');
comment on function administrator_role is 'The three administrators, who need two factors (DOMAIN.md, section 6)';

create function mixes_administrators(who uuid, next_role text, first_day date, last_day date) returns boolean
language sql stable security definer set search_path = public
as $$
  select administrator_role(next_role) and exists (select from post p
    where p.account = who and administrator_role(p.role) and p.role <> next_role
      and p.since <= coalesce(last_day, 'infinity') and coalesce(p.until, 'infinity') >= first_day)
$$;
comment on function mixes_administrators is 'Whether the account would hold two of the three administrators on one day, also by a post outside the giver''s area (DOMAIN.md, section 3)';

-- Neither given to oneself nor drawn out for oneself, and never two of the three administrators for one person.
drop policy post_add on post;
create policy post_add on post for insert to minqing_server
  with check (gate_admin('security') and lo >= admin_lo() and hi <= admin_hi() and account <> gate_account()
    and not mixes_administrators(account, role, since, until));
drop policy post_end on post;
create policy post_end on post for update to minqing_server
  using (gate_admin('security') and lo >= admin_lo() and hi <= admin_hi() and account <> gate_account())
  with check (gate_admin('security') and not mixes_administrators(account, role, since, until));

create function needs_second_factor(who uuid, day date) returns boolean
language sql stable security definer set search_path = public
as $$
  select exists (select from post p join account a on a.id = p.account
    where p.account = who and not a.demo and administrator_role(p.role) and (p.until is null or p.until >= day))
$$;
comment on function needs_second_factor is 'Whether the account holds an administrator''s post, or will: it cannot do without';

create function session_stage(who uuid, strong boolean, means text, day date) returns text
language sql stable security definer set search_path = public
as $$
  select case
    when a.demo then 'open'
    when f.secret is not null and not strong then 'second_factor'
    when a.password_change and means = 'password' then 'password'
    when not strong and exists (select from post p
      where p.account = a.id and administrator_role(p.role) and post_in_force(p.since, p.until, day)) then 'enrol'
    else 'open' end
    from account a left join second_factor f on f.account = a.id where a.id = who
$$;
comment on function session_stage is 'What a session must still do; the fixed accounts of the demo, and they alone, go without';

create function session_note(hash bytea, at timestamptz, act text) returns void
language plpgsql security definer set search_path = public
as $$
begin
  -- The area is the post's, as with every act of a session: it tells which auditor reads of it.
  insert into audit_entry (county, id, at, account, post, role, kind, action, area)
  select coalesce(p.lo, 0) / 1000000000, uuidv7(), session_note.at, s.account, s.post, p.role, 'session', act, p.lo
    from session s left join post p on p.id = s.post where s.token_hash = hash;
end $$;
comment on function session_note is 'Puts a step of signing in on record, while there is no actor yet';

drop function gate_sign_in(bytea, uuid, timestamptz, date, interval, interval);
create function gate_sign_in(hash bytea, who uuid, means text, proven boolean, browser text, system text,
  at timestamptz, day date, lasts interval, idles interval) returns text
language plpgsql security definer set search_path = public
as $$
declare
  chosen uuid;
  stage text := session_stage(who, proven, means, day);
begin
  select id into chosen from post where account = who and post_in_force(since, until, day)
   order by since, created_at, id limit 1;
  -- Refused codes are counted until a code is right: the password in between does not clear them.
  if stage <> 'second_factor' then
    update account set failures = 0, locked_until = null where id = who;
  end if;
  delete from session s where s.account = who and (s.expires_at <= at or s.seen_at + s.idle <= at);
  insert into session (token_hash, account, post, created_at, seen_at, expires_at, idle, stage, strong, method, browser, system)
  values (hash, who, chosen, at, at, at + case stage when 'open' then lasts else least(lasts, '15 minutes') end, idles,
    stage, proven, means, gate_sign_in.browser, gate_sign_in.system);
  if stage <> 'open' then perform session_note(hash, at, 'sign_in_begun'); end if;
  return stage;
end $$;
comment on function gate_sign_in is 'Opens a session under the first post in force and returns its stage; one with steps to do lasts a quarter of an hour';

create function session_advance(hash bytea, new_hash bytea, at timestamptz, day date, lasts interval) returns text
language sql security definer set search_path = public
as $$
  update session s
     set token_hash = new_hash,
         stage = session_stage(s.account, s.strong, s.method, day),
         seen_at = at,
         expires_at = case when s.stage <> 'open' and session_stage(s.account, s.strong, s.method, day) = 'open'
           then at + lasts else s.expires_at end
   where s.token_hash = hash
  returning stage
$$;
comment on function session_advance is 'Works out a session''s stage anew after a step, under a new token where one is given';

drop function gate_session(bytea, timestamptz, date);
create function gate_session(hash bytea, at timestamptz, day date)
returns table (id uuid, account uuid, username text, name text, demo boolean, stage text, method text, strong boolean,
  active_post uuid, expires_at timestamptz, posts json)
language sql stable security definer set search_path = public
as $$
  select s.id, a.id, a.username, a.name, a.demo, s.stage, s.method, s.strong,
         case when s.stage = 'open' then s.post end, s.expires_at,
         coalesce((select json_agg(json_build_object(
             'id', p.id, 'role', p.role, 'department', p.department, 'lo', p.lo::text, 'hi', p.hi::text,
             'code', r.code, 'area', r.name, 'level', r.level, 'since', p.since, 'until', p.until)
             order by p.since, p.created_at, p.id)
           from post p join area r on r.code = p.area
           where s.stage = 'open' and p.account = a.id and post_in_force(p.since, p.until, day)), '[]')
    from session s join account a on a.id = s.account
   where s.token_hash = hash and a.active and s.expires_at > at and s.seen_at + s.idle > at
$$;
comment on function gate_session is 'The account of a session, its stage, and once that is open its posts in force and the one acted under';

create or replace function gate_verify(hash bytea, acting uuid, lo bigint, hi bigint, at timestamptz, day date) returns void
language plpgsql stable security definer set search_path = public
as $$
begin
  perform 1 from session s
     join account a on a.id = s.account and a.active
     left join post p on p.id = acting and p.account = s.account
    where s.token_hash = hash and s.expires_at > at and s.seen_at + s.idle > at and s.stage = 'open'
      and (acting is null or (post_in_force(p.since, p.until, day) and p.lo = gate_verify.lo and p.hi = gate_verify.hi
        and (s.strong or a.demo or not administrator_role(p.role))));
  if not found then
    raise exception 'the session or the post is no longer in force' using errcode = 'MQ401';
  end if;
end $$;

create or replace function gate_switch(hash bytea, wanted uuid, day date) returns boolean
language sql security definer set search_path = public
as $$
  with switched as (
    update session s
       set post = wanted,
           -- An administrator's post that came into force after sign-in asks for the second factor now.
           stage = case when administrator_role(p.role) then session_stage(s.account, s.strong, s.method, day) else s.stage end
      from post p
     where s.token_hash = hash and s.stage = 'open' and p.id = wanted and p.account = s.account
       and post_in_force(p.since, p.until, day)
    returning 1)
  select exists (select from switched)
$$;

drop function gate_password(bytea, text);
create function gate_password(hash bytea, new_hash text, at timestamptz, day date, lasts interval) returns text
language plpgsql security definer set search_path = public
as $$
declare who uuid;
begin
  select account into who from session where token_hash = hash and stage in ('password', 'open');
  if who is null then return null; end if;
  delete from session where account = who and token_hash <> hash;
  update account set password_hash = new_hash, password_change = false where id = who;
  perform session_note(hash, at, 'change_password');
  return session_advance(hash, hash, at, day, lasts);
end $$;
comment on function gate_password is 'Sets one''s own password (the server has checked the old one), ends one''s other sessions, and returns the stage; null before the code was given';

create function gate_factor(hash bytea, day date)
returns table (account uuid, username text, demo boolean, stage text, method text, strong boolean, secret text, pending text,
  since timestamptz, required boolean, codes_left int)
language sql stable security definer set search_path = public
as $$
  select a.id, a.username, a.demo, s.stage, s.method, s.strong, f.secret, f.pending, f.since,
         needs_second_factor(a.id, day),
         (select count(*)::int from recovery_code r where r.account = a.id and r.used_at is null)
    from session s join account a on a.id = s.account left join second_factor f on f.account = a.id
   where s.token_hash = hash
$$;
comment on function gate_factor is 'The second factor of the session''s account, secrets encrypted';

create function gate_factor_try(hash bytea, at timestamptz)
returns table (account uuid, post uuid, role text, lo bigint, secret text, last_step bigint, locked_until timestamptz, locked_after timestamptz)
language plpgsql security definer set search_path = public
as $$
declare who uuid; before timestamptz; afterwards timestamptz;
begin
  select s.account into who from session s where s.token_hash = hash and s.stage in ('second_factor', 'open');
  -- The row is held, so that codes sent all at once are counted one by one.
  select a.locked_until into before from account a where a.id = who for update;
  if before is null or before <= at then
    afterwards := gate_refused(who, at);
    before := null;
  end if;
  return query select who, p.id, p.role, p.lo, f.secret, f.last_step, before, afterwards
    from session s join second_factor f on f.account = s.account left join post p on p.id = s.post where s.token_hash = hash;
end $$;
comment on function gate_factor_try is 'Counts a try before it is looked at (the right code clears the count) and hands out what to compare with; locked_until when no try is allowed, locked_after how long a wrong one locks';

create function gate_factor_pass(hash bytea, new_hash bytea, step bigint, recovery text, at timestamptz, day date, lasts interval) returns text
language plpgsql security definer set search_path = public
as $$
declare who uuid;
begin
  select s.account into who from session s where s.token_hash = hash and s.stage in ('second_factor', 'open');
  if recovery is null then
    update second_factor f set last_step = step where f.account = who and f.secret is not null and f.last_step < step;
  else
    update recovery_code r set used_at = at where r.account = who and r.code = recovery and r.used_at is null;
  end if;
  if not found then return null; end if;
  update account set failures = 0, locked_until = null where id = who;
  update session set strong = true where token_hash = hash;
  perform session_note(hash, at, case when recovery is null then 'second_factor_passed' else 'recovery_code_used' end);
  return session_advance(hash, new_hash, at, day, lasts);
end $$;
comment on function gate_factor_pass is 'Uses up a code that the server found right, or a recovery code by its hash, and returns the stage; null when it was used before';

create function gate_factor_begin(hash bytea, sealed text) returns boolean
language sql security definer set search_path = public
as $$
  with begun as (
    insert into second_factor (account, pending)
    select s.account, sealed from session s join account a on a.id = s.account
     where s.token_hash = hash and s.stage in ('enrol', 'open') and not a.demo
    on conflict (account) do update set pending = excluded.pending
    returning 1)
  select exists (select from begun)
$$;
comment on function gate_factor_begin is 'Keeps a new secret until its first code is confirmed; false for the fixed accounts of the demo';

create function recovery_codes_set(who uuid, codes text[]) returns void
language sql security definer set search_path = public
as $$
  delete from recovery_code where account = who;
  insert into recovery_code (account, code) select who, unnest(codes)
$$;
comment on function recovery_codes_set is 'Replaces an account''s recovery codes';

create function gate_factor_confirm(hash bytea, new_hash bytea, step bigint, codes text[], at timestamptz, day date, lasts interval) returns text
language plpgsql security definer set search_path = public
as $$
declare who uuid;
begin
  select s.account into who from session s where s.token_hash = hash and s.stage in ('enrol', 'open');
  update second_factor f set secret = pending, pending = null, since = at, last_step = step
   where f.account = who and f.pending is not null;
  if not found then return null; end if;
  perform recovery_codes_set(who, codes);
  delete from session where account = who and token_hash <> hash;
  update session set strong = true where token_hash = hash;
  perform session_note(hash, at, 'second_factor_set');
  return session_advance(hash, new_hash, at, day, lasts);
end $$;
comment on function gate_factor_confirm is 'Puts the pending secret in force with new recovery codes, ends one''s other sessions, and returns the stage; null when none is pending';

create function gate_factor_remove(hash bytea, at timestamptz, day date) returns boolean
language plpgsql security definer set search_path = public
as $$
declare who uuid;
begin
  select s.account into who from session s where s.token_hash = hash and s.stage = 'open'
     and not needs_second_factor(s.account, day);
  if who is null then return false; end if;
  delete from recovery_code where account = who;
  delete from second_factor where account = who;
  perform session_note(hash, at, 'second_factor_removed');
  return true;
end $$;
comment on function gate_factor_remove is 'Takes one''s own second factor away; false for administrators, who cannot do without';

create function gate_recovery_renew(hash bytea, codes text[], at timestamptz) returns boolean
language plpgsql security definer set search_path = public
as $$
declare who uuid;
begin
  select s.account into who from session s join second_factor f on f.account = s.account and f.secret is not null
   where s.token_hash = hash and s.stage = 'open';
  if who is null then return false; end if;
  perform recovery_codes_set(who, codes);
  perform session_note(hash, at, 'recovery_codes_renewed');
  return true;
end $$;
comment on function gate_recovery_renew is 'Ten new recovery codes in place of the old ones; false without a second factor';

create function gate_account_named(sign_in_name text)
returns table (account uuid, active boolean, locked_until timestamptz)
language sql stable security definer set search_path = public
as $$ select id, active, locked_until from account where username = sign_in_name $$;
comment on function gate_account_named is 'The account a single sign-on provider vouches for';

create function gate_state_spent(hash bytea, at timestamptz) returns boolean
language plpgsql security definer set search_path = public
as $$
begin
  delete from spent_state s where s.at < gate_state_spent.at - interval '1 hour';
  insert into spent_state (state, at) values (hash, gate_state_spent.at) on conflict do nothing;
  return not found;
end $$;
comment on function gate_state_spent is 'Marks an answer of the provider as taken; true when it was taken before';

-- The security administrator's acts on other people's accounts. Row security reads the settings of the acting
-- administrator here too; the functions refuse where it would have no policy to say so.

create function account_in_charge(who uuid, day date) returns boolean
language sql stable security definer set search_path = public
as $$
  select gate_admin('security') and who is distinct from gate_account()
     and not exists (select from post p where p.account = who and (p.until is null or p.until >= day)
       and (p.lo < admin_lo() or p.hi > admin_hi()))
$$;
comment on function account_in_charge is 'Whether the acting security administrator may change the account: not one''s own, and no post of it reaches beyond one''s area';

create function require_charge(who uuid, day date) returns void
language plpgsql stable security definer set search_path = public
as $$
begin
  if not account_in_charge(who, day) then
    raise exception 'the account is not in this administrator''s charge' using errcode = 'insufficient_privilege';
  end if;
end $$;
comment on function require_charge is 'Raises 42501 when the account is not in the administrator''s charge';

create function gate_account_active(who uuid, value boolean, day date) returns boolean
language plpgsql security definer set search_path = public
as $$
begin
  perform require_charge(who, day);
  if not value then delete from session where account = who; end if;
  update account set active = value where id = who;
  return found;
end $$;
comment on function gate_account_active is 'Withdraws or restores an account; withdrawing ends its sessions. False when there is none';

create function gate_account_rename(who uuid, new_name text, day date) returns boolean
language plpgsql security definer set search_path = public
as $$
begin
  perform require_charge(who, day);
  update account set name = new_name where id = who;
  return found;
end $$;
comment on function gate_account_rename is 'Corrects the name of the person. False when there is none';

create function gate_account_password(who uuid, new_hash text, day date) returns boolean
language plpgsql security definer set search_path = public
as $$
begin
  perform require_charge(who, day);
  -- The demo's fixed accounts keep the password that everybody knows.
  update account set password_hash = new_hash, password_change = true, failures = 0, locked_until = null
   where id = who and not demo;
  if not found then return false; end if;
  delete from session where account = who;
  return true;
end $$;
comment on function gate_account_password is 'Gives an account a one-time password and ends its sessions. False when there is none, or it is one of the demo''s';

create function gate_account_unlock(who uuid, day date) returns boolean
language plpgsql security definer set search_path = public
as $$
begin
  perform require_charge(who, day);
  update account set failures = 0, locked_until = null where id = who;
  return found;
end $$;
comment on function gate_account_unlock is 'Ends the wait after refused sign-ins. False when there is none';

create function gate_account_factor_reset(who uuid, day date) returns boolean
language plpgsql security definer set search_path = public
as $$
begin
  perform require_charge(who, day);
  delete from session where account = who;
  delete from recovery_code where account = who;
  delete from second_factor where account = who;
  return found;
end $$;
comment on function gate_account_factor_reset is 'Takes somebody''s second factor away, so that a new one is set up at the next sign-in. False when there was none';

-- Why a post sees a record, or does not: asked of the policies themselves.

create function policy_admits(target text, row_area bigint, row_id uuid) returns boolean
language plpgsql stable set search_path = public
as $$
declare
  permits text;
  restricts text;
  admitted boolean;
begin
  select string_agg('(' || pg_get_expr(polqual, polrelid) || ')', ' or ') filter (where polpermissive),
         string_agg('(' || pg_get_expr(polqual, polrelid) || ')', ' and ') filter (where not polpermissive)
    into permits, restricts
    from pg_policy
   where polrelid = target::regclass and polcmd in ('r', '*')
     and (polroles = '{0}' or 'minqing_server'::regrole = any (polroles));
  execute format('select coalesce((%s) and (%s), false) from (select $1 as area, $2 as id) %I',
    coalesce(permits, 'false'), coalesce(restricts, 'true'), target)
    into admitted using row_area, row_id;
  return admitted;
end $$;
comment on function policy_admits is 'What the reading policies of a table, taken from the catalogue, say of a row with this area and id under the settings in force; tells nothing of whether there is one';

create function gate_record_area(category text, record uuid) returns bigint
language plpgsql stable security definer set search_path = public
as $$
declare found_area bigint;
begin
  if not gate_admin('security') or category not in ('resident', 'household', 'housing', 'premises', 'organisation') then
    raise exception 'only the security administrator asks' using errcode = 'insufficient_privilege';
  end if;
  execute format('select area from %I where county between admin_lo() / 1000000000 and (admin_hi() - 1) / 1000000000
    and id = $1 and area >= admin_lo() and area < admin_hi()', category) into found_area using record;
  return found_area;
end $$;
comment on function gate_record_area is 'Where a record lies, and nothing else of it, for the security administrator of that area';

create function gate_posts_in_force(who uuid, over bigint, day date)
returns table (post uuid, account uuid, username text, name text, active boolean, role text, department text,
  code text, area text, level smallint, lo bigint, hi bigint, since date, until date)
language sql stable security definer set search_path = public
as $$
  select p.id, a.id, a.username, a.name, a.active, p.role, p.department, r.code, r.name, r.level, p.lo, p.hi, p.since, p.until
    from post p join account a on a.id = p.account join area r on r.code = p.area
   where gate_admin('security') and post_in_force(p.since, p.until, day)
     and (who is null or p.account = who)
     and (over is null or (p.lo <= over and p.hi > over and over >= admin_lo() and over < admin_hi()))
     and (who is not null or over is not null)
   order by r.level desc, a.username, p.id
$$;
comment on function gate_posts_in_force is 'Posts in force of one account, or those whose area holds a record, above the administrator''s own area too: for explaining who sees what';

revoke execute on function administrator_role(text), mixes_administrators(uuid, text, date, date), needs_second_factor(uuid, date), session_stage(uuid, boolean, text, date),
  session_note(bytea, timestamptz, text), session_advance(bytea, bytea, timestamptz, date, interval),
  recovery_codes_set(uuid, text[]), require_charge(uuid, date),
  gate_sign_in(bytea, uuid, text, boolean, text, text, timestamptz, date, interval, interval),
  gate_session(bytea, timestamptz, date), gate_password(bytea, text, timestamptz, date, interval), gate_factor(bytea, date), gate_factor_try(bytea, timestamptz),
  gate_factor_pass(bytea, bytea, bigint, text, timestamptz, date, interval), gate_factor_begin(bytea, text),
  gate_factor_confirm(bytea, bytea, bigint, text[], timestamptz, date, interval),
  gate_factor_remove(bytea, timestamptz, date), gate_recovery_renew(bytea, text[], timestamptz), gate_account_named(text),
  gate_state_spent(bytea, timestamptz), account_in_charge(uuid, date), gate_account_active(uuid, boolean, date),
  gate_account_rename(uuid, text, date), gate_account_password(uuid, text, date), gate_account_unlock(uuid, date),
  gate_account_factor_reset(uuid, date), policy_admits(text, bigint, uuid), gate_record_area(text, uuid),
  gate_posts_in_force(uuid, bigint, date) from public;
grant execute on function administrator_role(text), mixes_administrators(uuid, text, date, date),
  gate_sign_in(bytea, uuid, text, boolean, text, text, timestamptz, date, interval, interval),
  gate_session(bytea, timestamptz, date), gate_password(bytea, text, timestamptz, date, interval), gate_factor(bytea, date), gate_factor_try(bytea, timestamptz),
  gate_factor_pass(bytea, bytea, bigint, text, timestamptz, date, interval), gate_factor_begin(bytea, text),
  gate_factor_confirm(bytea, bytea, bigint, text[], timestamptz, date, interval),
  gate_factor_remove(bytea, timestamptz, date), gate_recovery_renew(bytea, text[], timestamptz), gate_account_named(text),
  gate_state_spent(bytea, timestamptz), account_in_charge(uuid, date), gate_account_active(uuid, boolean, date),
  gate_account_rename(uuid, text, date), gate_account_password(uuid, text, date), gate_account_unlock(uuid, date),
  gate_account_factor_reset(uuid, date), policy_admits(text, bigint, uuid), gate_record_area(text, uuid),
  gate_posts_in_force(uuid, bigint, date) to minqing_server;
