import type { ReactNode } from 'react';
import { useDictionary } from '../../../../console/dictionary.tsx';
import type { CategoryKey } from '../../contract.ts';
import { byActAlone } from '../../rules/by-act.ts';
import { Field } from './Field.tsx';
import type { Value, Values } from './types.ts';
import { same } from './values.ts';

/** The items of a category as a form, by section, made from the dictionary. */
export function RecordFields(props: {
  category: CategoryKey;
  /** Item keys to show; all that can be given a value where left out. */
  only?: string[];
  /** What is stored now. */
  stored: Values;
  changes: Values;
  set: (changes: Values) => void;
  errors: Record<string, string>;
  sealed?: string[];
}): ReactNode {
  const dictionary = useDictionary();
  const { category, stored, changes } = props;
  const items = dictionary
    .items(category)
    .filter(
      (item) =>
        !item.derived &&
        !item.retired &&
        !byActAlone(props.category, item.key) &&
        (props.only?.includes(item.key) ?? true),
    );

  const set = (key: string, value: Value): void => {
    const next = { ...changes };
    if (same(value, stored[key])) delete next[key];
    else next[key] = value;
    props.set(next);
  };

  return dictionary.sections(category).map((section) => {
    const within = items.filter((item) => item.section === section.key);
    if (within.length === 0) return null;
    return (
      <fieldset key={section.key} className="fields">
        <legend>{dictionary.label(section.label)}</legend>
        {within.map((item) => (
          <Field
            key={item.key}
            item={item}
            value={item.key in changes ? (changes[item.key] ?? null) : (stored[item.key] ?? null)}
            set={(value) => set(item.key, value)}
            error={props.errors[item.key]}
            changed={item.key in changes}
            required={item.required}
            sealed={props.sealed?.includes(item.key)}
          />
        ))}
      </fieldset>
    );
  });
}
