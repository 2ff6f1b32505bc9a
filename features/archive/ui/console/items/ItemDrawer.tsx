import { Alert, Button, Checkbox, Drawer, Input, InputNumber, Select } from 'antd';
import { type ReactNode, useState } from 'react';
import { figure } from '../../../../../console/format.ts';
import { useLanguage } from '../../../../../console/language.tsx';
import { useProblemText } from '../../../../../console/parts/Feedback.tsx';
import { useReturnFocus } from '../../../../../console/parts/focus.ts';
import { say } from '../../../../../console/parts/Toast.tsx';
import { Field } from '../Field.tsx';
import { fieldErrors } from '../submit.ts';
import type { Value } from '../types.ts';
import { Changes } from './Changes.tsx';
import {
  type Category,
  type CountyItem,
  checkItem,
  type Definition,
  definitionOf,
  type Figures,
  saveItem,
  type View,
} from './county-items.ts';
import { Limits } from './Limits.tsx';
import { orderAfter, othersIn, standsAfter } from './position.ts';

const types = [
  ...['text', 'long_text', 'code', 'codes', 'date', 'integer', 'decimal', 'money', 'boolean'],
  'phone',
] as const;
const open = ['public', 'internal', 'personal'];

/** Limits of one type make no sense for another. */
const withoutLimits = {
  min: undefined,
  max: undefined,
  maxLength: undefined,
  form: undefined,
  pattern: undefined,
};

const blank = (category: Category, view: View): Definition => ({
  key: `own_${Date.now().toString(36)}`,
  label: { zh: '', en: '' },
  type: 'text',
  group: 'file',
  sensitivity: 'personal',
  source: view.sources.some(({ key }) => key === 'village')
    ? 'village'
    : (view.sources[0]?.key ?? ''),
  retention: view.retention.some(({ key }) => key === 'village')
    ? 'village'
    : (view.retention[0]?.key ?? ''),
  section: category.sections[0]?.key ?? '',
  required: false,
});

/** Adds an item or changes one: the form, how it will look, what it touches, and what it was before. */
export default function ItemDrawer(props: {
  view: View;
  category: Category;
  item: CountyItem | null;
  close: () => void;
  saved: () => void;
}): ReactNode {
  useReturnFocus();
  const { text, language } = useLanguage();
  const words = useProblemText();
  const { view, category, item } = props;
  const [definition, setDefinition] = useState(() =>
    item ? definitionOf(item) : blank(category, view),
  );
  const [reason, setReason] = useState('');
  const [figures, setFigures] = useState<Figures | null>(null);
  const [problem, setProblem] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const errors = problem ? fieldErrors(problem) : {};
  const set = (part: Partial<Definition>): void => {
    setDefinition({ ...definition, ...part });
    setFigures(null);
  };
  /** Where no English name is given the Chinese one stands for it. */
  const whole = (): Definition => {
    const { label, help } = definition;
    return {
      ...definition,
      label: { zh: label.zh.trim(), en: label.en.trim() || label.zh.trim() },
      help: help?.zh.trim()
        ? { zh: help.zh.trim(), en: help.en.trim() || help.zh.trim() }
        : undefined,
    };
  };
  const attempt = async (work: () => Promise<void>): Promise<void> => {
    setBusy(true);
    setProblem(null);
    try {
      await work();
    } catch (error) {
      setProblem(error);
    }
    setBusy(false);
  };
  const check = () =>
    attempt(async () => setFigures(await checkItem(view.county.code, category.key, whole())));
  const save = (next: Definition | null) =>
    attempt(async () => {
      const { job } = await saveItem(view, category.key, definition.key, next, reason.trim());
      say(job ? text.items.savedRecount : text.items.saved);
      props.saved();
    });
  return (
    <Drawer
      open
      size={720}
      title={item ? item.label[language] : text.items.addTo(category.label[language])}
      onClose={props.close}
      footer={
        <div className="drawer-foot">
          {item && item.origin === 'changed' && (
            <Button disabled={reason.trim().length < 2} onClick={() => void save(null)}>
              {text.items.toPack}
            </Button>
          )}
          <Button onClick={props.close}>{text.app.close}</Button>
          {figures ? (
            <Button
              type="primary"
              loading={busy}
              disabled={reason.trim().length < 2}
              onClick={() => void save(whole())}
            >
              {text.app.save}
            </Button>
          ) : (
            <Button type="primary" loading={busy} onClick={() => void check()}>
              {text.items.check}
            </Button>
          )}
        </div>
      }
    >
      {problem !== null && <Alert type="error" showIcon title={words(problem)} role="alert" />}
      <Form
        view={view}
        category={category}
        isNew={item === null}
        place={item?.place}
        definition={definition}
        set={set}
        errors={errors}
      />
      <Preview definition={whole()} />
      {figures && <Touches figures={figures} />}
      <div className="stack">
        <div>
          <label htmlFor="item-reason">{text.items.reason}</label>
          <Input
            id="item-reason"
            maxLength={200}
            value={reason}
            onChange={({ target }) => setReason(target.value)}
          />
          <p className="help">{text.items.reasonHelp}</p>
        </div>
      </div>
      {item && (
        <Changes
          view={view}
          category={category.key}
          itemKey={item.key}
          restore={(earlier) => set(earlier as Partial<Definition>)}
        />
      )}
    </Drawer>
  );
}

