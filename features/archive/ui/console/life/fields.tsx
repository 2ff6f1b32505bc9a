import { DatePicker, Input, Select } from 'antd';
import dayjs from 'dayjs';
import type { ReactNode } from 'react';
import { useDictionary } from '../../../../../console/dictionary.tsx';
import { useText } from '../../../../../console/language.tsx';

interface Labelled {
  id: string;
  label: string;
  required?: boolean;
  error?: string | undefined;
  help?: string | undefined;
  wide?: boolean;
}

/** A field with its label, help and error. */
export function Row({ children, ...props }: Labelled & { children: ReactNode }): ReactNode {
  const text = useText();
  return (
    <div className={`field ${props.wide ? 'wide' : ''}`}>
      <label htmlFor={`life-${props.id}`}>
        {props.label}
        {props.required && (
          <>
            <i aria-hidden="true"> *</i>
            <span className="unseen">{text.form.required}</span>
          </>
        )}
      </label>
      {children}
      {(props.error || props.help) && (
        <p
          className={props.error ? 'field-error' : 'help'}
          role={props.error ? 'alert' : undefined}
        >
          {props.error ?? props.help}
        </p>
      )}
    </div>
  );
}

export function TextRow(
  props: Labelled & { value: string; set: (value: string) => void; max?: number },
): ReactNode {
  return (
    <Row {...props}>
      <Input
        id={`life-${props.id}`}
        maxLength={props.max ?? 200}
        autoComplete="off"
        status={props.error ? 'error' : undefined}
        value={props.value}
        onChange={({ target }) => props.set(target.value)}
      />
    </Row>
  );
}

export function DayRow(
  props: Labelled & { value: string | undefined; set: (day: string | undefined) => void },
): ReactNode {
  const text = useText();
  return (
    <Row {...props}>
      <DatePicker
        id={`life-${props.id}`}
        format={['YYYY-MM-DD', 'YYYYMMDD']}
        placeholder={text.form.day}
        status={props.error ? 'error' : undefined}
        value={props.value ? dayjs(props.value) : null}
        maxDate={dayjs()}
        onChange={(day) => props.set(day?.format('YYYY-MM-DD'))}
      />
    </Row>
  );
}

export function ChoiceRow(
  props: Labelled & {
    value: string | undefined;
    set: (value: string) => void;
    options: { value: string; label: string }[];
  },
): ReactNode {
  return (
    <Row {...props}>
      <Select
        id={`life-${props.id}`}
        showSearch={{ optionFilterProp: 'label' }}
        status={props.error ? 'error' : undefined}
        value={props.value}
        onChange={props.set}
        options={props.options}
      />
    </Row>
  );
}

/** A relation to the head, of the code table. */
export function RelationRow(props: {
  id: string;
  name: string;
  value: string | undefined;
  set: (relation: string) => void;
  error?: string | undefined;
}): ReactNode {
  const text = useText();
  const dictionary = useDictionary();
  return (
    <ChoiceRow
      id={props.id}
      label={props.name ? text.life.relation(props.name) : text.members.relation}
      required
      value={props.value}
      set={props.set}
      error={props.error}
      options={dictionary.options('family_relation')}
    />
  );
}
