import { countyOf } from '../../area/queries.ts';
import { creditCodeCheckCharacter } from '../rules/credit-code.ts';
import type { Facts } from '../rules/facts.ts';
import { fact } from './facts.ts';
import { givenName, surname } from './names.ts';
import type { Work } from './work.ts';

/** The organisations and premises of a village or community. */
export function institutions(work: Work): void {
  const { chance, calendar, place } = work;
  const put = (value: Parameters<typeof fact>[2], source: string) =>
    fact(chance, calendar, value, source);
  const own = place.isTown
    ? [
        ['居民委员会', 'village_committee'],
        ['业主委员会', 'owners_committee'],
        ['小区党支部', 'compound_branch'],
        ['志愿服务队', 'volunteer_team'],
      ]
    : [
        ['村民委员会', 'village_committee'],
        ['第一村民小组', 'residents_group'],
        ['第二村民小组', 'residents_group'],
        ['股份经济合作社', 'collective_economic'],
        ['志愿服务队', 'volunteer_team'],
      ];
  for (const [i, [title, kind]] of own.entries())
    addOrganisation(work, `${place.short}${title}`, kind ?? '', i, put);
  const shops = Math.max(3, Math.round(place.residents / 90));
  for (let i = 0; i < shops; i++) addPremises(work, i, put);
}

type Put = (value: Parameters<typeof fact>[2], source: string) => Facts[string];

function someone({ chance }: Work): string {
  const sex = chance.of(['1', '2'] as const);
  return surname(chance) + givenName(chance, sex, chance.between(1964, 1990));
}

function addOrganisation(work: Work, name: string, kind: string, i: number, put: Put): void {
  const { chance, calendar, sheet, place } = work;
  const elected = ['village_committee', 'owners_committee', 'collective_economic'].includes(kind);
  const facts: Facts = {
    name: put(name, 'village'),
    kind: put(kind, 'village'),
    coverage: put(place.short, 'village'),
    joint: put('own', 'village'),
    founded: put(calendar.ago(chance.between(800, 7000)), 'village'),
    ...(chance.is(0.9) ? { head: put(someone(work), 'village') } : {}),
    ...(elected ? { next_election: put(calendar.ago(-chance.between(40, 1200)), 'village') } : {}),
    ...(i === 0 ? { hall: put(`${place.short}邻里议事堂`, 'village') } : {}),
  };
  sheet.record('organisation', place.nextId(), Number(place.code) * 1000, facts);
}

const kinds = [
  ['便利店', 'shop'],
  ['小吃店', 'food'],
  ['木工坊', 'workshop'],
  ['五金店', 'shop'],
  ['农家乐', 'lodging'],
  ['卫生室', 'medical'],
  ['理发店', 'shop'],
  ['快递点', 'other'],
] as const;

function addPremises(work: Work, i: number, put: Put): void {
  const { chance, calendar, sheet, place } = work;
  const [title, kind] = kinds[i % kinds.length] ?? kinds[0];
  const runner = place.runners[i % Math.max(1, place.runners.length)];
  const first = runner ? runner.name.slice(0, 1) : surname(chance);
  const area = Number(place.code) * 1000 + 1 + (i % place.grids);
  const id = place.nextId();
  const facts: Facts = {
    name: put(`${first}记${title}`, 'market'),
    credit_code: put(creditCode(place.index, i), 'market'),
    kind: put(kind, 'village'),
    address: put(`${place.short}${100 + i}号`, 'market'),
    state: put(
      chance.weighted([
        ['active', 90],
        ['suspended', 6],
        ['cancelled', 4],
      ]),
      'market',
    ),
    legal_person: put(runner?.name ?? someone(work), 'market'),
    ...(chance.is(0.9)
      ? {
          contact: put(
            `199000${String((place.index * 31 + i) % 100_000).padStart(5, '0')}`,
            'village',
          ),
        }
      : {}),
    staff_count: put(chance.between(1, 12), 'village'),
    safety_inspection: fact(
      chance,
      calendar,
      chance.weighted([
        ['passed', 80],
        ['to_mend', 12],
        ['mended', 8],
      ]),
      'emergency',
      chance.is(0.15),
    ),
  };
  sheet.record('premises', id, area, facts);
  if (runner)
    sheet.add('premises_person', {
      county: countyOf(area),
      area,
      premises: id,
      resident: runner.id,
      role: 'legal_person',
      since: calendar.ago(chance.between(100, 3000)),
    });
}

/** A valid code of GB 32100 whose district part begins with 99: no such district. */
function creditCode(index: number, i: number): string {
  const first17 =
    `9299${String(index % 10_000).padStart(4, '0')}MA${String(i % 10_000_000).padStart(7, '0')}`.slice(
      0,
      17,
    );
  return first17 + creditCodeCheckCharacter(first17);
}
