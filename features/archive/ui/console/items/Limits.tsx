import { Input, InputNumber, Select } from 'antd';
import type { ReactNode } from 'react';
import { useLanguage } from '../../../../../console/language.tsx';
import { formNames, forms } from '../../../dictionary/forms.ts';
import type { Definition } from './county-items.ts';

/** Draws one line of the form: label, control, what is wrong. */
export type Row = (key: string, label: string, control: ReactNode) => ReactNode;

const longest: Record<string, number> = { text: 200, long_text: 2000 };
const numbers = ['integer', 'decimal', 'money'];
const byExpression = 'pattern';

/** What the value of an item may be: the least and greatest number, or how long a text is and how it is written. */
export function Limits(props: {
  definition: Definition;
  set: (part: Partial<Definition>) => void;
  row: Row;
}): ReactNode {
  const { type } = props.definition;
  if (numbers.includes(type)) return <NumberLimits {...props} />;
  return longest[type] === undefined ? null : <TextLimits {...props} />;
}

function NumberLimits({ definition, set, row }: Parameters<typeof Limits>[0]): ReactNode {
  const { text } = useLanguage();
  return (
    <>
      {(['min', 'max'] as const).map((bound) => {
        const value = definition[bound];
        // A bound in words, such as this year, is the pack's.
        if (typeof value === 'string') return null;
        return row(
          bound,
          text.items.bounds[bound],
          <InputNumber
            id={`item-${bound}`}
            controls={false}
            precision={definition.type === 'integer' ? 0 : undefined}
            placeholder={bound === 'min' ? '0' : text.items.noLimit}
            value={value ?? null}
            onChange={(number) => set({ [bound]: number ?? undefined })}
          />,
        );
      })}
    </>
  );
}

function TextLimits({ definition, set, row }: Parameters<typeof Limits>[0]): ReactNode {
  const { text, language } = useLanguage();
  const { type, form, pattern } = definition;
  const chosen = pattern === undefined ? (form ?? '') : byExpression;
  return (
    <>
      {row(
        'maxLength',
        text.items.length,
        <InputNumber
          id="item-maxLength"
          controls={false}
          precision={0}
          placeholder={String(longest[type])}
          value={definition.maxLength ?? null}
          onChange={(length) => set({ maxLength: length ?? undefined })}
        />,
      )}
      {type === 'text' &&
        row(
          'form',
          text.items.form,
          <Select
            id="item-form"
            value={chosen}
            onChange={(next) =>
              set({
                form: next === '' || next === byExpression ? undefined : next,
                pattern: next === byExpression ? (pattern ?? '') : undefined,
              })
            }
            options={[
              { value: '', label: text.items.anyForm },
              ...formNames.map((name) => ({ value: name, label: forms[name].label[language] })),
              { value: byExpression, label: text.items.byExpression },
            ]}
          />,
        )}
      {type === 'text' &&
        pattern !== undefined &&
        row(
          'pattern',
          text.items.expression,
          <Input
            id="item-pattern"
            maxLength={200}
            autoComplete="off"
            value={pattern}
            onChange={({ target }) => set({ pattern: target.value })}
          />,
        )}
    </>
  );
}
