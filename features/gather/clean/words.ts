import type { Reason } from '../rows.ts';

const reason = (code: string, zh: string, en: string): Reason => ({ code, message: { zh, en } });

/** Why a cell is not taken, beside what `rules/value.ts` says of an item's value. */
export const cellReasons = {
  long: reason('long', '内容过长，请核对', 'Is too long; check it'),
  formula: reason(
    'formula',
    '是公式，其结果不可信，请粘贴为数值',
    'Is a formula, whose result is not believed; paste it as a value',
  ),
  name_characters: reason(
    'name_characters',
    '姓名中有数字、星号等不是姓名的字符，请核对',
    'Holds digits, stars or other characters that are in no name; check it',
  ),
  name_many: reason(
    'name_many',
    '一格中有多个姓名，无法确定是谁，请分行填写',
    'Holds several names, and whose row it is cannot be told; give each a row',
  ),
  name_word: reason(
    'name_word',
    '不是姓名，这一行可能是合计、签名或表头',
    'Is no name: this may be a row of sums, a signature or a heading',
  ),
  name_length: reason('name_length', '姓名过长，请核对', 'Is too long for a name; check it'),
  date_unreadable: reason(
    'date_unreadable',
    '不是日期，请写作 2021-05-06',
    'Is no date; write it as 2021-05-06',
  ),
  date_ambiguous: reason(
    'date_ambiguous',
    '日期有多种读法，请写作 2021-05-06',
    'Can be read as more than one date; write it as 2021-05-06',
  ),
  date_partial: reason(
    'date_partial',
    '日期不完整，请补上年、月、日',
    'Is not a whole date; give year, month and day',
  ),
  date_impossible: reason(
    'date_impossible',
    '没有这一天，请核对年、月、日',
    'There is no such day; check year, month and day',
  ),
  date_future: reason('date_future', '日期晚于今天，请核对', 'Is after today; check it'),
  id_length: reason(
    'id_length',
    '公民身份号码应为 18 位（旧号 15 位），请核对',
    'A citizen id has 18 characters (15 of old); check it',
  ),
  id_characters: reason(
    'id_characters',
    '公民身份号码只能是数字，末位可为 X，请核对',
    'A citizen id has digits only, the last may be X; check it',
  ),
  id_birth: reason(
    'id_birth',
    '公民身份号码第 7–14 位不是可能的出生日期，请核对',
    'Digits 7 to 14 of the citizen id are no possible birth date; check it',
  ),
  id_check: reason(
    'id_check',
    '公民身份号码的校验码不对，可能有数字写错或颠倒，请核对',
    'The check digit of the citizen id is wrong: digits may be mistyped or swapped; check it',
  ),
  id_digits_lost: reason(
    'id_digits_lost',
    '公民身份号码被当作数字保存，后几位已丢失，请把该列设为文本后重新导出',
    'The citizen id was kept as a number and has lost its last digits; make the column text and export anew',
  ),
  certificate: reason(
    'certificate',
    '残疾人证号应为 20 位：公民身份号码加一位类别、一位等级，请核对',
    'A disability certificate has 20 characters: the citizen id, a digit of kind, a digit of grade',
  ),
  phone: reason(
    'phone',
    '应为 11 位手机号，或带区号的固定电话（如 0570-1234567）',
    'Must be a mobile number of 11 digits or a landline with its area code (0570-1234567)',
  ),
  phone_many: reason(
    'phone_many',
    '一格中有多个号码，只取第一个',
    'Holds several numbers; only the first is taken',
  ),
  area: reason('area', '应为 6 至 12 位区划代码', 'Must be the code of an area, 6 to 12 digits'),
  unknown_code: reason(
    'unknown_code',
    '不在代码表和方案的对照表中，请在方案中补上对照',
    'Is neither in the code table nor in the profile’s map; add it to the map',
  ),
  boolean: reason('boolean', '应为“是”或“否”', 'Must be yes or no'),
  number: reason('number', '应为数字，例如 1200', 'Must be a number, such as 1200'),
  credit_code: reason(
    'credit_code',
    '不是有效的统一社会信用代码，请核对',
    'Is no valid unified social credit code; check it',
  ),
} as const;

/** Why a row is set aside though it could be read. */
export const asideReasons = {
  no_key: reason(
    'no_key',
    '没有可用于识别的内容（姓名、证件号等都为空或无效），无法对应到任何档案',
    'Holds nothing to know it by: name, id and the like are blank or not valid, so that it fits no record',
  ),
} as const;

export type CellReason = keyof typeof cellReasons;
