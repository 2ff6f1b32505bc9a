-- What is done from the command line under an administrator's post passes the gate like a request of theirs: by a
-- session of its own kind, which the command opens and ends.

alter table session drop constraint session_method_check;
alter table session add constraint session_method_check check (method in ('password', 'oidc', 'command'));
comment on column session.method is 'password, oidc for single sign-on, or command for a command of whoever holds the server, under this account''s post';

-- Single sign-on finds an account by the user name once. From then on it is the provider's subject that opens it: a
-- user name may be given to somebody else at the provider, a subject is not (OpenID Connect Core 1.0, section 2).

create table account_subject (
  account uuid primary key references account (id),
  issuer text collate "C" not null,
  subject text collate "C" not null,
  since timestamptz not null,
  unique (issuer, subject)
);
comment on table account_subject is 'Who at the provider of single sign-on opens an account: bound at the first sign-in that was completed, released by the security administrator';
comment on column account_subject.account is 'The account';
comment on column account_subject.issuer is 'Issuer of the provider (iss)';
comment on column account_subject.subject is 'Subject at that issuer (sub): never given to anybody else there';
comment on column account_subject.since is 'When it was bound';

alter table account_subject enable row level security;
create policy account_subject_read on account_subject for select to minqing_server
  using (account = (select gate_account()) or (select gate_admin('security')));
grant select on account_subject to minqing_server;

alter table session add column issuer text, add column subject text;
comment on column session.issuer is 'The provider that vouched, by single sign-on; null otherwise';
comment on column session.subject is 'Whom it vouched for; bound to the account once nothing is left to do in the session';

drop function gate_account_named(text);
create function gate_account_vouched(named_issuer text, named_subject text, sign_in_name text)
returns table (account uuid, active boolean, locked_until timestamptz, own boolean)
language sql stable security definer set search_path = public
as $$
  select a.id, a.active, a.locked_until, b.issuer = named_issuer and b.subject = named_subject
    from account a left join account_subject b on b.account = a.id
   where a.id = coalesce(
     (select s.account from account_subject s where s.issuer = named_issuer and s.subject = named_subject),
     (select n.id from account n where n.username = sign_in_name))
$$;
comment on function gate_account_vouched is 'The account that a provider''s subject is bound to, or else the one of the user name it vouches for; own is null while that account is bound to nobody, false when it is bound to another subject';

create function session_bind(hash bytea, at timestamptz) returns boolean
language plpgsql security definer set search_path = public
as $$
declare of_session session;
begin
  select * into of_session from session where token_hash = hash;
  if of_session.subject is null then return true; end if;
  insert into account_subject (account, issuer, subject, since)
  values (of_session.account, of_session.issuer, of_session.subject, session_bind.at) on conflict do nothing;
  if found then
    perform session_note(hash, session_bind.at, 'bind_subject');
    return true;
  end if;
  return exists (select from account_subject b
    where b.account = of_session.account and b.issuer = of_session.issuer and b.subject = of_session.subject);
end $$;
comment on function session_bind is 'Binds the session''s subject to its account when neither is bound; false when another subject opens the account, or the subject another account';

drop function gate_sign_in(bytea, uuid, text, boolean, text, text, timestamptz, date, interval, interval);
create function gate_sign_in(hash bytea, who uuid, means text, proven boolean, vouching_issuer text, vouched_subject text,
  browser text, system text, at timestamptz, day date, lasts interval, idles interval) returns text
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
  insert into session (token_hash, account, post, created_at, seen_at, expires_at, idle, stage, strong, method, issuer, subject, browser, system)
  values (hash, who, chosen, at, at, at + case stage when 'open' then lasts else least(lasts, '15 minutes') end, idles,
    stage, proven, means, vouching_issuer, vouched_subject, gate_sign_in.browser, gate_sign_in.system);
  if stage <> 'open' then
    perform session_note(hash, at, 'sign_in_begun');
  elsif not session_bind(hash, at) then
    delete from session where token_hash = hash;
    return null;
  end if;
  return stage;
end $$;
comment on function gate_sign_in is 'Opens a session under the first post in force and returns its stage; one with steps to do lasts a quarter of an hour. Null when another subject was bound meanwhile';

create or replace function session_advance(hash bytea, new_hash bytea, at timestamptz, day date, lasts interval) returns text
language plpgsql security definer set search_path = public
as $$
declare reached text;
begin
  update session s
     set token_hash = new_hash,
         stage = session_stage(s.account, s.strong, s.method, day),
         seen_at = session_advance.at,
         expires_at = case when s.stage <> 'open' and session_stage(s.account, s.strong, s.method, day) = 'open'
           then session_advance.at + lasts else s.expires_at end
   where s.token_hash = hash
  returning stage into reached;
  -- Whoever the provider vouches for is bound only after every step: half a sign-in binds nobody.
  if reached = 'open' and not session_bind(new_hash, session_advance.at) then
    delete from session where token_hash = new_hash;
    return null;
  end if;
  return reached;
end $$;
comment on function session_advance is 'Works out a session''s stage anew after a step, under a new token where one is given; null, and no session any more, when another subject was bound meanwhile';

create function gate_account_subject_release(who uuid, day date) returns boolean
language plpgsql security definer set search_path = public
as $$
begin
  perform require_charge(who, day);
  delete from session where account = who and method = 'oidc';
  delete from account_subject where account = who;
  return found;
end $$;
comment on function gate_account_subject_release is 'Lets the next subject of the account''s user name open it, and ends its sessions by single sign-on. False when none was bound';

revoke execute on function gate_account_vouched(text, text, text), session_bind(bytea, timestamptz),
  gate_sign_in(bytea, uuid, text, boolean, text, text, text, text, timestamptz, date, interval, interval),
  gate_account_subject_release(uuid, date) from public;
grant execute on function gate_account_vouched(text, text, text),
  gate_sign_in(bytea, uuid, text, boolean, text, text, text, text, timestamptz, date, interval, interval),
  gate_account_subject_release(uuid, date) to minqing_server;

-- Before a code is retired its county sees in how many records it stands: a count, no record.

create function gate_code_uses(of_county int, of_category text, of_items jsonb) returns table (code text, records bigint)
language plpgsql stable security definer set search_path = public
as $$
declare parts text;
begin
  perform require_items_admin(of_county);
  if of_category not in ('resident', 'household', 'housing', 'premises', 'organisation')
    or exists (select from jsonb_object_keys(of_items) g where to_regclass(of_category || '_' || g) is null) then
    raise exception 'there is no such group of items' using errcode = 'invalid_parameter_value';
  end if;
  select string_agg(format('select f.id, c.code from %I f, jsonb_array_elements_text($2 -> %L) k,
      jsonb_array_elements_text(case jsonb_typeof(f.facts -> k -> ''v'') when ''array'' then f.facts -> k -> ''v''
        else jsonb_build_array(f.facts -> k -> ''v'') end) c(code)
    where f.county = $1 and fact_filled(f.facts -> k)', of_category || '_' || g, g), ' union all ')
    into parts from jsonb_object_keys(of_items) g;
  if parts is null then return; end if;
  return query execute 'select u.code, count(distinct u.id) from (' || parts || ') u group by u.code' using of_county, of_items;
end $$;
comment on function gate_code_uses is 'In how many records of a category each code stands, in any of these items ({"group": ["item", …]}): figures of the county for its system administrator, never a record';

revoke execute on function gate_code_uses(int, text, jsonb) from public;
grant execute on function gate_code_uses(int, text, jsonb) to minqing_server;
