import { Select } from 'antd';
import { type ReactNode, useMemo } from 'react';
import { useDictionary } from '../../../../../console/dictionary.tsx';
import { figure } from '../../../../../console/format.ts';
import { useText } from '../../../../../console/language.tsx';
import { Panel } from '../../../../../console/parts/Panel.tsx';
import type { Draft, DraftColumn, FileLook, Preview } from '../../../contract.ts';
import { WholeFields } from './WholeFields.tsx';

interface Props {
  look: FileLook;
  draft: Draft;
  change: (draft: Draft) => void;
  preview: Preview | undefined;
}

/** What each column means: by which keys rows are known, into which items its cells go. */
export function ColumnsStep(props: Props): ReactNode {
  const { profile: text } = useText().gather;
  const { look, draft, change, preview } = props;
  const set = (at: number, column: DraftColumn): void =>
    change({ ...draft, columns: draft.columns.map((old, place) => (place === at ? column : old)) });
  return (
    <>
      <Panel title={text.steps[1] ?? ''}>
        <ul className="wizard-columns">
          {draft.columns.map((column, at) => (
            <Column
              key={column.column}
              column={column}
              seen={look.columns[at]}
              isAsOf={draft.asOf.from === 'column' && draft.asOf.column === column.column}
              faults={preview?.faults.filter((one) => one.column === column.column) ?? []}
              unknown={preview?.unknown.filter((one) => one.column === column.column) ?? []}
              set={(next) => set(at, next)}
            />
          ))}
        </ul>
      </Panel>
      <Panel title={text.whole}>
        <WholeFields look={look} draft={draft} change={change} />
      </Panel>
    </>
  );
}

function Column(props: {
  column: DraftColumn;
  seen: FileLook['columns'][number] | undefined;
  isAsOf: boolean;
  faults: Preview['faults'];
  unknown: Preview['unknown'];
  set: (column: DraftColumn) => void;
}): ReactNode {
  const { profile: text } = useText().gather;
  const { column, seen, isAsOf, faults, unknown, set } = props;
  const types: Record<string, string> = text.types;
  const keys: Record<string, string> = text.keys;
  const items = useItems();
  const isMeant = column.key !== undefined || column.items.length > 0;
  const because = isAsOf
    ? text.isAsOf
    : !isMeant
      ? text.unknown
      : seen?.why
        ? text.why[seen.why]
        : '';
  const name = `column-${column.column}`;
  return (
    <li className="wizard-column">
      <div>
        <b>{column.column || text.empty}</b>
        <span className="tag">{types[seen?.type ?? 'text']}</span>
        <p className="help">{seen?.values.slice(0, 3).join('、') || text.empty}</p>
        <p className="help">{because}</p>
      </div>
      <div className="field">
        <label htmlFor={`${name}-key`}>{text.key}</label>
        <Select
          id={`${name}-key`}
          aria-label={`${column.column} ${text.key}`}
          allowClear={{ label: text.noKey }}
          placeholder={text.noKey}
          value={column.key}
          onChange={(key?: DraftColumn['key']) => set(withKey(column, key))}
          options={Object.entries(keys).map(([value, label]) => ({
            value: value as NonNullable<DraftColumn['key']>,
            label,
          }))}
        />
      </div>
      <div className="field">
        <label htmlFor={`${name}-items`}>{text.items}</label>
        <Select
          id={`${name}-items`}
          aria-label={`${column.column} ${text.items}`}
          mode="multiple"
          placeholder={text.noItems}
          optionFilterProp="label"
          value={column.items}
          onChange={(chosen: string[]) => set(withItems(column, chosen))}
          options={items}
        />
        {column.headItems && (
          <p className="help">
            {text.head}：{column.headItems.map((path) => labelIn(items, path)).join('、')}
          </p>
        )}
      </div>
      {faults.map(({ message }) => (
        <p key={message} className="field-error column-wide">
          {message}
        </p>
      ))}
      {unknown.length > 0 && <Words column={column} unknown={unknown} set={set} />}
    </li>
  );
}

/** What made the cleaner of the column before does not make it any more. */
function withKey(
  { key: _key, cleaner: _cleaner, bySex: _sex, ...rest }: DraftColumn,
  key: DraftColumn['key'],
) {
  return key === undefined ? rest : { ...rest, key };
}

function withItems(
  { cleaner: _cleaner, codes, ...rest }: DraftColumn,
  items: string[],
): DraftColumn {
  const isSame = items[0] === rest.items[0];
  return { ...rest, items, ...(isSame && codes ? { codes } : {}) };
}

interface Group {
  label: string;
  options: { value: string; label: string }[];
}

const categories = ['resident', 'household', 'housing', 'premises'] as const;

/** The items that can be written, by category. */
function useItems(): Group[] {
  const { gather } = useText();
  const dictionary = useDictionary();
  return useMemo(
    () =>
      categories.map((category) => ({
        label: gather.profile.subjects[category],
        options: dictionary
          .items(category)
          .filter(({ derived }) => !derived)
          .map((item) => ({
            value: `${category}.${item.key}`,
            label: `${gather.profile.subjects[category]} · ${dictionary.label(item.label, item.key)}`,
          })),
      })),
    [dictionary, gather],
  );
}

const labelIn = (groups: readonly Group[], path: string): string =>
  groups.flatMap(({ options }) => options).find(({ value }) => value === path)?.label ?? path;

/** Words that no code stands for: what they mean. */
function Words(props: {
  column: DraftColumn;
  unknown: Preview['unknown'];
  set: (column: DraftColumn) => void;
}): ReactNode {
  const { profile: text } = useText().gather;
  const dictionary = useDictionary();
  const { column, unknown, set } = props;
  const table = tableOf(column, (category, key) => dictionary.find(category, key)?.codes);
  if (!table) return null;
  return (
    <fieldset className="wizard-words column-wide">
      <legend>{text.words}</legend>
      <p className="help">{text.wordsHelp}</p>
      {unknown.map(({ word, times }) => (
        <div className="field" key={word}>
          <label htmlFor={`word-${column.column}-${word}`}>{text.word(word, figure(times))}</label>
          <Select
            id={`word-${column.column}-${word}`}
            showSearch={{ optionFilterProp: 'label' }}
            placeholder={text.notTaken}
            value={column.codes?.[word]}
            onChange={(code: string) =>
              set({ ...column, codes: { ...column.codes, [word]: code } })
            }
            options={dictionary.options(table)}
          />
        </div>
      ))}
    </fieldset>
  );
}

function tableOf(
  { key, items }: DraftColumn,
  codesOf: (category: string, key: string) => string | undefined,
): string | undefined {
  const [category = '', item = ''] = items[0]?.split('.') ?? [];
  if (items.length > 0) return codesOf(category, item);
  return key === 'sex' ? 'sex' : key === 'relation' ? 'family_relation' : undefined;
}
