-- Recounting items leaves out who is not here any more; a file is handed over also after the old village's code has
-- changed; acts of life are found by those they concern.

create index life_event_residents on life_event using gin (residents);
create index life_event_household on life_event (household) where household is not null;

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
