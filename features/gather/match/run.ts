import { sql } from '../../../server/database/sql.ts';
import type { Queries } from '../../../server/database/steward.ts';
import { decide, explain, type Step } from './decide.ts';
import { type Candidate, compare, type Pattern, type Row } from './fields.ts';
import { type Compared, learnChance, learnWeights, type Weights } from './learn.ts';

/** Rows of a batch from one number to another, the last included. */
export interface Stretch {
  batch: number;
  from: number;
  to: number;
}

/**
 * Links rows whose valid id is a resident's and whose name is hers, or sounds like it. Where the name is
 * another one, the row is scored like those without an id: an id can be somebody else's.
 */
export function linkById(tx: Queries, { batch, from, to }: Stretch): Promise<number> {
  return tx.count(sql`
    insert into gather_link (batch, n, county, area, subject, resident, household, decision, score)
    select distinct on (r.n) r.batch, r.n, p.county, p.area, p.id, p.id, p.household, 'id', 1
      from gather_row r join gather_person p on p.citizen = r.citizen
     where r.batch = ${batch} and r.n between ${from} and ${to} and r.aside is null
       and (r.name is null or p.name is null or r.name = p.name or r.pinyin = p.pinyin)
     order by r.n, p.county, p.id
    on conflict (batch, n) do nothing`);
}

interface RowKeys {
  n: number;
  name: string | null;
  pinyin: string | null;
  birth: string | null;
  sex: string | null;
  citizen: string | null;
  repairs: string[] | null;
  phone: string | null;
  address: string | null;
  household_number: string | null;
  guardian: string | null;
  guardian_phone: string | null;
}

interface PersonKeys extends Omit<RowKeys, 'n' | 'repairs' | 'guardian' | 'guardian_phone'> {
  county: number;
  area: number;
  id: string;
  household: string | null;
  family: string[] | null;
  phones: string[] | null;
}

/** A row with those it may mean. */
interface Asked {
  row: RowKeys;
  people: PersonKeys[] | null;
}

/** Most residents that a row is compared with for one reason. */
const mostAlike = 60;

const person = sql`json_build_object('county', p.county, 'area', p.area, 'id', p.id, 'household', p.household, 'name', p.name,
  'pinyin', p.pinyin, 'birth', p.birth, 'sex', p.sex, 'citizen', p.citizen, 'phone', p.phone, 'address', p.address,
  'household_number', p.household_number)`;
const row = sql`json_build_object('n', r.n, 'name', r.name, 'pinyin', r.pinyin, 'birth', r.birth, 'sex', r.sex, 'citizen', r.citizen,
  'repairs', r.repairs, 'phone', r.phone, 'address', r.address, 'household_number', r.household_number,
  'guardian', r.guardian, 'guardian_phone', r.guardian_phone)`;

/** Rows without a link, from `after` on, with the residents they are like in one respect or another. */
function unlinked(tx: Queries, batch: number, after: number, atOnce: number): Promise<Asked[]> {
  return tx.rows(sql<Asked>`
    select ${row} as row, c.people
      from (select * from gather_row r where r.batch = ${batch} and r.n > ${after} and r.aside is null
              and not exists (select from gather_link l where l.batch = r.batch and l.n = r.n)
             order by r.n limit ${atOnce}) r
      left join lateral (
        select json_agg(${person}) as people from gather_person p where (p.county, p.id) in (
          (select county, id from gather_person where citizen = r.citizen)
          union (select county, id from gather_person where citizen = any (r.repairs))
          union (select county, id from gather_person where name = r.name limit ${mostAlike})
          union (select county, id from gather_person where pinyin = r.pinyin limit ${mostAlike})
          union (select county, id from gather_person where phone = r.phone limit ${mostAlike})
          union (select county, id from gather_person
                  where birth = r.birth and left(name, 1) = left(r.name, 1) limit ${mostAlike})
          union (select m.county, m.id from gather_person g join gather_person m on m.household = g.household
                  where g.phone = r.guardian_phone limit ${mostAlike})
          union (select m.county, m.id from household h join gather_person m on m.household = h.id
                  where h.number = r.household_number limit ${mostAlike}))) c on true
     order by r.n`);
}

/** Names and phones of those who live with the candidates of rows that name a guardian. */
async function withFamilies(tx: Queries, asked: readonly Asked[]): Promise<void> {
  const people = asked
    .filter(({ row }) => row.guardian !== null || row.guardian_phone !== null)
    .flatMap(({ people }) => people ?? []);
  const households = [...new Set(people.map(({ household }) => household))].filter(Boolean);
  if (households.length === 0) return;
  const found = await tx.rows(
    sql<{ household: string; members: { id: string; name: string; phone: string | null }[] }>`
    select household, json_agg(json_build_object('id', id, 'name', name, 'phone', phone)) as members from gather_person
     where household = any (${households}::uuid[]) group by household`,
  );
  const members = new Map(found.map((one) => [one.household, one.members]));
  for (const one of people) {
    const others = (members.get(one.household ?? '') ?? []).filter(({ id }) => id !== one.id);
    one.family = others.map(({ name }) => name);
    // A child's own phone in the archive is often the guardian's.
    one.phones = [...others.map(({ phone }) => phone), one.phone].filter((phone) => phone !== null);
  }
}

const rowOf = (keys: RowKeys): Row => ({
  name: keys.name,
  pinyin: keys.pinyin,
  birth: keys.birth,
  sex: keys.sex,
  id: keys.citizen,
  phone: keys.phone,
  address: keys.address,
  household: keys.household_number,
  repairs: keys.repairs ?? [],
  guardian: keys.guardian,
  guardianPhone: keys.guardian_phone,
});

