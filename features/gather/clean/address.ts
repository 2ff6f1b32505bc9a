import type { AddressParts } from '../rows.ts';
import { numberInWords } from './day.ts';
import { isPlain, visible } from './plain.ts';

/** Full-width letters, digits and hyphens; brackets and commas stay as Chinese writes them. */
const wide = /[０-９Ａ-Ｚａ-ｚ－＃]/g;

/** An address without spaces, letters and digits half-width. */
export function addressOf(cell: string): string {
  if (isPlain(cell)) return cell;
  return visible(cell)
    .replace(wide, (one) => String.fromCharCode(one.charCodeAt(0) - 0xfee0))
    .replace(/\s+/g, '')
    .normalize('NFC');
}

/** What stands before the village; 社区 and 小区 are no districts. */
const above =
  /^(?:浙江省?)?(?:衢州市?)?(?:[\u4e00-\u9fff]{1,3}(?:(?<![社小])区|县|市))?(?:[\u4e00-\u9fff]{1,5}?(?:街道|镇|乡))?/;
const anyProvince = /^(?:[\u4e00-\u9fff]{2,7}?(?:省|自治区))?(?:[\u4e00-\u9fff]{2,6}?市)?/;
/** What a village is called besides its name. */
const title =
  /(?:社区居民委员会|村村民委员会|村民委员会|居民委员会|村委会|居委会|委员会|行政村|自然村|社区|村)$/;
const grouped = /第?(\d+|[一二三四五六七八九十]+)(?:村民|居民)?(?:小组|组|队)/;

/**
 * The parts of an address by which two are compared: 3组35号 of 新东村委会 and of 新东 are the same.
 * @param address as `addressOf` gives it
 */
export function partsOf(address: string): AddressParts {
  const group = grouped.exec(address);
  const number = group ? group.index + group[0].length : address.search(/\d/);
  const place = group ? address.slice(0, group.index) : address.slice(0, Math.max(0, number));
  const rest = number < 0 ? '' : address.slice(number);
  return {
    village: villageOf(place || (number < 0 ? address : '')),
    group: group ? numeral(group[1] ?? '') : '',
    house: (rest.match(/\d+/g) ?? []).map(Number).join('-'),
  };
}

/** `village|group|house`, or undefined where village or house is not told. */
export function addressKeyOf(address: string): string | undefined {
  const { village, group, house } = quickParts(address) ?? partsOf(address);
  return village === '' || house === '' ? undefined : `${village}|${group}|${house}`;
}

/** 城站社区5组73号, the commonest form by far, without an expression for its numbers. */
function quickParts(address: string): AddressParts | undefined {
  const last = address.length - 1;
  if (address.charCodeAt(last) !== 0x53f7) return undefined; // 号
  let at = last;
  while (at > 0 && isDigit(address.charCodeAt(at - 1))) at -= 1;
  if (at === last || at < 3 || address.charCodeAt(at - 1) !== 0x7ec4) return undefined; // 组
  const groupEnd = at - 1;
  let start = groupEnd;
  while (start > 0 && isDigit(address.charCodeAt(start - 1))) start -= 1;
  if (start === groupEnd || start === 0) return undefined;
  for (let i = 0; i < start; i++) if (isDigit(address.charCodeAt(i))) return undefined;
  return {
    village: villageOf(address.slice(0, start)),
    group: numeral(address.slice(start, groupEnd)),
    house: numeral(address.slice(at, last)),
  };
}

const isDigit = (code: number): boolean => code >= 48 && code <= 57;

const numeral = (text: string): string =>
  isDigit(text.charCodeAt(0)) ? String(Number(text)) : String(numberInWords(text));

/** Villages are few: each is worked out once. */
const villages = new Map<string, string>();
const mostVillages = 20_000;

function villageOf(place: string): string {
  const known = villages.get(place);
  if (known !== undefined) return known;
  const village = bareVillage(place);
  if (villages.size >= mostVillages) villages.clear();
  // Not the slice itself, which would keep the text alive that it was cut from.
  villages.set(Buffer.from(place).toString(), village);
  return village;
}

function bareVillage(place: string): string {
  let name = place;
  for (const outer of [anyProvince, above]) {
    const inner = name.replace(outer, '');
    // 望乡村 is not 村 of the township 望乡.
    if (inner.replace(title, '') !== '') name = inner;
  }
  for (;;) {
    const shorter = name.replace(title, '');
    if (shorter === name || shorter === '') return name;
    name = shorter;
  }
}
