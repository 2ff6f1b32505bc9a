import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { withClient } from '../../server/database/connect.ts';
import type { Figures } from '../figures/figures.ts';
import type { GatherSite } from './site.ts';

/** A row with who it truly is, and what was decided. */
export interface Judged {
  source: string;
  n: number;
  person: number;
  resident: string | null;
  decision: string;
  /** Whether the row has a valid id of its own. */
  hasId: boolean;
}

/** How right the links are, in pairs of rows: two rows of one resident are of one person, and the other way round. */
export interface Accuracy {
  precision: number;
  recall: number;
  /** The same among pairs of rows that both have a valid id, and among the others. */
  withId: { precision: number; recall: number };
  withoutId: { precision: number; recall: number };
  /** Of pairs of people whom the register knows. */
  recallOfRegistered: number;
  /** With the rows that were asked about answered from the truth. */
  recallAnswered: number;
  recallAnsweredOfRegistered: number;
  /** Residents whose register rows are of two people. */
  merged: number;
  /** People who are two residents. */
  split: Judged[][];
  /** Rows linked to a resident who mostly is somebody else. */
  wrong: { row: Judged; others: Judged[] }[];
  rows: number;
  linked: number;
  asked: number;
}

export const registerSource = 'public-security';

/** The people of truth.csv, by source and row. */
export async function readTruth(file: string): Promise<Map<string, number[]>> {
  const truth = new Map<string, number[]>();
  const lines = createInterface({
    input: createReadStream(file),
    crlfDelay: Number.POSITIVE_INFINITY,
  });
  for await (const line of lines) {
    const [source = '', row = '', person = ''] = line.split(',');
    if (!/^\d+$/.test(row) || person === '') continue;
    const people = truth.get(source) ?? [];
    truth.set(source, people);
    people[Number(row)] = Number(person.replace(/\D/g, ''));
  }
  return truth;
}

/** All rows that the truth knows, with what was decided; rows set aside were decided nothing. */
export async function judge(
  site: GatherSite,
  truth: ReadonlyMap<string, readonly number[]>,
): Promise<Judged[]> {
  const links = new Map<string, { resident: string | null; decision: string }>();
  await site.eachLink((some) => {
    for (const { source, n, resident, decision } of some)
      links.set(`${source} ${n}`, { resident, decision });
  });
  const valid = await withClient(site.installation.reach.owner, async (client) => {
    const { rows } = await client.query<{ source: string; n: number }>(
      `select b.source, r.n from gather_row r join gather_batch b on b.number = r.batch where r.citizen is not null`,
    );
    return new Set(rows.map(({ source, n }) => `${source} ${n}`));
  });
  return [...truth].flatMap(([source, people]) =>
    people.flatMap((person, n) => {
      const link = links.get(`${source} ${n}`);
      const hasId = valid.has(`${source} ${n}`);
      const decided = { resident: link?.resident ?? null, decision: link?.decision ?? 'aside' };
      return [{ source, n, person, ...decided, hasId }];
    }),
  );
}

const pairs = (n: number): number => (n * (n - 1)) / 2;

/** Pairs of rows: how many are linked together, are one person, and both. */
function pairwise(rows: readonly Judged[]) {
  const residents = new Map<string, number>();
  const people = new Map<number, number>();
  const both = new Map<string, number>();
  const add = <K>(to: Map<K, number>, key: K): unknown => to.set(key, (to.get(key) ?? 0) + 1);
  for (const { resident, person } of rows) {
    add(people, person);
    if (resident === null) continue;
    add(residents, resident);
    add(both, `${resident} ${person}`);
  }
  const sum = (of: Map<unknown, number>): number =>
    [...of.values()].reduce((a, n) => a + pairs(n), 0);
  return { linked: sum(residents), same: sum(people), right: sum(both) };
}

const shares = ({ linked, same, right }: ReturnType<typeof pairwise>) => ({
  precision: linked === 0 ? 1 : right / linked,
  recall: same === 0 ? 1 : right / same,
});

