import { readFileSync } from 'node:fs';
import { citizenIdCheckDigit } from '../../features/archive/rules/citizen-id.ts';
import type { Dirt } from './dirt.ts';
import { Random } from './random.ts';

/** A resident as truly is. */
export interface Person {
  number: number;
  name: string;
  sex: '1' | '2';
  birth: string;
  id: string;
  phone: string;
  relation: '户主' | '配偶' | '子女' | '父母';
  isRegistered: boolean;
}

export interface Household {
  number: number;
  area: string;
  village: string;
  address: string;
  members: Person[];
}

const surnames = '张尹曾朱祝柴廖刘杨李黄余童叶赵罗徐郑吴周程王姜洋邱占陈严舒洪胡何方汪毛江';
/** Characters of given names. */
export const given =
  '海飞怡涵梓明志平国桂土书云芳玉伟后雨文红浩水丽宇慧晓苗金佳敏欣龙英香静秀华子法建美根兰轩军春娟';
const firstDay = Date.UTC(1925, 0, 1);
const today = Date.UTC(2026, 9, 31);
const days = Math.floor((today - firstDay) / 86_400_000) + 1;
const regions = 20;

/** The villages of a file of areas: code,name,parent. */
export function villagesOf(file: string): { code: string; name: string }[] {
  const lines = readFileSync(file, 'utf8')
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
    .slice(1);
  return lines.flatMap((line) => {
    const [code = '', name = ''] = line.split(',');
    return code.length === 12
      ? [{ code, name: name.replace(/(村民委员会|居民委员会|村委会|居委会)$/, '') }]
      : [];
  });
}

/** Makes households, one after the other; the same ones for the same seed. */
export function* householdsOf(
  count: number,
  villages: readonly { code: string; name: string }[],
  dirt: Dirt,
  seed: number,
): Generator<Household> {
  const random = new Random(seed);
  const taken = new Ids();
  const names: string[] = [];
  let people = 0;
  for (let number = 0; number < count; number++) {
    const village = random.one(villages);
    const address = `${village.name}${1 + random.below(9)}组${1 + random.below(180)}号`;
    const household = {
      number,
      area: village.code,
      village: village.name,
      address,
      members: [] as Person[],
    };
    const surname = random.one(surnames);
    const add = (relation: Person['relation'], year: number, like?: Person): void => {
      const day = like ? like.birth : dayIn(Math.max(1925, Math.min(2026, year)), random);
      const own = relation === '配偶' || (relation === '父母' && random.happens(0.5));
      const sex = random.happens(0.5) ? '1' : '2';
      const person: Person = {
        number: people++,
        name: nameOf(own ? random.one(surnames) : surname, names, dirt, random),
        sex,
        birth: day,
        id: taken.idOf(day, sex, random),
        phone: `1990${String(people).padStart(7, '0')}`,
        relation,
        isRegistered: !random.happens(dirt.unregistered),
      };
      household.members.push(person);
    };
    const head = 1942 + random.below(63);
    add('户主', head);
    if (random.happens(0.85)) add('配偶', head - 4 + random.below(9));
    const children = random.happens(0.65) ? 1 + random.below(2) : 0;
    for (let child = 0; child < children; child++) add('子女', head + 22 + random.below(14));
    if (children > 0 && random.happens(dirt.twins)) {
      const first = household.members.at(-1);
      if (first) add('子女', 0, first);
    }
    if (random.happens(0.22)) add('父母', head - 24 - random.below(8));
    yield household;
  }
}

function nameOf(surname: string, names: string[], dirt: Dirt, random: Random): string {
  if (names.length > 50 && random.happens(dirt.namesakes)) return random.one(names);
  const length = random.happens(0.17) ? 1 : 2;
  let name = surname;
  for (let at = 0; at < length; at++) name += random.one(given);
  // Those after whom others are called: a few thousand are enough.
  if (names.length < 5000) names.push(name);
  else names[random.below(names.length)] = name;
  return name;
}

function dayIn(year: number, random: Random): string {
  const from = Date.UTC(year, 0, 1);
  const to = Math.min(today, Date.UTC(year, 11, 31));
  return new Date(from + random.below(Math.floor((to - from) / 86_400_000) + 1) * 86_400_000)
    .toISOString()
    .slice(0, 10);
}

/** Gives each id once: a bit for every id there can be, 92 MB whatever the number of people. */
class Ids {
  readonly #bits = new Uint8Array(Math.ceil((regions * days * 1000) / 8));

  idOf(birth: string, sex: '1' | '2', random: Random): string {
    const day = Math.floor((Date.parse(`${birth}T00:00:00Z`) - firstDay) / 86_400_000);
    for (;;) {
      const region = random.below(regions);
      const order = random.below(500) * 2 + (sex === '1' ? 1 : 0);
      const at = (region * days + day) * 1000 + order;
      const byte = at >> 3;
      const mask = 1 << (at & 7);
      if (((this.#bits[byte] ?? 0) & mask) !== 0) continue;
      this.#bits[byte] = (this.#bits[byte] ?? 0) | mask;
      const first = `9908${String(region + 1).padStart(2, '0')}${birth.replaceAll('-', '')}${String(order).padStart(3, '0')}`;
      return first + citizenIdCheckDigit(first);
    }
  }
}
