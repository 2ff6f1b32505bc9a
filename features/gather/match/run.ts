import { sql } from '../../../server/database/sql.ts';
import type { Queries } from '../../../server/database/steward.ts';
import { beliefBeside, decide, explain, type Step } from './decide.ts';
import { type Candidate, compare, idLevel, nameLevel, type Pattern, type Row } from './fields.ts';
import {
  type Census,
  type Compared,
  expectedBearers,
  learnChance,
  learnWeights,
  type Weights,
} from './learn.ts';

/** A batch, and the areas that it may speak of: of a county's department, those of the county. */
export interface Within {
  batch: number;
  /** Lowest area code. */
  lo: number;
  /** First area code above. */
  hi: number;
}

/** Rows of a batch from one number to another, the last included. */
export interface Stretch extends Within {
  from: number;
  to: number;
}

/**
 * Links rows whose valid id is a resident's and whose name is hers, or sounds like it. Where the name is
 * another one, the row is scored like those without an id: an id can be somebody else's.
 */
export function linkById(tx: Queries, { batch, lo, hi, from, to }: Stretch): Promise<number> {
  return tx.count(sql`
    insert into gather_link (batch, n, county, resident, household, decision, score)
    select distinct on (r.n) r.batch, r.n, p.county, p.id, p.household, 'id', 1
      from gather_row r join gather_person p on p.citizen = r.citizen
     where r.batch = ${batch} and r.n between ${from} and ${to} and r.aside is null and p.area >= ${lo} and p.area < ${hi}
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
  /** How many rows of the batch are the resident's by their ids. */
  rows: number;
}

/** A row with those it may mean. */
interface Asked {
  row: RowKeys;
  /** How many residents bear the name, and how many bear one that sounds like it, itself included. */
  bearing?: { name: number; sound: number };
  people: PersonKeys[] | null;
}

/** Most residents that a row is compared with for one reason. */
const mostAlike = 60;

/**
 * Rows of the batch that an id told to be the resident's; not those that were scored, whose order would count. Found
 * by the resident: `offset 0` keeps the planner, which knows nothing of a batch just begun, from going through all of it.
 */
const rowsOf = (batch: number) => sql`(select count(*) from (
    select batch, decision from gather_link where resident = p.id offset 0) l
  where l.batch = ${batch} and l.decision in ('id', 'same', 'made'))`;
const person = (
  batch: number,
) => sql`json_build_object('county', p.county, 'area', p.area, 'id', p.id, 'household', p.household,
  'name', p.name, 'pinyin', p.pinyin, 'birth', p.birth, 'sex', p.sex, 'citizen', p.citizen, 'phone', p.phone,
  'address', p.address, 'household_number', p.household_number, 'rows', ${rowsOf(batch)})`;
const row = sql`json_build_object('n', r.n, 'name', r.name, 'pinyin', r.pinyin, 'birth', r.birth, 'sex', r.sex, 'citizen', r.citizen,
  'repairs', r.repairs, 'phone', r.phone, 'address', r.address, 'household_number', r.household_number,
  'guardian', r.guardian, 'guardian_phone', r.guardian_phone)`;

/**
 * Rows without a link, from `after` on, with the residents they are like in one respect or another. Each look-up is a
 * query of its own along one index: tables just filled have no statistics, and a join might be planned as a scan.
 */
function unlinked(
  tx: Queries,
  { batch, lo, hi }: Within,
  after: number,
  atOnce: number,
): Promise<Asked[]> {
  return tx.rows(sql<Asked>`
    select ${row} as row, c.people, case when r.name is not null then json_build_object(
             'name', (select count(*) from gather_person where name = r.name),
             'sound', (select count(*) from gather_person where pinyin = r.pinyin)) end as bearing
      from (select * from gather_row r where r.batch = ${batch} and r.n > ${after} and r.aside is null
              and (select l.n from gather_link l where l.batch = r.batch and l.n = r.n) is null
             order by r.n limit ${atOnce}) r
      left join lateral (
        select json_agg(${person(batch)} order by p.county, p.id) as people from (
          (select * from gather_person where citizen = r.citizen)
          union (select m.* from gather_person g, lateral (select * from gather_person where household = g.household) m
                  where g.citizen = r.citizen limit ${mostAlike})
          union (select * from gather_person where citizen = any (r.repairs))
          union (select * from gather_person where name = r.name order by ${nearestFirst} limit ${mostAlike})
          union (select * from gather_person where pinyin = r.pinyin order by ${nearestFirst} limit ${mostAlike})
          union (select * from gather_person where phone = r.phone limit ${mostAlike})
          union (select * from gather_person
                  where birth = r.birth and left(name, 1) = left(r.name, 1) limit ${mostAlike})
          union (select m.* from gather_person g, lateral (select * from gather_person where household = g.household) m
                  where g.phone = r.guardian_phone limit ${mostAlike})
          union (select m.* from household h, lateral (select * from gather_person where household = h.id) m
                  where h.number = r.household_number limit ${mostAlike})) p
         where p.area >= ${lo} and p.area < ${hi}) c on true
     order by r.n`);
}

/** Of many namesakes those who may be meant. */
const nearestFirst = sql`(birth is not distinct from r.birth)::int + (address is not distinct from r.address)::int
  + (phone is not distinct from r.phone)::int + (household_number is not distinct from r.household_number)::int desc, id`;

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

/** @param own rows of the file that are compared with it now */
const candidateOf = (keys: PersonKeys, own = 0): Candidate => ({
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
  hasRow: keys.rows > own,
});

/** A row compared with its candidates. How common a name is follows from how many residents bear it. */
function compared(
  { row: keys, people, bearing }: Asked,
  residents: number,
  alone: number,
  own = 0,
): Compared {
  const row = rowOf(keys);
  const patterns = (people ?? []).map((one) => compare(row, candidateOf(one, own)));
  const named = (level: number): number => patterns.filter((one) => one[1] === level).length;
  const many = {
    [nameLevel.equal]: bearing?.name ?? named(nameLevel.equal),
    [nameLevel.homophone]: bearing ? bearing.sound - bearing.name : named(nameLevel.homophone),
  };
  const shares = patterns.map((pattern) => {
    const n = many[pattern[1] as keyof typeof many];
    if (n === undefined) return null;
    if (n === 1 && pattern[1] === nameLevel.equal) return alone / (residents + 1);
    // Half a namesake more than are known: somebody outside the archive may bear the name.
    return (n + 0.5) / (residents + 1);
  });
  const seen: Compared = { patterns, shares, told: null, hasId: row.id !== null };
  const at = patterns.findIndex((pattern) => pattern[0] === idLevel.equal);
  if (at < 0) return seen;
  const home = people?.[at]?.household ?? null;
  const isDisputed = patterns.some(
    (pattern, i) =>
      i !== at &&
      home !== null &&
      people?.[i]?.household === home &&
      (pattern[1] === nameLevel.equal || pattern[1] === nameLevel.homophone),
  );
  return { ...seen, owner: { at, isDisputed } };
}

/** Of weights that were learnt before names were counted. */
const usualAlone = 1;

/** How many rows of each sort the weights are learnt from. */
const sample = 4000;

/** Learns the weights of a batch, from its rows that an id linked and those that none did. */
export async function learn(tx: Queries, within: Within, residents: number): Promise<Weights> {
  const { batch } = within;
  const told = await tx.rows(sql<Asked>`
    select ${row} as row, json_build_array(${person(batch)}) as people
      from (select * from gather_link where batch = ${batch} and decision in ('id', 'same')
             order by hashint4(n) limit ${sample}) l
      join gather_row r on r.batch = l.batch and r.n = l.n
      join gather_person p on p.county = l.county and p.id = l.resident`);
  const open = await unlinked(tx, within, 0, sample);
  await withFamilies(tx, [...told, ...open]);
  const strangers = await tx.rows(sql<PersonKeys>`
    select p.*, ${rowsOf(batch)}::int as rows from gather_person p order by hashtext(p.name || coalesce(p.birth::text, '')), p.id limit ${sample}`);
  const rows = [...told, ...open].map((one) => rowOf(one.row));
  const others = strangers.map((one) => candidateOf(one));
  const chance = learnChance(pairsAtRandom(rows, others));
  const alone = await aloneIn(tx);
  const taught = told.map((one) => ({ ...compared(one, residents, alone, 1), told: 0 }));
  const asked = open.map((one) => compared(one, residents, alone));
  const census = await censusOf(tx, batch);
  return { ...learnWeights([...taught, ...asked], chance, residents, census), alone };
}

/** How rare the names are that one resident bears. */
async function aloneIn(tx: Queries): Promise<number> {
  const found = await tx.first(sql<{ once: number; twice: number }>`
    select count(*) filter (where n = 1)::int as once, count(*) filter (where n = 2)::int as twice
      from (select count(*) as n from gather_person where name is not null group by name) names`);
  return expectedBearers(found?.once ?? 0, found?.twice ?? 0);
}

/** Counts the rows with a valid id; before any row is scored, they alone are linked. */
async function censusOf(tx: Queries, batch: number): Promise<Census> {
  const found = await tx.first(sql<Census>`
    select l.known, l.brought, r.valid - l.all_linked as open
      from (select count(*) filter (where decision in ('id', 'same'))::int as known,
                   count(*) filter (where decision = 'made')::int as brought, count(*)::int as all_linked
              from gather_link where batch = ${batch}) l,
           (select count(*)::int as valid from gather_row where batch = ${batch} and aside is null and citizen is not null) r`);
  return found ?? { known: 0, brought: 0, open: 0 };
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
  within: Within,
  weights: Weights,
  residents: number,
  after: number,
  atOnce: number,
): Promise<number | null> {
  const asked = await unlinked(tx, within, after, atOnce);
  await withFamilies(tx, asked);
  const links = asked.map((one) => linkOf(one, weights, residents));
  await keepLinks(tx, within.batch, links);
  return asked.length === atOnce ? (asked.at(-1)?.row.n ?? null) : null;
}

/**
 * Rows that were linked by the same file's speaking of nobody twice, and are two of one resident after all: where the
 * rest does not suffice, all of them are asked about.
 */
export function askAboutDoubles(tx: Queries, batch: number, weights: Weights): Promise<number> {
  const needed = beliefBeside(weights);
  return tx.count(sql`
    update gather_link l set decision = 'ask', subject = p.id, area = p.area, resident = null, household = null
      from gather_person p
     where p.county = l.county and p.id = l.resident and l.batch = ${batch} and l.decision = 'scored' and l.score < ${needed}
       and l.resident in (select resident from gather_link where batch = ${batch} and decision = 'scored'
                           group by resident having count(*) > 1)`);
}

function linkOf(asked: Asked, weights: Weights, residents: number) {
  const seen = compared(asked, residents, weights.alone ?? usualAlone);
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
    area: verdict.decision === 'ask' ? (best?.area ?? null) : null,
    subject: verdict.decision === 'ask' ? (best?.id ?? null) : null,
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
