import { countyOf } from '../../area/queries.ts';
import { householdTags } from '../rules/tags.ts';
import { type Block, householdsPerBuilding, layBuildings } from './buildings.ts';
import { Calendar, fact } from './facts.ts';
import { family, type Habit, village as rural, type Seat, town } from './family.ts';
import { drawOutlines } from './ground.ts';
import { fillDwelling, householdFacts } from './home.ts';
import { idsFrom } from './ids.ts';
import { institutions } from './institutions.ts';
import { surname } from './names.ts';
import { history } from './past.ts';
import { person } from './person.ts';
import { Chance, seedOf } from './random.ts';
import { Sheet } from './sheet.ts';
import type { Making, Place, VillagePlan, Work } from './work.ts';

/** Fills a village: every table's rows, the same for the same plan and day. */
export function fillVillage(plan: VillagePlan, making: Making): Sheet {
  const chance = new Chance(seedOf(plan.code));
  const calendar = new Calendar(making.today);
  const sheet = new Sheet(making.dictionary, making.vault, `${making.today}T00:00:00Z`);
  const isTown = /社区|居委会|居民委员会/.test(plan.name);
  const place: Place = {
    ...plan,
    short:
      plan.name.replace(/(村民委员会|村委会|居委会|居民委员会|社区)$/, '') +
      (isTown ? '社区' : '村'),
    isTown,
    nextId: idsFrom(plan.index, chance),
    serial: 0,
    runners: [],
  };
  const sizes = householdSizes(chance, isTown ? town : rural, plan);
  const work = { chance, calendar, sheet, making, place };
  const blocks = plan.compounds ? layBuildings(place, sheet, sizes.length) : [];
  if (plan.compounds) drawOutlines(place, sheet);
  for (const [i, size] of sizes.entries()) {
    const block = blocks[Math.floor(i / householdsPerBuilding)];
    fillHousehold(work, size, i, sizes.length, block);
  }
  institutions(work);
  return sheet;
}

/** Sizes that sum to the wanted residents, and to the wanted number of households where one is given. */
function householdSizes(chance: Chance, habit: Habit, plan: VillagePlan): number[] {
  const sizes: number[] = [];
  let left = plan.residents;
  const enough = (): boolean =>
    plan.households === undefined ? left <= 0 : sizes.length === plan.households;
  while (!enough()) {
    const size =
      plan.households === undefined
        ? Math.min(left, chance.weighted(habit.sizes))
        : chance.weighted(habit.sizes);
    sizes.push(size);
    left -= size;
  }
  for (let i = 0; left !== 0; i = (i + 1) % sizes.length) {
    const size = sizes[i] ?? 1;
    // The two commonest sizes bend, so that those who live alone stay as many as they are.
    if (left > 0 && size >= 2 && size < 6) {
      sizes[i] = size + 1;
      left--;
    } else if (left < 0 && size > 2) {
      sizes[i] = size - 1;
      left++;
    }
  }
  return sizes;
}

function fillHousehold(work: Work, size: number, i: number, of: number, block?: Block): void {
  const { chance, calendar, sheet, making, place } = work;
  // A building lies in one grid, with all who live in it.
  const grid = block?.grid ?? Math.floor((i * place.grids) / of) + 1;
  const area = Number(place.code) * 1000 + grid;
  const number = `${place.code}${String(i + 1).padStart(5, '0')}`;
  const household = place.nextId();
  const address = addressOf(place, chance, grid, i);
  const seats = family(chance, size, place.isTown ? town : rural);
  const family_ = surname(chance);
  const staleAddress = chance.is(0.08);
  let headName: string | undefined;
  const memberTags: string[][] = [];
  const members = seats.map((seat, order) => {
    const facts = person(
      chance,
      calendar,
      {
        address,
        registered: address,
        surname: surnameOf(chance, seat, family_),
        seat,
        size,
        rural: !place.isTown,
        headName,
        staleAddress,
      },
      () => numbersOf(work),
    );
    headName ??= String(facts.name?.v);
    return { id: place.nextId(), seat, facts, order };
  });
  const put = (value: Parameters<typeof fact>[2], source: string) =>
    fact(chance, calendar, value, source);
  for (const { id, seat, facts, order } of members) {
    if (facts.employment?.v === 'self_employed')
      place.runners.push({ id, area, name: String(facts.name?.v) });
    memberTags.push(
      sheet.record('resident', id, area, facts, {
        household,
        relation: seat.relation,
        sort_key: `${number}-${seat.relation}-${order}`,
      }),
    );
    sheet.add('household_member', {
      county: countyOf(area),
      area,
      household,
      resident: id,
      relation: seat.relation,
      registered: facts.residence_kind?.v !== 'moved_in',
      since: calendar.ago(chance.between(400, 9000)),
    });
  }
  const facts = householdFacts(work, number, address, headName ?? '', size, put);
  const registered = members.filter(
    (member) => member.facts.residence_kind?.v !== 'moved_in',
  ).length;
  const tags = householdTags(facts, memberTags, making.dictionary);
  sheet.record('household', household, area, facts, {
    members: size,
    registered,
    sort_key: number,
    tags,
  });
  fillDwelling(work, area, household, address, headName ?? '', put, i, block);
  history(work, area, household, members, i);
}

function addressOf(place: Place, chance: Chance, grid: number, i: number): string {
  if (place.isTown) {
    const building = 1 + Math.floor(i / 24);
    return `${place.short}${building}幢${1 + (Math.floor(i / 12) % 2)}单元${1 + (Math.floor(i / 2) % 6)}0${1 + (i % 2)}室`;
  }
  return `${place.short}${(grid - 1) * 3 + 1 + chance.between(0, 2)}组${i + 1}号`;
}

/** Those who married in have a surname of their own; children and the head share one. */
function surnameOf(chance: Chance, seat: Seat, family_: string): string {
  const marriedIn = seat.relation === '11' || seat.relation === '12' || seat.relation === '52';
  return marriedIn && chance.is(0.93) ? surname(chance) : family_;
}

/** Phones 199000xxxxx; beyond 100,000 people numbers are used again, far apart. Serials keep ids apart within a birthday. */
function numbersOf({ place }: Work): { phone: string; serial: string } {
  const n = place.serial++;
  const phone = (place.index * 1543 + n) % 100_000;
  const serial = `${String((place.index * 7 + Math.floor(n / 400)) % 100).padStart(2, '0')}${String(n % 400).padStart(3, '0')}`;
  return { phone: `199000${String(phone).padStart(5, '0')}`, serial };
}
