import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, startApp, type TestApp } from '../../../tests/support/app.ts';
import { countFaults } from '../../../tests/support/counts.ts';
import { decideEdit, type Fact } from '../rules/facts.ts';

let t: TestApp;
let village: Caller;
beforeAll(async () => {
  t = await startApp();
  village = await t.signIn('village');
});
afterAll(() => t.close());

const area = '330881002205';
const grids = [`${area}001`, `${area}002`] as const;
const proof = { kind: 'village_statement' };
const days = Array.from({ length: 14 }, (_, n) => `2026-05-${String(n + 1).padStart(2, '0')}`);
const before = '2026-04-01';

async function send(path: string, body: object, version?: number) {
  t.clock.now = new Date(t.clock.now.getTime() + 1000);
  return version === undefined
    ? village.send('POST', path, body)
    : village.send('PATCH', path, body, { 'if-match': `"${version}"` });
}
async function get(path: string) {
  const answer = await village.get(path);
  expect(`${answer.statusCode} ${answer.statusCode === 200 ? '' : answer.body}`).toBe('200 ');
  return answer.json();
}

/** Where somebody is on a day: in a household and its grid; nowhere once gone. */
interface State {
  household: number | null;
  grid: number | null;
}

/** What the naive model keeps: the state of everybody and every household on every day, written out. */
interface Model {
  people: State[][];
  households: number[][];
}

type Action =
  | { do: 'join'; who: number; into: number; day: number }
  | { do: 'out'; who: number; day: number }
  | { do: 'back'; who: number; into: number; day: number }
  | { do: 'death'; who: number; day: number }
  | { do: 'grid'; household: number; to: number; day: number }
  | { do: 'cancel'; which: number }
  | { do: 'edit'; who: number; value: string | null; day: number };

const whos = 2;
const who = fc.integer({ min: 0, max: whos - 1 });
const house = fc.integer({ min: 0, max: 2 });
const day = fc.integer({ min: 0, max: days.length - 1 });
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('join' as const), who, into: house, day }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('out' as const), who, day }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('back' as const), who, into: house, day }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('death' as const), who, day }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('grid' as const),
      household: house,
      to: fc.integer({ min: 0, max: 1 }),
      day,
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('cancel' as const), which: fc.nat(20) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('edit' as const),
      who,
      value: fc.constantFrom('木工', '电工', null),
      day,
    }),
  },
);

let round = 0;
/** Three households with a head who stays, in two grids; the people who move live in the first. */
async function ground() {
  round++;
  const households: string[] = [];
  let people: string[] = [];
  for (const n of [0, 1, 2]) {
    const answer = await send('/life-events', {
      kind: 'move_in',
      day: before,
      proof,
      newHousehold: { area: grids[n % 2], items: { address: `彭里村${round}巷${n}号` } },
      people: [
        { items: { name: `何户主${round}${n}` }, relation: '02' },
        ...(n === 0
          ? Array.from({ length: whos }, (_, at) => ({
              items: { name: `何移${round}${at}` },
              relation: '99',
            }))
          : []),
      ],
    });
    expect(answer.statusCode).toBe(201);
    households.push(answer.json().household);
    if (n === 0) people = answer.json().residents.slice(1);
  }
  return { households, people };
}

/** The state after the acts, each from its day on, in the order in which they were registered. */
function replay(acts: readonly Action[]): Model {
  const model: Model = {
    people: Array.from({ length: whos }, () => days.map(() => ({ household: 0, grid: 0 }))),
    households: [0, 1, 0].map((grid) => days.map(() => grid)),
  };
  for (const one of acts) {
    if (one.do === 'cancel' || one.do === 'edit') continue;
    // Whoever lives in the household at the end goes along.
    const along =
      one.do === 'grid'
        ? model.people.filter((states) => states.at(-1)?.household === one.household)
        : [model.people[one.who] ?? []];
    const ofHousehold = one.do === 'grid' ? model.households[one.household] : undefined;
    for (let n = one.day; n < days.length; n++) {
      if (one.do === 'grid' && ofHousehold) ofHousehold[n] = one.to;
      for (const states of along) {
        if (one.do === 'out' || one.do === 'death') states[n] = { household: null, grid: null };
        if (one.do === 'join' || one.do === 'back')
          states[n] = { household: one.into, grid: model.households[one.into]?.at(-1) ?? null };
        if (one.do === 'grid') states[n] = { household: one.household, grid: one.to };
      }
    }
  }
  return model;
}

