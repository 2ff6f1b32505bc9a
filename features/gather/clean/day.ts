import { halfWidth } from '../../archive/rules/text.ts';
import { dense, digitsIn, visible } from './plain.ts';
import type { CellReason } from './words.ts';

export type DayRead = { day: string; fault?: undefined } | { day?: undefined; fault: CellReason };

const firstYear = 1850;
const lastYear = 2199;
/** Serial numbers below are years, or of days before anybody lived who is in a file. */
const firstSerial = 2101;
/** 2099-12-31. */
const lastSerial = 73_050;
/** Days from 1970-01-01 back to the day from which Excel counts, its wrong leap day left out. */
const epoch = 25_569;

/**
 * A day in any of its spellings: 2021-05-06, 2021/5/6, 2021.5.6, 20210506, 2021年5月6日, a serial number of Excel,
 * all of these in full-width digits or with a time behind, and 二〇二一年五月六日.
 */
export function dayOf(cell: string): DayRead {
  const quick = quickDay(cell);
  if (quick !== undefined) return { day: quick };
  const padded = cell.trim();
  // Spaces within are left to what follows: without them 2021-1-1 2 would be the twelfth.
  const narrow = /\s/.test(padded) ? '' : dense(padded);
  const plain = quickDay(narrow) ?? partedDay(narrow);
  if (plain !== undefined) return { day: plain };
  const shown = withoutTime(halfWidth(visible(cell))).replace(
    /^(\d{4})\s(\d{1,2})\s(\d{1,2})$/,
    '$1-$2-$3',
  );
  if (/\d\s+\d/.test(shown)) return { fault: 'date_unreadable' };
  const text = dense(shown)
    .replace(/^['’‘`]/, '')
    .replace(/(?<=^\d{8})\.0+$/, '');
  const parts =
    /^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})$/.exec(text) ??
    /^(\d{4})(年)(\d{1,2})月(\d{1,2})[日号]?$/.exec(text) ??
    /^(\d{4})()(\d{2})(\d{2})(?:\d{6})?$/.exec(text);
  if (parts) return existing(Number(parts[1]), Number(parts[3]), Number(parts[4]));
  if (/^\d{4,5}(\.\d+)?$/.test(text)) return ofSerial(Math.floor(Number(text)), text);
  if (/^\d{4}[-/.年]?(\d{1,2}月?)?$/.test(text)) return { fault: 'date_partial' };
  if (/^\d{1,2}[-/.年]\d{1,2}[-/.月]\d{1,4}日?$/.test(text)) return { fault: 'date_ambiguous' };
  return inWords(text) ?? { fault: 'date_unreadable' };
}

/** The two commonest spellings, without any expression; the first comes back as it is. */
function quickDay(cell: string): string | undefined {
  const isDashed = cell.length === 10 && cell.charCodeAt(4) === 45 && cell.charCodeAt(7) === 45;
  if (!isDashed && cell.length !== 8) return undefined;
  const year = digitsIn(cell, 0, 4);
  const month = isDashed ? digitsIn(cell, 5, 7) : digitsIn(cell, 4, 6);
  const day = isDashed ? digitsIn(cell, 8, 10) : digitsIn(cell, 6, 8);
  if (year < firstYear || year > lastYear || !isDayOf(year, month, day)) return undefined;
  return isDashed ? cell : `${cell.slice(0, 4)}-${cell.slice(4, 6)}-${cell.slice(6)}`;
}

/** 2021/5/6, 2021.5.6, 2021年5月6日 and the like, when such a day exists. */
function partedDay(text: string): string | undefined {
  const mark = text.charCodeAt(4);
  const isChinese = mark === 0x5e74; // 年
  if (!isChinese && mark !== 47 && mark !== 46 && mark !== 45) return undefined;
  const middle = text.indexOf(isChinese ? '月' : text.charAt(4), 5);
  const last = text.charCodeAt(text.length - 1);
  const end = isChinese && last === 0x65e5 ? text.length - 1 : text.length; // 日
  if (middle < 6 || middle > 7 || end - middle < 2 || end - middle > 3) return undefined;
  const year = digitsIn(text, 0, 4);
  const month = digitsIn(text, 5, middle);
  const day = digitsIn(text, middle + 1, end);
  if (year < firstYear || year > lastYear || !isDayOf(year, month, day)) return undefined;
  return `${text.slice(0, 4)}-${two(month)}-${two(day)}`;
}

function isDayOf(year: number, month: number, day: number): boolean {
  if (month < 1 || month > 12 || day < 1) return false;
  if (day <= 28) return true;
  if (month !== 2)
    return day <= (month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31);
  return day === 29 && ((year % 4 === 0 && year % 100 !== 0) || year % 400 === 0);
}

const withoutTime = (text: string): string =>
  text.replace(/(?<=\d|日)(?:\s+|T)\d{1,2}[:：]\d{2}.*$/, '');

function existing(year: number, month: number, day: number): DayRead {
  if (year < firstYear || year > lastYear || !isDayOf(year, month, day))
    return { fault: 'date_impossible' };
  return { day: `${year}-${two(month)}-${two(day)}` };
}

const two = (number: number): string => (number < 10 ? `0${number}` : `${number}`);

function ofSerial(serial: number, text: string): DayRead {
  if (/^\d{4}$/.test(text) && serial >= firstYear && serial < firstSerial)
    return { fault: 'date_partial' };
  if (serial < firstSerial || serial > lastSerial) return { fault: 'date_unreadable' };
  return { day: new Date((serial - epoch) * 86_400_000).toISOString().slice(0, 10) };
}

const numerals = '〇一二三四五六七八九';

/** 二〇二一年五月六日. */
function inWords(text: string): DayRead | undefined {
  const parts =
    /^([〇零○Ｏ一二三四五六七八九]{4})年([一二三四五六七八九十]{1,2})月([一二三四五六七八九十]{1,3})[日号]$/.exec(
      text,
    );
  if (!parts) return undefined;
  const [year = '', month = '', day = ''] = parts.slice(1);
  const digitsOfYear = [...year.replace(/[零○Ｏ]/g, '〇')].map((one) => numerals.indexOf(one));
  return existing(Number(digitsOfYear.join('')), numberInWords(month), numberInWords(day));
}

/** A number below 100 in Chinese numerals, as 十, 十二, 二十, 二十一. */
export function numberInWords(text: string): number {
  const [tens, ones] = text.includes('十') ? text.split('十') : [undefined, text];
  const unit = ones ? Math.max(0, numerals.indexOf(ones)) : 0;
  if (tens === undefined) return unit;
  return (tens === '' ? 1 : Math.max(0, numerals.indexOf(tens))) * 10 + unit;
}
