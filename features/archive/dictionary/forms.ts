import type { Text } from '../../../server/errors.ts';

/** A way in which a text is written, by its name: what a county chooses from instead of a regular expression. */
export interface NamedForm {
  label: Text;
  /** How it is written: stands beneath the field, and in the refusal of what is written otherwise. */
  help: Text;
  /** The whole text must match it. */
  pattern: string;
}

/** The forms there are. One that is here stays: counties have chosen it. */
export const forms = {
  digits: {
    label: { zh: '数字', en: 'Digits' },
    help: { zh: '只填数字', en: 'digits only' },
    pattern: '\\d+',
  },
  letters_digits: {
    label: { zh: '字母和数字', en: 'Letters and digits' },
    help: { zh: '只填字母和数字', en: 'letters and digits only' },
    pattern: '[A-Za-z0-9]+',
  },
  mobile: {
    label: { zh: '手机号', en: 'Mobile number' },
    help: { zh: '11 位手机号', en: 'a mobile number of 11 digits' },
    pattern: '1[3-9]\\d{9}',
  },
  phone: {
    label: { zh: '手机号或固定电话', en: 'Phone number' },
    help: {
      zh: '11 位手机号，或带区号的固定电话，如 0570-1234567',
      en: 'a mobile number of 11 digits, or a landline with its area code, such as 0570-1234567',
    },
    pattern: '1[3-9]\\d{9}|(?:010|02\\d|0[3-9]\\d{2})-?\\d{7,8}',
  },
  postcode: {
    label: { zh: '邮政编码', en: 'Postcode' },
    help: { zh: '6 位邮政编码', en: 'a postcode of 6 digits' },
    pattern: '\\d{6}',
  },
  plate: {
    label: { zh: '车牌号', en: 'Number plate' },
    help: { zh: '车牌号，如 浙H12345', en: 'a number plate, such as 浙H12345' },
    pattern: '[\\u4e00-\\u9fa5][A-Z][A-Z0-9]{5,6}',
  },
  email: {
    label: { zh: '电子邮箱', en: 'E-mail' },
    help: { zh: '电子邮箱地址', en: 'an e-mail address' },
    pattern: '[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\\.[A-Za-z0-9-]{1,63}){1,4}',
  },
} as const satisfies Record<string, NamedForm>;

export type FormName = keyof typeof forms;
export const formNames = Object.keys(forms) as FormName[];

/** The form of a name; undefined for none. */
export function formOf(name: string | undefined): NamedForm | undefined {
  return name !== undefined && Object.hasOwn(forms, name) ? forms[name as FormName] : undefined;
}
