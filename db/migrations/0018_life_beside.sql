-- Acts of life beside what was built at the same time: kept counts hold only who lives here when areas are re-coded and
-- items recounted, a deletion takes acts of life along, and a file on its way survives a new code of its village.

create index life_event_residents on life_event using gin (residents);
create index life_event_household on life_event (household) where household is not null;

create or replace function recode_records(of_change uuid, of_county int, category text, ids uuid[]) returns void
language plpgsql security definer set search_path = public
as $$
declare one record;
begin
  if not gate_kind('area.recode') then raise exception 'only the job re-codes' using errcode = '42501'; end if;
  execute format('insert into area_moved (county, change, subject, category, was, area)
    select r.county, m.change, r.id, %L, m.was, m.now from %I r join area_move m on m.change = $1 and m.was = r.area
     where r.county = $2 and r.id = any ($3)
    on conflict (county, change, subject) do nothing', category, category) using of_change, of_county, ids;
  execute format('insert into area_tally (county, area, measure, n)
    select $2, e.place, d.measure, sum(e.part) from (
      select r.area as was, m.now, x.measure, x.n from %I r join area_move m on m.change = $1 and m.was = r.area
        cross join lateral (
          select %L::text as measure, 1 as n
          union all select %L, r.completeness::int
          union all select %L, 1 where r.completeness < 100
          union all select %L || tag, 1 from unnest(r.tags) tag
          union all select %L || item, 1 from unnest(r.missing) item) x
       where r.county = $2 and r.id = any ($3) and to_jsonb(r) ->> ''left_on'' is null) d
      cross join lateral (values (d.was, -d.n), (d.now, d.n)) as e(place, part)
     group by e.place, d.measure having sum(e.part) <> 0 order by e.place, d.measure
    on conflict (county, area, measure) do update set n = area_tally.n + excluded.n',
    category, category, 'completeness:' || category, 'incomplete:' || category, 'tag:' || category || ':',
    'missing:' || category || ':') using of_change, of_county, ids;
  for one in select name, tie from recode_tables() where kind in ('beside', 'record') and (of = category or of is null) loop
    execute format('update %I t set area = m.now from area_move m
       where t.county = $2 and t.%I = any ($3) and m.change = $1 and t.area = m.was', one.name, one.tie)
      using of_change, of_county, ids;
  end loop;
end $$;

create or replace function gate_items_recount(of_county int, of_version int, of_category text, groups text[], required text[],
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
    with held as (select r.id, r.area, to_jsonb(r) ->> 'left_on' is null as here, r.missing, r.completeness, r.fresh_until, %1$s as facts
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
        select $5 || k, area, id, $1 from (select id, area, unnest(lack) as k, missing from differ where here) d where k <> all (missing) returning 1),
    moves as (
      select area, 'completeness:' || $6 as measure, percent - completeness as n from differ where here
      union all select area, 'incomplete:' || $6, (percent < 100)::int - (completeness < 100)::int from differ where here
      union all select area, 'missing:' || $6 || ':' || unnest(lack), 1 from differ where here
      union all select area, 'missing:' || $6 || ':' || unnest(missing), -1 from differ where here),
    counted as (insert into area_tally as t (county, area, measure, n)
        select $1, area, measure, sum(n) from moves group by area, measure having sum(n) <> 0 order by area, measure
        on conflict (county, area, measure) do update set n = t.n + excluded.n returning 1)
    select $2[cardinality($2)], cardinality($2), (select count(*)::int from written) $q$, facts_of, of_category)
    using of_county, ids, required, limits, token_start, of_category;
end $$;

create or replace function erase_resident(place int, who uuid) returns uuid[]
language plpgsql set search_path = public
as $$
declare
  names text[]; places int[]; one int; households uuid[]; tied uuid[]; papers uuid[]; item_group text;
begin
  select array_remove(array[r.name, f.facts -> 'former_name' ->> 'v'], null) into names
    from resident r left join resident_file f on f.county = r.county and f.id = r.id where r.county = place and r.id = who;
  -- Households lived in earlier too, wherever the file has been: their names, timelines and registers told of the person.
  select coalesce(array_agg(distinct h.household), '{}'), array_agg(distinct h.county) || place into households, places from (
    select county, household from household_member where county = place and resident = who
    union all select county, household from household_member_past where resident = who) h;
  select coalesce(array_agg(id), '{}') into tied from (
    select unnest(households) as id
    union select resident from household_member where household = any (households) and resident <> who
    union select housing from household_housing where household = any (households)
    union select premises from premises_person where county = place and resident = who) t;
  for one in select distinct unnest(places) loop
    perform erase_trace(one, tied, names);
  end loop;
  delete from archive_change where county = place and subject = who;
  delete from archive_change where county = any (places) and subject = any (tied)
    and (coalesce(after, before) ->> 'resident' = who::text or (kind = 'event' and after -> 'residents' = jsonb_build_array(who)));
  -- An act that concerned others too stays theirs, without this person and without words.
  update archive_change set reason = null, after = (after - array['place', 'toName']) || jsonb_build_object('residents', (after -> 'residents') - who::text)
   where county = any (places) and subject = any (tied) and kind = 'event' and after -> 'residents' ? who::text;
  update archive_change set before = null, after = null
   where county = any (places) and subject = any (tied) and kind <> 'event' and position(who::text in concat(before, after)) > 0;
  delete from life_event where residents @> array[who] and cardinality(residents) = 1;
  update life_event set residents = array_remove(residents, who), details = '{}', steps = '[]', proof_note = null, document = null,
         reason = null
   where residents @> array[who];
  update life_event set details = '{}', steps = '[]', proof_note = null, reason = null
   where household = any (households) and position(who::text in concat(steps, details)) > 0;
  delete from handover where resident = who;
  delete from household_member_past where resident = who;
  delete from stay where subject = who;
  delete from area_moved where subject = who;
  delete from archive_claim where county = place and subject = who;
  delete from correction_content where county = place and subject = who;
  delete from correction where county = place and subject = who;
  update deletion set answer = null where county = place and subject = who;
  delete from draft where position(who::text in key) > 0;
  delete from archive_token where county = place and id = who;
  select coalesce(array_agg(distinct files), '{}') into papers from document where county = place and subject = who;
  delete from document where county = place and subject = who;
  delete from household_member where county = place and resident = who;
  delete from premises_person where county = place and resident = who;
  foreach item_group in array array['file', 'contact', 'identity', 'health', 'ethnic', 'welfare', 'minor'] loop
    execute format('delete from %I where county = $1 and id = $2', 'resident_' || item_group) using place, who;
  end loop;
  delete from resident where county = place and id = who;
  -- What another document still shows stays.
  return array(select p from unnest(papers) p where not exists (select from document d where d.files = p));
end $$;

create or replace function archive_receive(of_handover uuid, of_county int, into_area bigint, at timestamptz) returns uuid
language plpgsql security definer set search_path = public
as $$
declare h handover; from_county int; from_area bigint; gone date;
begin
  select * into h from handover where county = of_county and id = of_handover and state = 'pending' for update;
  if h.id is null or not (h.to_lo >= scope_lo() and h.to_lo < scope_hi())
     or not (into_area >= h.to_lo and into_area < h.to_lo + 1000 and into_area >= scope_lo() and into_area < scope_hi())
     or not gate_write('file') then
    raise exception 'no arrival for the acting post' using errcode = '42501';
  end if;
  select county, area, left_on into from_county, from_area, gone from resident where county = of_county and id = h.resident for update;
  -- A village whose code has changed since still hands over what it offered.
  if gone is null or not (from_area = h.area or exists (select from area_moved v
       where v.subject = h.resident and v.was = h.area and v.area = from_area)) then
    raise exception 'the file is not on its way any more' using errcode = 'MQ409';
  end if;
  -- What the old village keeps is that the person lived there, from when until when: its rows let go of the file itself.
  insert into household_member_past (county, id, area, household, resident, relation, registered, lives, since, until, relation_since)
    select m.county, uuidv7(), m.area, m.household, m.resident, m.relation, m.registered, m.lives, m.since, coalesce(m.until, h.day), m.relation_since
      from household_member m where m.county = from_county and m.resident = h.resident;
  delete from household_member where county = from_county and resident = h.resident;
  delete from premises_person where county = from_county and resident = h.resident and from_county <> into_area / 1000000000;
  perform archive_carry('resident', h.resident, from_county, into_area);
  update resident set left_on = null, left_how = null, household = null, relation = null
   where county = into_area / 1000000000 and id = h.resident;
  update handover set state = 'accepted', to_area = into_area, decided_by = gate_account(), decided_at = archive_receive.at
   where county = of_county and id = of_handover;
  return h.resident;
end $$;
