import { Button, Input, Select } from 'antd';
import { type ReactNode, useState } from 'react';
import { useDictionary } from '../../../../console/dictionary.tsx';
import { useText } from '../../../../console/language.tsx';
import { AreaPicker } from '../../../../console/parts/AreaPicker.tsx';
import { FilterPanel } from '../../../../console/parts/FilterPanel.tsx';
import { clearable, searchable } from '../../../../console/parts/icons.tsx';
import { type Action, actions } from '../../actions.ts';
import type { AuditFilters } from './filters.ts';
import { Period } from './Period.tsx';

/** The filters of the record; on a phone they fold away behind a button. */
export function AuditFilterBar(props: {
  filters: AuditFilters;
  set: (change: AuditFilters) => void;
  clear: () => void;
}): ReactNode {
  const text = useText();
  const { filters, set } = props;
  const active = Object.values(filters).filter((value) => value !== undefined).length;
  return (
    <>
      <FilterPanel active={active}>
        <Who value={filters.who} set={(who) => set({ who, account: undefined })} />
        <Choices filters={filters} set={set} />
        <div className="filter">
          <label htmlFor="audit-area">{text.area.label}</label>
          <AreaPicker
            id="audit-area"
            label={text.area.label}
            value={filters.area}
            onChange={(area) => set({ area })}
            clearable
          />
        </div>
        <Period from={filters.from} until={filters.until} set={set} />
        {active > 0 && <Button onClick={props.clear}>{text.list.clear}</Button>}
      </FilterPanel>
      <Narrowed filters={filters} set={set} />
    </>
  );
}

/** Taken over on Enter or when the field is left: half a name finds nobody. */
function Who(props: {
  value: string | undefined;
  set: (who: string | undefined) => void;
}): ReactNode {
  const text = useText();
  const [typed, setTyped] = useState(props.value ?? '');
  const [known, setKnown] = useState(props.value);
  if (known !== props.value) {
    setKnown(props.value);
    setTyped(props.value ?? '');
  }
  const take = (): void => {
    const who = typed.trim() || undefined;
    if (who !== props.value) props.set(who);
  };
  return (
    <div className="filter">
      <label htmlFor="audit-who">{text.audit.who}</label>
      <Input
        id="audit-who"
        allowClear={clearable(text.app.clear)}
        value={typed}
        placeholder={text.audit.whoHelp}
        maxLength={40}
        onChange={({ target }) => setTyped(target.value)}
        onPressEnter={take}
        onBlur={take}
        onClear={() => props.set(undefined)}
      />
    </div>
  );
}

/** Kind, act, role and purpose. */
function Choices({
  filters,
  set,
}: {
  filters: AuditFilters;
  set: (change: AuditFilters) => void;
}): ReactNode {
  const text = useText();
  const dictionary = useDictionary();
  const words = (of: Record<string, string>) =>
    Object.entries(of).map(([value, label]) => ({ value, label }));
  const kindOf: Record<string, string> = actions;
  const named: Record<Action, string> = text.audit.actions;
  const acts = words(named).filter(
    ({ value }) => filters.kind === undefined || kindOf[value] === filters.kind,
  );
  const purposes = dictionary.view.purposes.map(({ key, label }) => ({
    value: key,
    label: dictionary.label(label),
  }));
  const choices = [
    ['kind', text.audit.kind, words(text.audit.kinds)],
    ['action', text.audit.action, acts],
    ['role', text.audit.role, words(text.roles)],
    ['purpose', text.audit.purpose, purposes],
  ] as const;
  return choices.map(([name, label, options]) => (
    <div className="filter" key={name}>
      <label htmlFor={`audit-${name}`}>{label}</label>
      <Select
        id={`audit-${name}`}
        allowClear={{ label: text.app.clear }}
        showSearch={searchable}
        placeholder={text.list.any}
        value={filters[name]}
        onChange={(value?: string) =>
          set(name === 'kind' ? { kind: value, action: undefined } : { [name]: value })
        }
        options={[...options]}
      />
    </div>
  ));
}

/** What was taken from an entry by a click: post, file, account. */
function Narrowed({
  filters,
  set,
}: {
  filters: AuditFilters;
  set: (change: AuditFilters) => void;
}): ReactNode {
  const text = useText();
  const chips = [
    filters.account && { name: 'account', label: text.audit.who },
    filters.post && { name: 'post', label: text.audit.onlyPost },
    filters.subject && {
      name: 'subject',
      label: text.audit.onlySubject(text.audit.number(filters.subject)),
    },
  ].filter((chip) => typeof chip === 'object');
  if (chips.length === 0) return null;
  return (
    <p className="narrowed">
      {chips.map(({ name, label }) => (
        <Button
          key={name}
          size="small"
          aria-label={label + text.audit.remove}
          onClick={() => set({ [name]: undefined })}
        >
          {label} ×
        </Button>
      ))}
    </p>
  );
}
