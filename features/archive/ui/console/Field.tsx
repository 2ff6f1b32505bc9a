import { DatePicker, Input, InputNumber, Select } from 'antd';
import dayjs from 'dayjs';
import type { ReactNode } from 'react';
import { type Item, useDictionary } from '../../../../console/dictionary.tsx';
import { useText } from '../../../../console/language.tsx';
import { searchable } from '../../../../console/parts/icons.tsx';
import { faultIn, limitsOf } from './limits.ts';
import type { Value } from './types.ts';

/** Days may be typed with or without separators. */
const dayFormats = ['YYYY-MM-DD', 'YYYYMMDD', 'YYYY/M/D', 'YYYY.M.D', 'YYYY年M月D日'];

/** One item of a form: its label, the control that its type asks for, help and errors. */
export function Field(props: {
  item: Item;
  value: Value;
  set: (value: Value) => void;
  error?: string;
  changed?: boolean;
  sealed?: boolean;
  required?: boolean;
}): ReactNode {
  const text = useText();
  const dictionary = useDictionary();
  const { item } = props;
  const id = `field-${item.key}`;
  const about = `${id}-about`;
  const fault = props.error ?? faultIn(item, props.value, dictionary.language, text.form);
  const hint = item.type === 'citizen_id' ? idHint(props.value, text.form.digits) : '';
  const rules = limitsOf(item, dictionary.language, text.form);
  const wide = item.type === 'long_text' || (item.type === 'text' && (item.maxLength ?? 200) > 60);
  return (
    <div className={`field ${wide ? 'wide' : ''}`} data-changed={props.changed}>
      <label htmlFor={id}>
        {dictionary.label(item.label)}
        {props.required && (
          <>
            <i aria-hidden="true"> *</i>
            <span className="unseen">{text.form.required}</span>
          </>
        )}
      </label>
      <Control
        id={id}
        about={about}
        item={item}
        value={props.value}
        set={props.set}
        invalid={Boolean(fault)}
        placeholder={props.sealed ? text.form.sealed : undefined}
      />
      <p
        id={about}
        className={fault ? 'field-error' : 'help'}
        role={props.error ? 'alert' : undefined}
      >
        {fault ?? [hint, dictionary.label(item.help), rules].filter(Boolean).join(' ')}
      </p>
    </div>
  );
}

const idHint = (value: Value, words: (typed: number) => string): string =>
  typeof value === 'string' && value.length > 0 && value.length < 18 ? words(value.length) : '';

interface ControlProps {
  id: string;
  about: string;
  item: Item;
  value: Value;
  set: (value: Value) => void;
  invalid: boolean;
  placeholder?: string;
}

/** The control for an item's type. Empty means no value. */
function Control({ id, about, item, value, set, invalid, placeholder }: ControlProps): ReactNode {
  const text = useText();
  const dictionary = useDictionary();
  const status = invalid ? ('error' as const) : undefined;
  const shared = { id, status, 'aria-describedby': about, 'aria-invalid': invalid, placeholder };
  switch (item.type) {
    case 'code':
      return (
        <Select
          {...shared}
          allowClear={{ label: text.app.clear }}
          showSearch={searchable}
          value={typeof value === 'string' ? value : undefined}
          onChange={(code?: string) => set(code ?? null)}
          options={dictionary.options(item.codes)}
        />
      );
    case 'codes':
      return (
        <Select
          {...shared}
          mode="multiple"
          allowClear={{ label: text.app.clear }}
          showSearch={searchable}
          value={Array.isArray(value) ? value : []}
          onChange={(codes: string[]) => set(codes.length > 0 ? codes : null)}
          options={dictionary.options(item.codes)}
        />
      );
    case 'boolean':
      return (
        <Select
          {...shared}
          allowClear={{ label: text.app.clear }}
          value={typeof value === 'boolean' ? String(value) : undefined}
          onChange={(answer?: string) => set(answer === undefined ? null : answer === 'true')}
          options={[
            { value: 'true', label: text.file.yes },
            { value: 'false', label: text.file.no },
          ]}
        />
      );
    case 'date':
      return (
        <DatePicker
          {...shared}
          format={dayFormats}
          placeholder={placeholder ?? text.form.day}
          value={typeof value === 'string' ? dayjs(value) : null}
          onChange={(day) => set(day ? day.format('YYYY-MM-DD') : null)}
        />
      );
    case 'integer':
    case 'decimal':
    case 'money':
      return (
        <InputNumber
          {...shared}
          controls={false}
          precision={item.type === 'integer' ? 0 : undefined}
          value={typeof value === 'number' ? value : null}
          onChange={(number) => set(number)}
        />
      );
    case 'long_text':
      return (
        <Input.TextArea
          {...shared}
          autoSize={{ minRows: 2, maxRows: 8 }}
          maxLength={item.maxLength ?? 2000}
          value={asText(value)}
          onChange={({ target }) => set(target.value || null)}
        />
      );
    default:
      return (
        <Input
          {...shared}
          autoComplete="off"
          inputMode={inputModeOf(item)}
          maxLength={lengthOf(item)}
          value={asText(value)}
          onChange={({ target }) => set(cleaned(item, target.value))}
        />
      );
  }
}

const asText = (value: Value): string =>
  value === null || value === undefined ? '' : String(value);

/** The keyboard that a phone shows. */
function inputModeOf({ type, form }: Item): 'tel' | 'numeric' | undefined {
  if (type === 'phone' || form === 'phone' || form === 'mobile') return 'tel';
  return form === 'digits' || form === 'postcode' ? 'numeric' : undefined;
}

/** Identity numbers and credit codes have a fixed length; phones may hold separators. */
const lengthOf = (item: Item): number =>
  item.type === 'citizen_id' || item.type === 'credit_code' ? 18 : (item.maxLength ?? 200);

function cleaned(item: Item, typed: string): Value {
  const tidy =
    item.type === 'citizen_id' || item.type === 'credit_code'
      ? typed.replace(/\s/g, '').toUpperCase()
      : typed;
  return tidy === '' ? null : tidy;
}
