import type { Random } from './random.ts';

/** How dirty extracts are: shares of rows, or of people where said. */
export interface Dirt {
  /** Ids left out. */
  missing: number;
  /** Two neighbouring digits of the id swapped. */
  swapped: number;
  /** A digit of the id wrong. */
  wrongDigit: number;
  /** The id is valid, and that of somebody else of the same household or village. */
  others: number;
  /** The old form of 15 digits. */
  old: number;
  /** Spaces between the digits. */
  spaced: number;
  /** Full-width digits, of ids, days and addresses. */
  wide: number;
  /** An apostrophe before the id. */
  quoted: number;
  /** Characters of the name replaced by others that sound alike. */
  homophone: number;
  /** Another character in the name, which does not sound alike. */
  mistyped: number;
  /** Spaces around the name, or a wide one within. */
  padded: number;
  /** （已迁出） behind the name. */
  remark: number;
  /** Rows that come twice. */
  twice: number;
  /** People whom the register does not know. */
  unregistered: number;
  /** People who bear the name of one before them. */
  namesakes: number;
  /** Households with twins. */
  twins: number;
  /** Phones left out. */
  noPhone: number;
  /** Days written in one of the other spellings. */
  spellings: number;
  /** Births of the register with a digit wrong. */
  wrongBirth: number;
}

const sample: Dirt = {
  missing: 0.022,
  swapped: 0.0065,
  wrongDigit: 0,
  others: 0,
  old: 0.0065,
  spaced: 0.0175,
  wide: 0.031,
  quoted: 0.004,
  homophone: 0.0105,
  mistyped: 0,
  padded: 0.0145,
  remark: 0.0095,
  twice: 0.0095,
  unregistered: 0,
  namesakes: 0,
  twins: 0,
  noPhone: 0.03,
  spellings: 0.35,
  wrongBirth: 0,
};

/** The kinds of dirt by level: 1 is like the sample of departments' extracts, 2 and 3 are dirtier. */
export const dirtLevels: Readonly<Record<string, Dirt>> = {
  '1': sample,
  '2': {
    ...sample,
    missing: 0.05,
    swapped: 0.015,
    wrongDigit: 0.015,
    others: 0.002,
    homophone: 0.03,
    mistyped: 0.005,
    remark: 0.02,
    padded: 0.03,
    twice: 0.02,
    unregistered: 0.05,
    namesakes: 0.05,
    twins: 0.01,
    noPhone: 0.08,
    wrongBirth: 0.002,
  },
  '3': {
    ...sample,
    missing: 0.13,
    swapped: 0.035,
    wrongDigit: 0.035,
    others: 0.002,
    old: 0.015,
    spaced: 0.04,
    wide: 0.06,
    homophone: 0.06,
    mistyped: 0.01,
    remark: 0.04,
    padded: 0.05,
    twice: 0.04,
    unregistered: 0.05,
    namesakes: 0.15,
    twins: 0.02,
    noPhone: 0.2,
    spellings: 0.6,
    wrongBirth: 0.005,
  },
};

const alike: Readonly<Record<string, string>> = {
  欣: '鑫',
  晓: '小',
  苗: '淼',
  丽: '莉',
  兰: '蓝',
  慧: '惠',
  军: '君',
  轩: '宣',
  英: '瑛',
  华: '花',
  静: '净',
  云: '芸',
  志: '致',
  红: '虹',
  娟: '鹃',
  明: '铭',
  芳: '方',
  伟: '纬',
  佳: '家',
  国: '帼',
};
const wideDigits = '０１２３４５６７８９';

/** Digits full-width. */
export const widened = (text: string): string =>
  text.replace(/\d/g, (digit) => wideDigits[Number(digit)] ?? digit);

/** An id as a clerk wrote it; empty when it was left out. */
export function dirtyId(id: string, dirt: Dirt, random: Random): string {
  const roll = random.next();
  let from = 0;
  const within = (share: number): boolean => {
    from += share;
    return roll < from;
  };
  if (within(dirt.missing)) return '';
  if (within(dirt.swapped)) return swapped(id, random);
  if (within(dirt.wrongDigit)) return wrongDigit(id, random);
  if (within(dirt.old)) return id.startsWith('19', 6) ? id.slice(0, 6) + id.slice(8, 17) : id;
  if (within(dirt.spaced)) return `${id.slice(0, 6)} ${id.slice(6, 14)} ${id.slice(14)}`;
  if (within(dirt.wide)) return widened(id);
  if (within(dirt.quoted)) return `'${id}`;
  // Some departments write the last X small.
  return id.endsWith('X') && random.happens(0.02) ? id.toLowerCase() : id;
}

function swapped(id: string, random: Random): string {
  const start = 6 + random.below(11);
  for (let step = 0; step < 11; step++) {
    const at = 6 + ((start - 6 + step) % 11);
    if (id[at] !== id[at + 1] && id[at + 1] !== 'X')
      return id.slice(0, at) + id[at + 1] + id[at] + id.slice(at + 2);
  }
  return id;
}

function wrongDigit(id: string, random: Random): string {
  const at = 6 + random.below(11);
  const digit = (Number(id[at]) + 1 + random.below(9)) % 10;
  return id.slice(0, at) + digit + id.slice(at + 1);
}

/** A name as a clerk wrote it. @param given characters that given names are made of */
export function dirtyName(name: string, dirt: Dirt, random: Random, given: string): string {
  let written = name;
  if (random.happens(dirt.homophone))
    written = written[0] + [...written.slice(1)].map((one) => alike[one] ?? one).join('');
  else if (name.length > 2 && random.happens(dirt.mistyped)) {
    const at = 1 + random.below(name.length - 1);
    written = written.slice(0, at) + random.one(given) + written.slice(at + 1);
  }
  if (random.happens(dirt.padded))
    return written.length === 2 && random.happens(0.5)
      ? `${written[0]}　${written[1]}`
      : ` ${written} `;
  return random.happens(dirt.remark) ? `${written}（已迁出）` : written;
}

const firstSerial = Date.UTC(1899, 11, 30);

/** A day in one of the seven spellings. */
export function dirtyDay(day: string, dirt: Dirt, random: Random): string {
  if (!random.happens(dirt.spellings)) return day;
  const [year = '', month = '', date = ''] = day.split('-');
  switch (random.below(6)) {
    case 0:
      return year + month + date;
    case 1:
      return `${year}.${month}.${date}`;
    case 2:
      return `${year}/${Number(month)}/${Number(date)}`;
    case 3:
      return `${year}年${Number(month)}月${Number(date)}日`;
    case 4:
      return String((Date.parse(`${day}T00:00:00Z`) - firstSerial) / 86_400_000);
    default:
      return widened(day);
  }
}

/** A phone as it was written down; empty when it was left out. */
export function dirtyPhone(phone: string, dirt: Dirt, random: Random): string {
  if (random.happens(dirt.noPhone)) return '';
  const roll = random.next();
  if (roll < 0.027) return `${phone.slice(0, 3)}-${phone.slice(3, 7)}-${phone.slice(7)}`;
  return roll < 0.046 ? `+86${phone}` : phone;
}

/** An address as a clerk wrote it. */
export function dirtyAddress(address: string, dirt: Dirt, random: Random): string {
  if (random.happens(dirt.wide)) return widened(address);
  return random.happens(0.03) ? address.replace(/村?(\d+组)/, '村委会$1') : address;
}