function Form(props: {
  view: View;
  category: Category;
  isNew: boolean;
  /** Where the item stands now. */
  place: number | undefined;
  definition: Definition;
  set: (part: Partial<Definition>) => void;
  errors: Record<string, string>;
}): ReactNode {
  const { text, language } = useLanguage();
  const { definition, set, errors, category, view, isNew } = props;
  const isOpen = open.includes(definition.sensitivity);
  const guarded = category.groups.filter((group) => group !== 'file');
  const sensitivities = Object.entries(text.items.sensitivities).filter(
    ([key]) => open.includes(key) || guarded.length > 0,
  );
  const others = othersIn(category, definition.section, definition.key);
  // A new one stands last where nothing is chosen.
  const place = definition.order ?? props.place ?? Number.POSITIVE_INFINITY;
  const coded = definition.type === 'code' || definition.type === 'codes';
  const row = (key: string, label: string, control: ReactNode): ReactNode => (
    <div>
      <label htmlFor={`item-${key}`}>{label}</label>
      {control}
      {errors[key] && (
        <p className="field-error" role="alert">
          {errors[key]}
        </p>
      )}
    </div>
  );
  return (
    <div className="stack items-form">
      {row(
        'label',
        text.items.name,
        <Input
          id="item-label"
          maxLength={100}
          value={definition.label.zh}
          onChange={({ target }) =>
            set({ label: { zh: target.value, en: isNew ? '' : definition.label.en } })
          }
        />,
      )}
      {row(
        'help',
        text.items.hint,
        <Input
          id="item-help"
          maxLength={100}
          value={definition.help?.zh ?? ''}
          onChange={({ target }) => set({ help: { zh: target.value, en: '' } })}
        />,
      )}
      {isNew &&
        row(
          'type',
          text.items.type,
          <Select
            id="item-type"
            value={definition.type}
            onChange={(type) =>
              set({
                ...withoutLimits,
                type,
                codes: type.startsWith('code') ? view.tables[0]?.name : undefined,
              })
            }
            options={types.map((type) => ({
              value: type,
              label: text.items.types[type as 'text'],
            }))}
          />,
        )}
      {isNew &&
        coded &&
        row(
          'codes',
          text.items.table,
          <Select
            id="item-codes"
            value={definition.codes}
            onChange={(codes) => set({ codes })}
            options={view.tables.map(({ name, label }) => ({
              value: name,
              label: label[language],
            }))}
          />,
        )}
      {row(
        'section',
        text.items.section,
        <Select
          id="item-section"
          value={definition.section}
          onChange={(section) =>
            // Its place among the items of the other section is chosen anew.
            set({ section, order: isNew ? undefined : definition.order })
          }
          options={category.sections.map(({ key, label }) => ({
            value: key,
            label: label[language],
          }))}
        />,
      )}
      {row(
        'order',
        text.items.position,
        <Select
          id="item-order"
          value={standsAfter(others, place)}
          onChange={(after) =>
            set({ order: orderAfter(category, definition.section, definition.key, after) })
          }
          options={[
            { value: '', label: text.items.first },
            ...others.map(({ key, label }) => ({
              value: key,
              label: text.items.after(label[language]),
            })),
          ]}
        />,
      )}
      <Limits definition={definition} set={set} row={row} />
      {row(
        'sensitivity',
        text.items.sensitivity,
        <Select
          id="item-sensitivity"
          value={definition.sensitivity}
          onChange={(sensitivity) => {
            if (!isNew) return set({ sensitivity });
            const group = open.includes(sensitivity) ? 'file' : (guarded[0] ?? 'file');
            set({
              sensitivity,
              group: sensitivity === 'minor' && guarded.includes('minor') ? 'minor' : group,
            });
          }}
          options={sensitivities.map(([value, label]) => ({ value, label }))}
        />,
      )}
      {isNew &&
        !isOpen &&
        row(
          'group',
          text.items.group,
          <Select
            id="item-group"
            value={definition.group}
            onChange={(group) => set({ group })}
            options={guarded.map((group) => ({
              value: group,
              label: text.items.groups[group as 'contact'],
            }))}
          />,
        )}
      {isNew &&
        row(
          'source',
          text.items.source,
          <Select
            id="item-source"
            value={definition.source}
            onChange={(source) => set({ source })}
            options={view.sources.map(({ key, label }) => ({ value: key, label: label[language] }))}
          />,
        )}
      {row(
        'freshMonths',
        text.items.freshLong,
        <InputNumber
          id="item-freshMonths"
          min={1}
          max={240}
          controls={false}
          precision={0}
          value={definition.freshMonths ?? null}
          onChange={(months) => set({ freshMonths: months ?? undefined })}
        />,
      )}
      <div className="items-ticks">
        {!definition.derived && (
          <Checkbox
            checked={definition.required}
            onChange={({ target }) => set({ required: target.checked })}
          >
            {text.items.requiredLong}
          </Checkbox>
        )}
        {!isNew && (
          <Checkbox
            checked={definition.retired ?? false}
            onChange={({ target }) => set({ retired: target.checked || undefined })}
          >
            {text.items.retiredLong}
          </Checkbox>
        )}
        {errors.retired && <p className="field-error">{errors.retired}</p>}
      </div>
    </div>
  );
}

