import { sql } from '../../../server/database/sql.ts';
import type { Queries } from '../../../server/database/steward.ts';
import { newId } from '../../../server/ids.ts';
import { shapes } from '../../archive/categories.ts';
import { summaryOf } from '../../archive/listing.ts';
import type { Facts } from '../../archive/rules/facts.ts';
import { countyOf } from '../../area/queries.ts';
import { keepPersons, type PersonKeys } from '../match/persons.ts';
import { type MergeDesk, type Merged, nothingYet } from './records.ts';
import { factsStated, type Stated } from './state.ts';
import { writeRecords } from './write.ts';

/** A row of a register of residents, of whom nobody in the archive is meant. */
export interface Newcomer extends Stated {
  citizen: string | null;
  name: string | null;
  pinyin: string | null;
  birth: string | null;
  sex: string | null;
  address: string | null;
  area: number | null;
  household_number: string | null;
  relation: string | null;
}

/** Rows that are one person: by the id, or by household, birth and the sound of the name. */
function personKey(row: Newcomer): string {
  if (row.citizen !== null) return `i ${row.citizen}`;
  return ['p', row.household_number, row.pinyin ?? row.name, row.birth].join(' ');
}

interface Home {
  county: number;
  id: string;
  area: number;
  number: string | null;
  sort_key: string;
}

/**
 * Makes residents of rows that mean nobody in the archive, with their households, and links the rows to them. Rows
 * whose area the archive does not know, or which name nobody, are left without a place.
 * @returns how many residents and households were made
 */
export async function makePeople(
  tx: Queries,
  desk: MergeDesk,
  rows: readonly Newcomer[],
  day: string,
): Promise<number> {
  const known = await knownAreas(tx, rows);
  const placed = rows.filter(
    (row) => row.name !== null && row.area !== null && known.has(row.area),
  );
  const homes = await homesOf(tx, placed);
  const newHomes = makeHomes(desk, placed, homes, day);
  await writeRecords(tx, desk, shapes.household, newHomes);
  const byPerson = Map.groupBy(placed, personKey);
  const links: object[] = [];
  const members: object[] = [];
  const matchedBy = new Map<string, PersonKeys>();
  const people = [...byPerson.values()].map((own) => {
    const made = makePerson(desk, own, homes, day);
    const { county, id, area } = made.standing;
    const home = homes.get(own[0]?.household_number ?? '');
    const relation = own[0]?.relation ?? null;
    if (home) members.push({ county, area: home.area, household: home.id, resident: id, relation });
    const [first] = own;
    if (first?.citizen) matchedBy.set(id, keysOf(first, made, home));
    own
      .filter((row) => first && isSameName(row, first))
      .forEach((row, i) => {
        const decision = i === 0 ? 'made' : 'same';
        links.push({ n: row.n, county, area, resident: id, household: home?.id ?? null, decision });
      });
    return made;
  });
  await writeRecords(tx, desk, shapes.resident, people);
  await keepMembers(tx, members);
  await keepPersons(tx, [...matchedBy.values()]);
  const unplaced = rows.filter((row) => !placed.includes(row));
  for (const { n } of unplaced) links.push({ n, decision: 'unplaced' });
  await keepLinks(tx, desk.batch, links);
  return people.length + newHomes.length;
}

/** Of two rows with one id but other names, one has the id by mistake: only the first is the newcomer's. */
const isSameName = (row: Newcomer, first: Newcomer): boolean =>
  row.citizen === null || row.name === first.name || row.pinyin === first.pinyin;

/** What a newcomer with a valid id is matched by, so that no later row of the same id makes another one. */
function keysOf(row: Newcomer, { standing }: Merged, home: Home | undefined): PersonKeys {
  const { county, id, area } = standing;
  return {
    county,
    id,
    area,
    // As records begin.
    version: 1,
    household_version: home ? 1 : null,
    name: row.name,
    pinyin: row.pinyin,
    birth: row.birth,
    sex: row.sex,
    citizen: row.citizen,
    phone: null,
    address: row.address,
    household: home?.id ?? null,
    household_number: row.household_number,
  };
}

async function knownAreas(tx: Queries, rows: readonly Newcomer[]): Promise<Set<number>> {
  const asked = [...new Set(rows.map(({ area }) => area))].filter((area) => area !== null);
  const found = await tx.rows(
    sql<{ lo: number }>`select lo from area where level >= 5 and lo = any (${asked}::bigint[])`,
  );
  return new Set(found.map(({ lo }) => Number(lo)));
}

/** The households that the rows name by their numbers, as far as they are in the archive. */
async function homesOf(tx: Queries, rows: readonly Newcomer[]): Promise<Map<string, Home>> {
  const numbers = [...new Set(rows.map((row) => row.household_number))].filter((n) => n !== null);
  const found = await tx.rows(sql<Home>`
    select county, id, area, number, sort_key from household where number = any (${numbers}::text[]) and left_on is null`);
  return new Map(found.map((home) => [home.number ?? '', home]));
}

function makeHomes(
  desk: MergeDesk,
  rows: readonly Newcomer[],
  homes: Map<string, Home>,
  day: string,
): Merged[] {
  const made: Merged[] = [];
  for (const row of rows) {
    const number = row.household_number;
    if (number === null || row.area === null || homes.has(number)) continue;
    const county = countyOf(row.area);
    const id = newId(desk.at.getTime());
    const after = factsStated(desk, shapes.household, row, day);
    const { sortKey } = summaryOf(desk.dictionary, shapes.household, after);
    homes.set(number, { county, id, area: row.area, number, sort_key: sortKey });
    const standing = nothingYet(county, row.area, id);
    made.push({ standing, made: true, after, claims: [], more: { members: 0, registered: 0 } });
  }
  return made;
}

function makePerson(
  desk: MergeDesk,
  own: readonly Newcomer[],
  homes: ReadonlyMap<string, Home>,
  day: string,
): Merged {
  const [row] = own;
  if (!row || row.area === null) throw new Error('a person without a row');
  const home = homes.get(row.household_number ?? '');
  const area = home?.area ?? row.area;
  const after: Facts = factsStated(desk, shapes.resident, row, day);
  const { sortKey } = summaryOf(desk.dictionary, shapes.resident, after);
  return {
    standing: nothingYet(countyOf(area), area, newId(desk.at.getTime())),
    made: true,
    after,
    claims: [],
    more: {
      household: home?.id ?? null,
      relation: row.relation,
      sort_key: home ? `${home.sort_key}-${row.relation ?? ''}` : sortKey,
    },
  };
}

function keepMembers(tx: Queries, members: readonly object[]): Promise<number> {
  return tx.count(sql`
    insert into household_member (county, area, household, resident, relation)
    select n.* from json_to_recordset(${JSON.stringify(members)}) as n(county int, area bigint, household uuid, resident uuid,
           relation text)`);
}

function keepLinks(tx: Queries, batch: number, links: readonly object[]): Promise<number> {
  return tx.count(sql`
    insert into gather_link as l (batch, n, county, area, resident, household, decision, subject, score)
    select ${batch}::int, n.*, n.resident, 1 from json_to_recordset(${JSON.stringify(links)}) as n(n int, county int, area bigint,
           resident uuid, household uuid, decision text)
    on conflict (batch, n) do update set county = excluded.county, area = excluded.area, subject = excluded.subject, resident = excluded.resident,
           household = excluded.household, decision = excluded.decision, score = excluded.score`);
}
