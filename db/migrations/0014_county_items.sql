-- A county's own items: what it adds to the dictionary of packs/archive or changes of it (features/archive/items).
-- Definitions and figures only: no value of a resident passes through here.

create table item_change (
  county int not null,
  version int not null check (version > 0),
  kind text not null check (kind in ('item', 'codes')),
  category text check (category in ('resident', 'household', 'housing', 'premises', 'organisation')),
  key text collate "C" not null,
  definition jsonb,
  reason text not null check (reason <> ''),
  account uuid not null,
  account_name text not null,
  post uuid not null,
  at timestamptz not null,
  primary key (county, version),
  check ((kind = 'item') = (category is not null))
);
create index item_change_key on item_change (county, kind, category, key, version desc);
comment on table item_change is 'Every change of a county''s dictionary; the latest of an item or a code table is in force. Rows are only added';
comment on column item_change.county is 'First six digits of the county: distribution key';
comment on column item_change.version is '1, 2, …: of the county''s dictionary, the ETag of an edit';
comment on column item_change.kind is 'item, or codes for a code table';
comment on column item_change.category is 'Category of the item; null for a code table';
comment on column item_change.key is 'Key of the item, or name of the code table';
comment on column item_change.definition is 'What is in force from then on; null: as in the pack again';
comment on column item_change.reason is 'Why';
comment on column item_change.account is 'Who';
comment on column item_change.account_name is 'Name of the account at that time';
comment on column item_change.post is 'Under which post';
comment on column item_change.at is 'When';

alter table item_change enable row level security;
create policy item_change_read on item_change for select to minqing_server
  using ((select gate_admin('system')) and county >= (select admin_lo()) / 1000000000
    and county <= ((select admin_hi()) - 1) / 1000000000);
create policy item_change_add on item_change for insert to minqing_server
  with check (gate_admin('system') and admin_lo() <= county::bigint * 1000000000
    and admin_hi() >= (county::bigint + 1) * 1000000000 and account = gate_account() and post = gate_post());
grant select, insert on item_change to minqing_server;

create function gate_items()
returns table (county int, version int, kind text, category text, key text, definition jsonb)
language sql stable security definer set search_path = public
as $$
  select distinct on (c.county, c.kind, c.category, c.key) c.county,
         max(c.version) over (partition by c.county), c.kind, c.category, c.key, c.definition
    from item_change c order by c.county, c.kind, c.category, c.key, c.version desc
$$;
comment on function gate_items is 'What is in force in every county beside the pack, for the memory of a server process: definitions, nothing of a record';

create function gate_items_hold(of_county int) returns int
language plpgsql volatile security definer set search_path = public
as $$
begin
  perform pg_advisory_xact_lock_shared(hashtext('item_change'), of_county);
  return (select coalesce(max(version), 0) from item_change where county = of_county);
end $$;
comment on function gate_items_hold is 'Version of the county''s dictionary, which cannot change until the transaction ends: a record is written by the rules in force';

create function require_items_admin(of_county int) returns void
language plpgsql stable set search_path = public
as $$
begin
  if gate_admin('system') and admin_lo() <= of_county::bigint * 1000000000 and admin_hi() >= (of_county::bigint + 1) * 1000000000 then
    return;
  end if;
  raise exception 'only the county''s system administrator asks' using errcode = 'insufficient_privilege';
end $$;
comment on function require_items_admin is 'Refuses whoever does not serve the whole county as its system administrator';

create function gate_items_change(of_county int) returns int
language plpgsql volatile security definer set search_path = public
as $$
begin
  perform require_items_admin(of_county);
  perform pg_advisory_xact_lock(hashtext('item_change'), of_county);
  perform pg_notify('minqing_items', of_county::text);
  return (select coalesce(max(version), 0) from item_change where county = of_county);
end $$;
comment on function gate_items_change is 'Waits until no record of the county is being written, holds the next ones back until the change is committed, and tells every server process then. Returns the version in force';

create function fact_filled(fact jsonb) returns boolean language sql immutable parallel safe
  return coalesce(jsonb_typeof(fact -> 'v'), 'null') <> 'null' and fact -> 'v' not in ('""'::jsonb, '[]'::jsonb);
comment on function fact_filled is 'Whether a fact has a value, as features/archive/rules/facts.ts has it';