/** Who a resident is: the person of most of its rows. */
function mainPeople(
  byResident: ReadonlyMap<string | null, readonly Judged[]>,
): Map<string, number> {
  const main = new Map<string, number>();
  for (const [resident, rows] of byResident) {
    if (resident === null) continue;
    const counted = [...Map.groupBy(rows, ({ person }) => person)];
    counted.sort(([, a], [, b]) => b.length - a.length);
    main.set(resident, counted[0]?.[0] ?? -1);
  }
  return main;
}

/** Works out how right the links are. */
export function accuracyOf(rows: readonly Judged[]): Accuracy {
  const byResident = Map.groupBy(rows, ({ resident }) => resident);
  const main = mainPeople(byResident);
  const residentsOf = Map.groupBy(main.keys(), (resident) => main.get(resident));
  const all = pairwise(rows);
  const withId = pairwise(rows.filter(({ hasId }) => hasId));
  const without = {
    linked: all.linked - withId.linked,
    same: all.same - withId.same,
    right: all.right - withId.right,
  };
  const registered = new Set(
    rows.filter(({ source }) => source === registerSource).map(({ person }) => person),
  );
  const ofRegistered = (some: readonly Judged[]): number =>
    shares(pairwise(some.filter(({ person }) => registered.has(person)))).recall;
  const answered = rows.map((row) => {
    if (row.decision !== 'ask') return row;
    return { ...row, resident: residentsOf.get(row.person)?.[0] ?? `new ${row.person}` };
  });
  const wrong = rows.flatMap((row) => {
    if (row.resident === null || main.get(row.resident) === row.person) return [];
    return [{ row, others: byResident.get(row.resident) ?? [] }];
  });
  const merged = [...byResident].filter(([resident, own]) => {
    const people = new Set(
      own.filter(({ source }) => source === registerSource).map(({ person }) => person),
    );
    return resident !== null && people.size > 1;
  });
  return {
    ...shares(all),
    withId: shares(withId),
    withoutId: shares(without),
    recallOfRegistered: ofRegistered(rows),
    recallAnswered: shares(pairwise(answered)).recall,
    recallAnsweredOfRegistered: ofRegistered(answered),
    merged: merged.length,
    split: [...residentsOf.values()]
      .filter((residents) => residents.length > 1)
      .map((residents) => residents.flatMap((resident) => byResident.get(resident) ?? [])),
    wrong,
    rows: rows.length,
    linked: rows.filter(({ resident }) => resident !== null).length,
    asked: rows.filter(({ decision }) => decision === 'ask').length,
  };
}

/** Takes the figures, against what they should reach. */
export function tellAccuracy(figures: Figures, found: Accuracy): void {
  console.log(
    `precision ${found.precision.toFixed(5)}, recall ${found.recall.toFixed(5)}, ${found.merged} residents merged`,
  );
  figures.atLeast('precision', found.precision, 0.999);
  figures.atLeast('recall', found.recall, 0.98);
  figures.atLeast('recall_of_registered', found.recallOfRegistered, 0.98);
  figures.atLeast('recall_asked_answered', found.recallAnswered, 0.995);
  figures.atLeast('recall_asked_answered_of_registered', found.recallAnsweredOfRegistered, 0.995);
  figures.atMost('residents_merged', found.merged, 0);
  figures.atMost('people_split', found.split.length, 0);
  figures.atMost('rows_linked_wrong', found.wrong.length, 0);
  figures.atLeast('with_id.precision', found.withId.precision, 0.999);
  figures.atLeast('with_id.recall', found.withId.recall, 0);
  figures.atLeast('without_id.precision', found.withoutId.precision, 0.999);
  figures.atLeast('without_id.recall', found.withoutId.recall, 0);
  figures.atLeast('rows', found.rows, 0);
  figures.atLeast('rows_linked', found.linked, 0);
  figures.atLeast('rows_asked', found.asked, 0);
}
