import { type Sql, sql } from '../../../server/database/sql.ts';
import type { Queries } from '../../../server/database/steward.ts';
import type { Stretch, Within } from './run.ts';

/** Rows of the stretch that no id told, whose id nobody in the archive has. */
const unknownIds = ({ batch, from, to }: Stretch): Sql => sql`
  select r.n, r.citizen as person, r.citizen, r.name, r.pinyin, r.birth, r.sex, r.address, r.place, r.household_number
    from gather_row r
   where r.batch = ${batch} and r.n between ${from} and ${to} and r.aside is null and r.citizen is not null
     and (select l.n from gather_link l where l.batch = r.batch and l.n = r.n) is null
     and (select p.id from gather_person p where p.citizen = r.citizen limit 1) is null`;

/** Rows that mean nobody, by the id, or by household, birth and the sound of the name. */
const ofNobody = (batch: number): Sql => sql`
  select r.n, coalesce(r.citizen, concat_ws(' ', r.household_number, coalesce(r.pinyin, r.name), r.birth)) as person,
         r.citizen, r.name, r.pinyin, r.birth, r.sex, r.address, r.place, r.household_number
    from gather_link l join gather_row r on r.batch = l.batch and r.n = l.n
   where l.batch = ${batch} and l.decision = 'none'
     -- Whom the archive has elsewhere, where the batch may not look, is nobody new.
     and (r.citizen is null or not exists (select from gather_person p where p.citizen = r.citizen))`;

/**
 * Names the residents whom rows of a register bring, by their ids: each has an id of ours from now on, and stands in the
 * archive when the batch is merged. Rows whose area the archive does not know, or which name nobody, have no place.
 * @returns how many residents and households are to be made
 */
export const nameById = (tx: Queries, stretch: Stretch): Promise<number> =>
  name(tx, stretch, unknownIds(stretch));

/** The same of the rows that mean nobody after all was compared. */
export const nameTheRest = (tx: Queries, within: Within): Promise<number> =>
  name(tx, within, ofNobody(within.batch));

async function name(tx: Queries, { batch, lo, hi }: Within, rows: Sql): Promise<number> {
  const placed = sql`placed as materialized (
    select * from (${rows}) f where f.name is not null and f.place >= ${lo} and f.place < ${hi} and exists (select from area a where a.level >= 5 and a.lo = f.place))`;
  // Of rows that it is to join with themselves the planner expects one or two, and of tables that are being filled
  // next to nothing; `offset 0` keeps it to the index of the number.
  await tx.count(sql`set local enable_nestloop = off; set local enable_seqscan = off`);
  const homes = await tx.count(sql`
    with ${placed},
    numbered as (select distinct on (household_number) household_number as number, place from placed
                  where household_number is not null order by household_number, n)
    insert into gather_home (county, number, id, place, batch)
    select f.place / 1000000000, f.number, uuidv7(), f.place, ${batch}::int from numbered f
     where not exists (select from household h where h.number = f.number and h.left_on is null)
       and not exists (select from gather_home g where g.number = f.number)
     order by f.place, f.number`);
  // Rows of one id but another name: one has it by mistake, and only the first is the newcomer's.
  const found = await tx.first(sql<{ made: number }>`
    with ${placed},
    first as (select distinct on (person) * from placed order by person, n),
    housed as materialized (
      select f.*, uuidv7() as id, coalesce(h.county, g.county, (f.place / 1000000000)::int) as county,
             coalesce(h.area, g.place, f.place) as area, coalesce(h.id, g.id) as household,
             coalesce(h.version, case when g.id is not null then 1 end) as household_version
        from (select * from first order by n) f
        left join lateral (select * from (select county, id, area, version from household
                            where number = f.household_number and left_on is null offset 0) h order by id limit 1) h on true
        left join lateral (select * from (select county, id, place from gather_home
                            where number = f.household_number offset 0) g order by id limit 1) g on true),
    made as (
      insert into gather_person (county, id, area, version, household_version, name, pinyin, birth, sex, citizen, address,
             household, household_number)
      select county, id, area, 1, household_version, name, pinyin, birth, sex, citizen, address, household, household_number
        from housed
      returning id),
    linked as (
      insert into gather_link as l (batch, n, county, resident, household, decision, score)
      select ${batch}::int, f.n, m.county, m.id, m.household, case when f.n = m.n then 'made' else 'same' end, 1
        from placed f join housed m on m.person = f.person
       where f.citizen is null or f.name = m.name or f.pinyin = m.pinyin
      on conflict (batch, n) do update set county = excluded.county, resident = excluded.resident, household = excluded.household,
             decision = excluded.decision, score = excluded.score),
    nowhere as (
      insert into gather_link as l (batch, n, decision)
      select ${batch}::int, f.n, 'unplaced' from (${rows}) f where not exists (select from placed p where p.n = f.n)
      on conflict (batch, n) do update set decision = excluded.decision)
    select count(*)::int as made from made`);
  await tx.count(sql`set local enable_nestloop = on; set local enable_seqscan = on`);
  return homes + (found?.made ?? 0);
}
