import { Select } from 'antd';
import type { ReactNode } from 'react';
import { useText } from '../../../../../console/language.tsx';
import type { Draft, FileLook } from '../../../contract.ts';

type Key = Draft['sameRecord'][number][number];

/** What holds for every row: of what it speaks, from which day it is, and when two are the same. */
export function WholeFields(props: {
  look: FileLook;
  draft: Draft;
  change: (draft: Draft) => void;
}): ReactNode {
  const { profile: text } = useText().gather;
  const { look, draft, change } = props;
  const choice = <K extends 'subject' | 'person'>(
    field: K,
    words: Record<Draft[K], string>,
  ): ReactNode => (
    <div className="field">
      <label htmlFor={`whole-${field}`}>{text[field]}</label>
      <Select
        id={`whole-${field}`}
        value={draft[field]}
        onChange={(value: Draft[K]) => change({ ...draft, [field]: value })}
        options={Object.entries<string>(words).map(([value, label]) => ({
          value: value as Draft[K],
          label,
        }))}
      />
    </div>
  );
  return (
    <div className="format-fields">
      {choice('subject', text.subjects)}
      {choice('person', text.persons)}
      <AsOf look={look} draft={draft} change={change} />
      <SameRecord draft={draft} change={change} />
    </div>
  );
}

function AsOf({ look, draft, change }: Parameters<typeof WholeFields>[0]): ReactNode {
  const { profile: text } = useText().gather;
  const { asOf } = draft;
  const columns = look.columns.map(({ column }) => column).filter((column) => column !== '');
  return (
    <div className="field">
      <label htmlFor="whole-as-of">{text.asOf}</label>
      <Select
        id="whole-as-of"
        value={asOf.from === 'column' ? `column ${asOf.column}` : asOf.from}
        onChange={(value: string) => change({ ...draft, asOf: asOfOf(value) })}
        options={[
          { value: 'file', label: text.asOfFile },
          { value: 'title', label: text.asOfTitle },
          ...columns.map((column) => ({
            value: `column ${column}`,
            label: text.asOfColumn(column),
          })),
        ]}
      />
    </div>
  );
}

const asOfOf = (value: string): Draft['asOf'] =>
  value === 'file' || value === 'title'
    ? { from: value }
    : { from: 'column', column: value.slice('column '.length) };

/** Sets of keys that are offered, as far as the file has them. */
const usual: readonly (readonly Key[])[] = [
  ['citizen_id'],
  ['house_code'],
  ['credit_code'],
  ['household_number', 'name'],
  ['household_number', 'name', 'birth'],
  ['name', 'phone'],
  ['name', 'birth'],
  ['name', 'address'],
  ['name', 'guardian'],
  ['name', 'guardian', 'guardian_phone'],
  ['name'],
  ['address'],
];

function SameRecord({ draft, change }: Omit<Parameters<typeof WholeFields>[0], 'look'>): ReactNode {
  const { profile: text } = useText().gather;
  const keys: Record<string, string> = text.keys;
  const there = new Set<string>(draft.columns.flatMap(({ key }) => key ?? []));
  if (there.has('certificate')) there.add('citizen_id');
  const sets = [...draft.sameRecord, ...usual.filter((set) => set.every((key) => there.has(key)))];
  const written = [...new Set(sets.map((set) => set.join('+')))];
  return (
    <div className="field">
      <label htmlFor="whole-same">{text.sameRecord}</label>
      <Select
        id="whole-same"
        mode="multiple"
        value={draft.sameRecord.map((set) => set.join('+'))}
        onChange={(chosen: string[]) =>
          change({ ...draft, sameRecord: chosen.map((set) => set.split('+') as Key[]) })
        }
        options={written.map((set) => ({
          value: set,
          label: set
            .split('+')
            .map((key) => keys[key])
            .join(' + '),
        }))}
      />
      <p className="help">{text.sameHelp}</p>
    </div>
  );
}
