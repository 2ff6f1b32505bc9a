import type { Text } from '../../../server/errors.ts';
import { formOf, type NamedForm } from '../dictionary/forms.ts';
import type { Dictionary, Item } from '../dictionary.ts';
import { type CitizenIdCheck, checkCitizenId } from './citizen-id.ts';
import { type CreditCodeCheck, checkCreditCode } from './credit-code.ts';
import { dayExists } from './day.ts';
import type { FactValue } from './facts.ts';
import { normalisePhone } from './phone.ts';
import { checkText, halfWidth } from './text.ts';

/** Why a value is refused: a stable key. */
export type ValueRefusal =
  | 'type'
  | 'characters'
  | 'length'
  | 'pattern'
  | 'unknown_code'
  | 'impossible_date'
  | 'future'
  | 'range'
  | 'number'
  | 'phone'
  | 'citizen_id'
  | 'credit_code';

export type ValueCheck =
  | { ok: true; value: FactValue }
  /** `message` begins with the item's label and says how to mend it. */
  | { ok: false; code: ValueRefusal; message: Text };

type Checked = { value: FactValue } | { code: ValueRefusal; zh: string; en: string };
type Checker = (item: Item, raw: unknown, dictionary: Dictionary, today: string) => Checked;

const defaultLength = { text: 200, long_text: 2000 };

const checkers: Record<Item['type'], Checker> = {
  text: (item, raw) => checkTextValue(item, raw, defaultLength.text, false),
  long_text: (item, raw) => checkTextValue(item, raw, defaultLength.long_text, true),
  code: checkCode,
  codes: checkCodes,
  date: checkDate,
  integer: (item, raw, _dictionary, today) => checkNumber(item, raw, 0, today),
  decimal: (item, raw, _dictionary, today) => checkNumber(item, raw, 4, today),
  money: (item, raw, _dictionary, today) => checkNumber(item, raw, 2, today),
  boolean: checkBoolean,
  phone: checkPhone,
  citizen_id: checkCitizenIdValue,
  credit_code: checkCreditCodeValue,
};

/**
 * Checks a value for an item and brings it to the one form that is stored. An empty text, an
 * empty list and null all clear the item: they come back as null.
 * @param raw as it came in JSON
 * @param today the day in Asia/Shanghai
 */
export function checkValue(
  item: Item,
  raw: unknown,
  dictionary: Dictionary,
  today: string,
): ValueCheck {
  if (isEmpty(raw)) return { ok: true, value: null };
  const checked = checkers[item.type](item, raw, dictionary, today);
  if ('value' in checked) return { ok: true, value: checked.value };
  const message = {
    zh: `${item.label.zh}：${checked.zh}`,
    en: `${item.label.en}: ${checked.en}`,
  };
  return { ok: false, code: checked.code, message };
}

function isEmpty(raw: unknown): boolean {
  if (raw === null || raw === undefined) return true;
  if (typeof raw === 'string') return raw.trim() === '';
  return Array.isArray(raw) && raw.length === 0;
}

function refuse(code: ValueRefusal, zh: string, en: string): Checked {
  return { code, zh, en };
}

const notText = refuse('type', '应为文字', 'must be text');

function checkTextValue(item: Item, raw: unknown, most: number, lines: boolean): Checked {
  if (typeof raw !== 'string') return notText;
  const maxLength = item.maxLength ?? most;
  const text = checkText(raw, { maxLength, lines });
  if (!text.ok) return refuseText(text.reason, maxLength);
  const form = formOf(item.form);
  if (form) return checkForm(form, halfWidth(text.value));
  if (item.pattern && !new RegExp(`^(?:${item.pattern})$`, 'u').test(text.value)) {
    return refuse(
      'pattern',
      `格式不对，应为：${item.help?.zh ?? item.pattern}`,
      `not in the right form: ${item.help?.en ?? item.pattern}`,
    );
  }
  return { value: text.value };
}

/** Full-width digits are what a Chinese keyboard gives; they are put right. */
function checkForm({ pattern, help }: NamedForm, value: string): Checked {
  if (new RegExp(`^(?:${pattern})$`, 'u').test(value)) return { value };
  return refuse('pattern', `格式不对，应为：${help.zh}`, `not in the right form: ${help.en}`);
}

function refuseText(reason: 'control' | 'length', most: number): Checked {
  if (reason === 'length') {
    return refuse(
      'length',
      `最多 ${most} 个字符，请删减`,
      `at most ${most} characters; shorten it`,
    );
  }
  return refuse(
    'characters',
    '含有不可见字符，请删除后重新输入',
    'holds characters that cannot be seen; type it anew',
  );
}

function checkCode(item: Item, raw: unknown, dictionary: Dictionary): Checked {
  const known = dictionary.codes[item.codes ?? '']?.codes ?? [];
  const found = typeof raw === 'string' && known.find(({ code }) => code === raw);
  if (found && !found.retired) return { value: found.code };
  if (found) {
    return refuse(
      'unknown_code',
      `“${found.zh}”已停用，请选择其他`,
      `"${found.en}" is no longer used; choose another`,
    );
  }
  return refuse(
    'unknown_code',
    `没有代码“${shown(raw)}”，请从列表中选择`,
    `there is no code "${shown(raw)}"; choose from the list`,
  );
}

function checkCodes(item: Item, raw: unknown, dictionary: Dictionary): Checked {
  if (!Array.isArray(raw)) return refuse('type', '应为代码的列表', 'must be a list of codes');
  const known = (dictionary.codes[item.codes ?? '']?.codes ?? []).map(({ code }) => code);
  for (const one of raw) {
    if (!known.includes(one)) return checkCode(item, one, dictionary);
  }
  // In the table's order and each once: the same choice is the same value.
  return { value: known.filter((code) => raw.includes(code)) };
}