create function gate_item_figures(of_county int, of_category text, of_group text, item text, months int, day date, with_codes boolean)
returns table (records bigint, filled bigint, complete_without bigint, stale bigint, codes jsonb)
language plpgsql stable security definer set search_path = public
as $$
declare facts_table text := of_category || '_' || of_group;
begin
  perform require_items_admin(of_county);
  if to_regclass(facts_table) is null or of_category not in ('resident', 'household', 'housing', 'premises', 'organisation') then
    raise exception 'there is no such group of items' using errcode = 'invalid_parameter_value';
  end if;
  return query execute format($q$
    with f as (
      select r.completeness, fact_filled(g.facts -> $1) as has, g.facts -> $1 as fact
        from %1$I r left join %2$I g on g.county = r.county and g.id = r.id
       where r.county = $5)
    select count(*), count(*) filter (where has), count(*) filter (where not coalesce(has, false) and completeness = 100),
           count(*) filter (where has and $2 is not null and ((fact ->> 'd')::date + make_interval(months => $2))::date <= $3),
           case when $4 then (select coalesce(jsonb_object_agg(code, n), '{}') from (
             select code, count(*) as n from f, jsonb_array_elements_text(case jsonb_typeof(fact -> 'v')
               when 'array' then fact -> 'v' else jsonb_build_array(fact -> 'v') end) code
              where has group by code) u) end
      from f $q$, of_category, facts_table) using item, months, day, with_codes, of_county;
end $$;
comment on function gate_item_figures is 'How many records have a value of the item, how many would lack it or be stale, how often each code is used: figures of the county, never a value of anybody';

create function gate_items_recount(of_county int, of_version int, of_category text, groups text[], required text[],
  limits jsonb, token_start text, after uuid, most int)
returns table (last uuid, seen int, changed int)
language plpgsql volatile security definer set search_path = public
as $$
declare
  ids uuid[];
  facts_of text;
begin
  if not gate_kind('archive.items') or of_category not in ('resident', 'household', 'housing', 'premises', 'organisation') then
    raise exception 'only the recount asks' using errcode = 'insufficient_privilege';
  end if;
  -- A later change of the category brings a recount of its own.
  if exists (select from item_change c where c.county = of_county and c.category = of_category and c.version > of_version) then
    return query select null::uuid, 0, 0;
    return;
  end if;
  execute format('select array_agg(id order by id) from (select id from %I where county = $1 and ($2 is null or id > $2)
    order by id limit $3 for update) r', of_category) into ids using of_county, after, most;
  if ids is null then
    return query select null::uuid, 0, 0;
    return;
  end if;
  select string_agg(format('coalesce((select f.facts from %I f where f.county = r.county and f.id = r.id), ''{}'')',
    of_category || '_' || g), ' || ') into facts_of from unnest(groups) g;
  -- A statement of its own: it sees what whoever held a record has written.
  return query execute format($q$
    with held as (select r.id, r.area, r.missing, r.completeness, r.fresh_until, %1$s as facts
                    from %2$I r where r.county = $1 and r.id = any ($2)),
    lacks as (select h.*, array(select k from unnest($3) with ordinality u(k, n) where not fact_filled(h.facts -> k) order by n) as lack,
        (select min(((h.facts -> l.key ->> 'd')::date + make_interval(months => l.value::int))::date)
           from jsonb_each_text($4) l where fact_filled(h.facts -> l.key)) as fresh from held h),
    marks as (select l.*, case when cardinality($3) = 0 then 100
        else (cardinality($3) - cardinality(lack)) * 100 / cardinality($3) end as percent from lacks l),
    differ as (select * from marks where missing <> lack or completeness <> percent or fresh_until is distinct from fresh),
    written as (update %2$I r set missing = d.lack, completeness = d.percent, fresh_until = d.fresh
        from differ d where r.county = $1 and r.id = d.id returning r.id),
    gone as (delete from archive_token t using (select id, area, unnest(missing) as k, lack from differ) d
        where d.k <> all (d.lack) and t.token = $5 || d.k and t.area = d.area and t.id = d.id returning 1),
    come as (insert into archive_token (token, area, id, county)
        select $5 || k, area, id, $1 from (select id, area, unnest(lack) as k, missing from differ) d where k <> all (missing) returning 1),
    moves as (
      select area, 'completeness:' || $6 as measure, percent - completeness as n from differ
      union all select area, 'incomplete:' || $6, (percent < 100)::int - (completeness < 100)::int from differ
      union all select area, 'missing:' || $6 || ':' || unnest(lack), 1 from differ
      union all select area, 'missing:' || $6 || ':' || unnest(missing), -1 from differ),
    counted as (insert into area_tally as t (county, area, measure, n)
        select $1, area, measure, sum(n) from moves group by area, measure having sum(n) <> 0 order by area, measure
        on conflict (county, area, measure) do update set n = t.n + excluded.n returning 1)
    select $2[cardinality($2)], cardinality($2), (select count(*)::int from written) $q$, facts_of, of_category)
    using of_county, ids, required, limits, token_start, of_category;
end $$;
comment on function gate_items_recount is 'Brings gaps, completeness, freshness, filter tokens and kept counts of one batch of records to the rules in force; last is null when there is nothing left to do';

revoke execute on function gate_items, gate_items_hold, require_items_admin, gate_items_change, fact_filled, gate_item_figures, gate_items_recount from public;
grant execute on function gate_items, gate_items_hold, gate_items_change, gate_item_figures to minqing_server;
-- Jobs of the house go by each record's county.
grant execute on function gate_items, gate_items_hold, gate_items_recount to minqing_steward;