/** The field as officials will find it in their forms. */
function Preview({ definition }: { definition: Definition }): ReactNode {
  const { text } = useLanguage();
  const [value, setValue] = useState<Value>(null);
  return (
    <section className="items-preview" aria-label={text.items.preview}>
      <h3>{text.items.preview}</h3>
      {definition.retired ? (
        <p className="help">{text.items.previewRetired}</p>
      ) : (
        <Field
          item={{ ...definition, derived: false }}
          value={value}
          set={setValue}
          required={definition.required}
        />
      )}
    </section>
  );
}

function Touches({ figures }: { figures: Figures }): ReactNode {
  const { text, language } = useLanguage();
  const lines = [
    text.items.filled(figure(figures.filled), figure(figures.records)),
    figures.newlyIncomplete > 0 && text.items.newlyIncomplete(figure(figures.newlyIncomplete)),
    figures.stale > 0 && text.items.stale(figure(figures.stale)),
    figures.tags.length > 0 &&
      text.items.readByTags(figures.tags.map((label) => label[language]).join(text.items.comma)),
    figures.listed && text.items.inLists,
    figures.recount ? text.items.recount : text.items.noRecount,
  ].filter(Boolean);
  return (
    <section className="items-touches" role="status">
      <h3>{text.items.touches}</h3>
      <ul>
        {lines.map((line) => (
          <li key={String(line)}>{line}</li>
        ))}
      </ul>
    </section>
  );
}
