-- A resident's deletion reaches the acts of life too (0012, 0015).
create or replace function erase_resident(place int, who uuid) returns uuid[]
language plpgsql set search_path = public
as $$
declare
  names text[]; households uuid[]; tied uuid[]; papers uuid[]; item_group text;
begin
  select array_remove(array[r.name, f.facts -> 'former_name' ->> 'v'], null) into names
    from resident r left join resident_file f on f.county = r.county and f.id = r.id where r.county = place and r.id = who;
  select coalesce(array_agg(household), '{}') into households from household_member where county = place and resident = who;
  select coalesce(array_agg(id), '{}') into tied from (
    select unnest(households) as id
    union select resident from household_member where county = place and household = any (households) and resident <> who
    union select housing from household_housing where county = place and household = any (households)
    union select premises from premises_person where county = place and resident = who) t;
  perform erase_trace(place, tied, names);
  delete from archive_change where county = place
    and (subject = who or (subject = any (tied) and coalesce(after, before) ->> 'resident' = who::text));
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
  update archive_change set before = null, after = null
   where county = place and subject = any (tied) and position(who::text in concat(before, after)) > 0;
  -- Acts of life, wherever the file has been: what concerned others too stays theirs, without the person and all words.
  delete from household_member_past where resident = who;
  delete from stay where subject = who;
  delete from handover where resident = who;
  delete from life_event where residents = array[who];
  update life_event set residents = array_remove(residents, who), details = '{}', steps = '[]', proof_note = null, reason = null
   where who = any (residents);
  update life_event set details = '{}', steps = '[]', proof_note = null, reason = null
   where position(who::text in steps::text) > 0 or position(who::text in details::text) > 0;
  delete from resident where county = place and id = who;
  -- What another document still shows stays.
  return array(select p from unnest(papers) p where not exists (select from document d where d.files = p));
end $$;
