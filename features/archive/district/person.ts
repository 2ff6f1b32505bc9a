import { citizenIdCheckDigit } from '../rules/citizen-id.ts';
import type { Facts } from '../rules/facts.ts';
import { type Calendar, fact } from './facts.ts';
import type { Seat } from './family.ts';
import { givenName } from './names.ts';
import type { Chance } from './random.ts';

/** Where someone lives, and with whom. */
export interface Setting {
  address: string;
  registered: string;
  surname: string;
  seat: Seat;
  size: number;
  rural: boolean;
  /** The head's name, guardian of children. */
  headName: string | undefined;
  /** The whole household's address is of long ago. */
  staleAddress: boolean;
}

/** Draws a person's items by the shares of DOMAIN.md, section 7; values in the clear. */
export function person(
  chance: Chance,
  calendar: Calendar,
  at: Setting,
  numbers: () => { phone: string; serial: string },
): Facts {
  const { seat } = at;
  const birth = calendar.birth(seat.age, chance);
  const name = at.surname + givenName(chance, seat.sex, Number(birth.slice(0, 4)));
  const { phone, serial } = numbers();
  const put = (value: Parameters<typeof fact>[2], source: string, old = false) =>
    fact(chance, calendar, value, source, old);
  const facts: Facts = {
    name: put(name, 'public-security'),
    citizen_id: put(citizenId(birth, seat.sex, serial), 'public-security'),
    sex: put(seat.sex, 'public-security'),
    birth: put(birth, 'public-security'),
    ethnic: put(chance.is(0.985) ? '01' : chance.of(['22', '13', '15', '08']), 'public-security'),
    registered_address: put(at.registered, 'public-security'),
    residence_address: put(at.address, 'village', at.staleAddress),
    residence_kind: put(residence(chance, seat.age), 'village'),
    medical_insurance: put(
      seat.age >= 60 || seat.age < 16 || at.rural ? 'resident' : 'employee',
      'medical-insurance',
    ),
  };
  // Every twentieth file lacks a phone; a child's is its guardian's.
  if (!chance.is(0.05)) facts.phone = put(phone, 'village');
  if (seat.age >= 22)
    facts.marital_status = put(
      seat.relation === '02' && at.size === 1
        ? seat.age > 60
          ? '30'
          : '10'
        : seat.age > 26
          ? '20'
          : '10',
      'civil-affairs',
    );
  Object.assign(
    facts,
    work(chance, at, put),
    health(chance, seat.age, put),
    age(chance, at, put),
    extras(chance, seat, put),
  );
  if (facts.disability_kind)
    facts.disability_certificate = put(
      `${facts.citizen_id?.v}${facts.disability_kind.v}${facts.disability_grade?.v}`,
      'disabled',
    );
  return facts;
}

type Put = (value: Parameters<typeof fact>[2], source: string, old?: boolean) => Facts[string];

function citizenId(birth: string, sex: '1' | '2', serial: string): string {
  const order = Number(serial.slice(2)) * 2 + (sex === '1' ? 1 : 0);
  const first17 = `99${serial.slice(0, 2)}01${birth.replaceAll('-', '')}${String(order % 1000).padStart(3, '0')}`;
  return first17 + citizenIdCheckDigit(first17);
}

/** A quarter of those of working age are away (DOMAIN.md, section 7). */
function residence(chance: Chance, age: number): string {
  if (age >= 18 && age < 60)
    return chance.weighted([
      ['away', 24],
      ['abroad', 1],
      ['moved_in', 6],
      ['local', 69],
    ]);
  return chance.is(0.03) ? 'moved_in' : 'local';
}

function work(chance: Chance, { seat, rural }: Setting, put: Put): Facts {
  if (seat.age < 16) return {};
  const kind =
    seat.age >= 60
      ? rural && seat.age < 75
        ? 'farming'
        : 'retired'
      : seat.age < 22
        ? 'student'
        : chance.weighted([
            ['employed', 50],
            ['flexible', 18],
            ['self_employed', 12],
            [rural ? 'farming' : 'employed', 15],
            ['unemployed', 5],
          ]);
  return {
    employment: put(kind, 'social-security'),
    education: put(
      seat.age >= 60
        ? chance.of(['70', '80', '80', '90'])
        : chance.of(['20', '30', '40', '60', '70']),
      'education',
    ),
    pension_insurance: put(
      rural || kind === 'flexible' ? 'resident' : 'employee',
      'social-security',
    ),
    ...(kind === 'employed'
      ? {
          employer: put(
            `${chance.of(['衢州', '江山', '三衢', '信安', '东港'])}${chance.of(['木门', '建材', '电气', '食品', '物流', '纺织', '商贸'])}有限公司`,
            'social-security',
          ),
        }
      : {}),
  };
}

function health(chance: Chance, age: number, put: Put): Facts {
  const facts: Facts = {};
  if (chance.is(age >= 60 ? 0.42 : age >= 40 ? 0.1 : 0.01))
    facts.chronic_illness = put(
      [
        chance.weighted([
          ['I10', 6],
          ['E14', 3],
          ['I25', 2],
          ['J44', 1],
        ]),
      ],
      'health',
    );
  if (age >= 60 || age < 7)
    facts.family_doctor = put(`${chance.of(['舒', '吴', '郑', '徐', '毛', '周'])}医生`, 'health');
  if (chance.is(age >= 60 ? 0.1 : 0.034)) {
    facts.disability_kind = put(chance.of(['1', '2', '4', '4', '5', '6']), 'disabled');
    facts.disability_grade = put(chance.of(['1', '2', '3', '4', '4']), 'disabled');
  }
  return facts;
}

function age(chance: Chance, { seat, size, headName }: Setting, put: Put): Facts {
  if (seat.age >= 60) {
    return {
      lives_alone: put(size === 1, 'village'),
      children_same_city: put(
        chance.weighted([
          ['yes', 62],
          ['no', 31],
          ['none', 7],
        ]),
        'village',
      ),
    };
  }
  if (seat.age >= 3 && seat.age < 18) {
    const grades = [
      'k',
      'k',
      'k',
      'p1',
      'p2',
      'p3',
      'p4',
      'p5',
      'p6',
      'j1',
      'j2',
      'j3',
      's1',
      's2',
      's3',
    ];
    return {
      school: put(
        seat.age < 6
          ? '中心幼儿园'
          : seat.age < 12
            ? '实验小学'
            : seat.age < 15
              ? '第二初级中学'
              : '高级中学',
        'education',
      ),
      school_grade: put(grades[Math.min(14, seat.age - 3)] ?? 'p1', 'education'),
      ...(headName ? { guardian: put(headName, 'village') } : {}),
    };
  }
  return {};
}

function extras(chance: Chance, seat: Seat, put: Put): Facts {
  const facts: Facts = {};
  if (chance.is(0.03)) {
    facts.assistance_status = put(
      chance.weighted([
        ['minimum', 5],
        ['marginal', 3],
        ['destitute', 1],
        ['rigid', 1],
      ]),
      'civil-affairs',
    );
    facts.assistance_amount = put(chance.between(6, 14) * 80, 'civil-affairs');
  }
  if (seat.sex === '1' && seat.age >= 20 && chance.is(0.04)) facts.veteran = put(true, 'veterans');
  if (seat.age >= 18 && seat.age < 75 && chance.is(0.07)) {
    facts.volunteer = put(true, 'resident');
    facts.skills = put(
      chance.of(['理发', '水电维修', '法律咨询', '书法', '调解', '驾驶', '电脑']),
      'resident',
    );
  }
  return facts;
}