describe('the past of people and households', () => {
  it('is on each day what a naive model says, after random acts, edits and cancellations', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(action, { minLength: 4, maxLength: 14 }), async (actions) => {
        const { households, people } = await ground();
        const counted = [0, 6, days.length - 1];
        const counts = async () => {
          const all = [];
          for (const n of counted)
            all.push((await get(`/areas/${area}/past?on=${days[n]}`)).counts);
          return all;
        };
        const untouched = await counts();
        const done: { action: Action; id: string }[] = [];
        const told: Fact[][] = people.map(() => []);
        const bodyOf = (one: Action): object | null => {
          const resident = 'who' in one ? people[one.who] : '';
          const base = { proof, day: 'day' in one ? days[one.day] : '' };
          switch (one.do) {
            case 'join':
            case 'back':
              return {
                ...base,
                kind: one.do === 'join' ? 'join_household' : 'move_in',
                household: households[one.into],
                people: [{ resident, relation: '99' }],
              };
            case 'out':
              return { ...base, kind: 'move_out', people: [{ resident }], place: '外地' };
            case 'death':
              return { ...base, kind: 'death', people: [{ resident }] };
            case 'grid':
              return {
                ...base,
                kind: 'change_grid',
                household: households[one.household],
                to: grids[one.to],
              };
            default:
              return null;
          }
        };
        for (const one of actions) {
          if (one.do === 'edit') {
            const path = `/residents/${people[one.who]}`;
            const { version } = await get(path);
            const asOf = days[one.day] ?? '';
            const answer = await send(
              path,
              { items: { skills: one.value }, asOf, reason: '走访' },
              version,
            );
            expect(answer.statusCode).toBe(200);
            told[one.who]?.push({ v: one.value, s: 'village', d: asOf });
          } else if (one.do === 'cancel') {
            const chosen = done[one.which % Math.max(1, done.length)];
            if (!chosen) continue;
            const answer = await send(`/life-events/${chosen.id}/cancellation`, { reason: '有误' });
            expect([201, 409]).toContain(answer.statusCode);
            if (answer.statusCode === 201) done.splice(done.indexOf(chosen), 1);
          } else {
            const answer = await send('/life-events', bodyOf(one) ?? {});
            expect([201, 400, 409]).toContain(answer.statusCode);
            if (answer.statusCode === 201) done.push({ action: one, id: answer.json().id });
          }
        }
        const model = replay(done.map((one) => one.action));
        for (const [n, on] of days.entries()) {
          for (const [at, id] of people.entries()) {
            const past = await get(`/residents/${id}/past?on=${on}`);
            const due = model.people[at]?.[n] ?? { household: null, grid: null };
            expect({
              on,
              grid: past.area?.code ?? null,
              household: past.households.map(({ id: of }: { id: string }) => of),
            }).toEqual({
              on,
              grid: due.grid === null ? null : grids[due.grid],
              household: due.household === null ? [] : [households[due.household]],
            });
            const view = past.items.skills;
            expect(view && !view.later ? view.value : undefined).toBe(held(told[at] ?? [], on));
          }
        }
        const gone = (on: number): number =>
          model.people.filter((states) => states[on]?.household === null).length;
        expect(await counts()).toEqual(
          untouched.map((one, n) => ({ ...one, residents: one.residents - gone(counted[n] ?? 0) })),
        );
        expect(await countFaults(t.sql)).toEqual([]);
      }),
      { numRuns: 12, seed: 11 },
    );
  }, 240_000);
});

/** What an archive would hold that was told only what is so on or before the day. */
function held(told: readonly Fact[], on: string): unknown {
  let now: Fact | undefined;
  for (const fact of told.filter(({ d }) => d <= on))
    if (decideEdit({ source: 'resident' }, now, fact) === 'write')
      now = fact.v === null ? undefined : fact;
  return now?.v ?? undefined;
}