function shown(raw: unknown): string {
  if (typeof raw !== 'string' && typeof raw !== 'number') return typeof raw;
  return [...String(raw)].slice(0, 20).join('');
}

function checkDate(item: Item, raw: unknown, _dictionary: Dictionary, today: string): Checked {
  const text = typeof raw === 'string' ? halfWidth(raw).trim() : '';
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) {
    return refuse(
      'type',
      '应写作 YYYY-MM-DD，例如 1957-07-21',
      'must be YYYY-MM-DD, such as 1957-07-21',
    );
  }
  if (!dayExists(text)) {
    return refuse(
      'impossible_date',
      `${text} 不存在，请核对月和日`,
      `${text} does not exist; check month and day`,
    );
  }
  if (item.max === 'today' && text > today) {
    return refuse('future', '不能晚于今天', 'may not be after today');
  }
  if (typeof item.min === 'string' && text < item.min) {
    return refuse('range', `不能早于 ${item.min}`, `may not be before ${item.min}`);
  }
  if (typeof item.max === 'string' && item.max !== 'today' && text > item.max) {
    return refuse('range', `不能晚于 ${item.max}`, `may not be after ${item.max}`);
  }
  return { value: text };
}

function checkNumber(item: Item, raw: unknown, places: number, today: string): Checked {
  const text = numberText(raw);
  const decimals = /^-?\d+(?:\.(\d+))?$/.exec(text);
  const value = Number(text);
  if (!decimals || !Number.isFinite(value)) {
    return refuse('number', '应为数字，例如 1200', 'must be a number, such as 1200');
  }
  if ((decimals[1] ?? '').replace(/0+$/, '').length > places) return refusePlaces(places);
  const min = typeof item.min === 'number' ? item.min : 0;
  const max = greatest(item, today);
  if (value < min) return refuse('range', `不能小于 ${min}`, `may not be less than ${min}`);
  if (value > max) return refuse('range', `不能大于 ${max}`, `may not be more than ${max}`);
  return { value: value === 0 ? 0 : value };
}

/** Thousands with commas and full-width digits are how people write figures. */
function numberText(raw: unknown): string {
  if (typeof raw === 'number') return String(raw);
  if (typeof raw !== 'string') return '';
  const text = halfWidth(raw).trim();
  return /^-?\d{1,3}(,\d{3})+(\.\d+)?$/.test(text) ? text.replaceAll(',', '') : text;
}

function refusePlaces(places: number): Checked {
  if (places === 0) return refuse('number', '应为整数', 'must be a whole number');
  return refuse('number', `小数最多 ${places} 位`, `at most ${places} decimal places`);
}

/** Above this a sum in cents is no longer exact. */
const exact = 90_000_000_000_000;

function greatest(item: Item, today: string): number {
  if (item.max === 'this_year') return Number(today.slice(0, 4));
  return typeof item.max === 'number' ? item.max : exact;
}

function checkBoolean(_item: Item, raw: unknown): Checked {
  if (typeof raw === 'boolean') return { value: raw };
  return refuse('type', '应为“是”或“否”', 'must be true or false');
}

function checkPhone(_item: Item, raw: unknown): Checked {
  if (typeof raw !== 'string') return notText;
  const value = normalisePhone(raw);
  if (value) return { value };
  return refuse(
    'phone',
    '应为 11 位手机号，或带区号的固定电话（如 0570-1234567）',
    'must be a mobile number of 11 digits or a landline with its area code (0570-1234567)',
  );
}

function checkCitizenIdValue(_item: Item, raw: unknown, _d: Dictionary, today: string): Checked {
  if (typeof raw !== 'string') return notText;
  const id = checkCitizenId(raw, today);
  return id.ok ? { value: id.id } : refuseCitizenId(id);
}

function refuseCitizenId(check: Exclude<CitizenIdCheck, { ok: true }>): Checked {
  switch (check.reason) {
    case 'length':
      return refuse('citizen_id', '应为 18 位，请核对', 'must have 18 characters');
    case 'characters':
      return refuse(
        'citizen_id',
        '只能是数字，末位可为 X',
        'must be digits; only the last may be X',
      );
    case 'birth':
      return refuse(
        'citizen_id',
        '第 7–14 位不是可能的出生日期，请核对',
        'digits 7 to 14 are not a possible birth date',
      );
    case 'check':
      return refuse(
        'citizen_id',
        `校验码应为 ${check.expected}，请核对第 18 位`,
        `the check digit should be ${check.expected}; compare the last one and all others`,
      );
  }
}

function checkCreditCodeValue(_item: Item, raw: unknown): Checked {
  if (typeof raw !== 'string') return notText;
  const code = checkCreditCode(raw);
  return code.ok ? { value: code.code } : refuseCreditCode(code);
}

function refuseCreditCode(check: Exclude<CreditCodeCheck, { ok: true }>): Checked {
  switch (check.reason) {
    case 'length':
      return refuse('credit_code', '应为 18 位，请核对', 'must have 18 characters');
    case 'characters':
      return refuse(
        'credit_code',
        '只能是数字和大写字母，且不含 I、O、S、V、Z',
        'digits and capitals only, without I, O, S, V, Z',
      );
    case 'check':
      return refuse(
        'credit_code',
        `校验码应为 ${check.expected}，请核对第 18 位`,
        `the check character should be ${check.expected}; compare the last one and all others`,
      );
  }
}