const candidateOf = (keys: PersonKeys): Candidate => ({
  resident: keys.id,
  name: keys.name,
  pinyin: keys.pinyin,
  birth: keys.birth,
  sex: keys.sex,
  id: keys.citizen,
  phone: keys.phone,
  address: keys.address,
  household: keys.household_number,
  family: keys.family ?? [],
  familyPhones: keys.phones ?? [],
});

/** A row compared with its candidates. How common a name is follows from the candidates that bear it. */
function compared({ row: keys, people }: Asked, residents: number): Compared {
  const row = rowOf(keys);
  const candidates = (people ?? []).map(candidateOf);
  const patterns = candidates.map((one) => compare(row, one));
  const bearing = (level: number): number => patterns.filter((one) => one[1] === level).length;
  const shares = patterns.map((pattern) => {
    const level = pattern[1] ?? 0;
    // Half a namesake more than are known: somebody outside the archive may bear the name.
    return level === 1 || level === 2 ? (bearing(level) + 0.5) / (residents + 1) : null;
  });
  return { patterns, shares, told: null };
}

/** How many rows of each sort the weights are learnt from. */
const sample = 4000;

/** Learns the weights of a batch, from its rows that an id linked and those that none did. */
export async function learn(tx: Queries, batch: number, residents: number): Promise<Weights> {
  const told = await tx.rows(sql<Asked>`
    select ${row} as row, json_build_array(${person}) as people
      from (select * from gather_link where batch = ${batch} and decision = 'id'
             order by hashint4(n) limit ${sample}) l
      join gather_row r on r.batch = l.batch and r.n = l.n
      join gather_person p on p.county = l.county and p.id = l.resident`);
  const open = await unlinked(tx, batch, 0, sample);
  await withFamilies(tx, [...told, ...open]);
  const strangers = await tx.rows(sql<PersonKeys>`
    select p.* from gather_person p order by hashtext(p.name || coalesce(p.birth::text, '')), p.id limit ${sample}`);
  const rows = [...told, ...open].map((one) => rowOf(one.row));
  const others = strangers.map(candidateOf);
  const chance = learnChance(pairsAtRandom(rows, others));
  const taught = told.map((one) => ({ ...compared(one, residents), told: 0 }));
  return learnWeights(
    [...taught, ...open.map((one) => compared(one, residents))],
    chance,
    residents,
  );
}

/** Pairs from which chance is learnt, be the file ever so small: an agreement seen in none of a few tells nothing. */
const pairs = 12_000;

/** Each row beside residents who have nothing to do with it. */
function* pairsAtRandom(rows: readonly Row[], others: readonly Candidate[]): Generator<Pattern> {
  const each = Math.min(others.length, Math.ceil(pairs / Math.max(1, rows.length)));
  for (const [i, row] of rows.entries()) {
    for (let step = 0; step < each; step++) {
      // Steps of a prime number: neighbours in the list are often one family.
      const other = others[(i * 7 + step * 101) % others.length];
      if (other && other.id !== row.id) yield compare(row, other);
    }
  }
}

/** A candidate as an official is shown it, with what each field said. */
export interface Shown {
  county: number;
  resident: string;
  score: number;
  steps: Step[];
}

/**
 * Scores rows that no id linked, and writes what is decided.
 * @returns the last row looked at; null when there are no more
 */
export async function score(
  tx: Queries,
  batch: number,
  weights: Weights,
  residents: number,
  after: number,
  atOnce: number,
): Promise<number | null> {
  const asked = await unlinked(tx, batch, after, atOnce);
  await withFamilies(tx, asked);
  const links = asked.map((one) => linkOf(one, weights, residents));
  await keepLinks(tx, batch, links);
  return asked.length === atOnce ? (asked.at(-1)?.row.n ?? null) : null;
}

function linkOf(asked: Asked, weights: Weights, residents: number) {
  const seen = compared(asked, residents);
  const people = asked.people ?? [];
  const verdict = decide(weights, seen, residents);
  const best = verdict.best === null ? undefined : people[verdict.best];
  const linked = verdict.decision === 'link';
  const shown = ({ at, belief }: { at: number; belief: number }): Shown => ({
    county: people[at]?.county ?? 0,
    resident: people[at]?.id ?? '',
    score: belief,
    steps: explain(weights, seen.patterns[at] ?? [], seen.shares[at] ?? null),
  });
  return {
    n: asked.row.n,
    decision: linked ? 'scored' : verdict.decision,
    county: verdict.decision === 'none' ? null : (best?.county ?? null),
    area: verdict.decision === 'none' ? null : (best?.area ?? null),
    subject: verdict.decision === 'none' ? null : (best?.id ?? null),
    resident: linked ? (best?.id ?? null) : null,
    household: linked ? (best?.household ?? null) : null,
    score: verdict.score,
    candidates: verdict.decision === 'none' ? null : verdict.shown.map(shown),
  };
}

function keepLinks(tx: Queries, batch: number, links: readonly object[]): Promise<number> {
  return tx.count(sql`
    insert into gather_link (batch, n, county, area, subject, resident, household, decision, score, candidates)
    select ${batch}::int, l.* from json_to_recordset(${JSON.stringify(links)}) as l(n int, county int, area bigint, subject uuid, resident uuid,
           household uuid, decision text, score real, candidates jsonb)
    on conflict (batch, n) do nothing`);
}
