import { Button, Input, Select } from 'antd';
import { type ReactNode, useState } from 'react';
import { useText } from '../../../../console/language.tsx';
import { AreaPicker } from '../../../../console/parts/AreaPicker.tsx';
import { FilterPanel } from '../../../../console/parts/FilterPanel.tsx';
import { clearable } from '../../../../console/parts/icons.tsx';
import type { RoleKey } from '../../contract.ts';
import type { AccountFilters } from './accountFilters.ts';

/** The filters of the accounts; on a phone they fold away behind a button. */
export function AccountFilterBar(props: {
  filters: AccountFilters;
  set: (change: AccountFilters) => void;
  clear: () => void;
}): ReactNode {
  const text = useText();
  const { filters, set } = props;
  const active = Object.values(filters).filter((value) => value !== undefined).length;
  return (
    <FilterPanel active={active}>
      <Words key={filters.q ?? ''} value={filters.q} set={(q) => set({ q })} />
      <div className="filter">
        <label htmlFor="account-area">{text.area.label}</label>
        <AreaPicker
          id="account-area"
          label={text.area.label}
          value={filters.area}
          onChange={(area) => set({ area })}
          clearable
        />
      </div>
      <div className="filter">
        <label htmlFor="account-role">{text.accounts.role}</label>
        <Select
          id="account-role"
          allowClear={{ label: text.app.clear }}
          placeholder={text.list.any}
          value={filters.role}
          onChange={(role?: RoleKey) => set({ role })}
          popupMatchSelectWidth={false}
          options={Object.entries(text.roles).map(([value, label]) => ({
            value: value as RoleKey,
            label,
          }))}
        />
      </div>
      <div className="filter">
        <label htmlFor="account-state">{text.accounts.state}</label>
        <Select
          id="account-state"
          allowClear={{ label: text.app.clear }}
          placeholder={text.list.any}
          value={filters.state}
          onChange={(state?: AccountFilters['state']) => set({ state })}
          options={Object.entries(text.accounts.states).map(([value, label]) => ({
            value: value as NonNullable<AccountFilters['state']>,
            label,
          }))}
        />
      </div>
      {active > 0 && <Button onClick={props.clear}>{text.list.clear}</Button>}
    </FilterPanel>
  );
}

/** Taken over on Enter, or when the field is left. */
function Words(props: {
  value: string | undefined;
  set: (q: string | undefined) => void;
}): ReactNode {
  const { accounts: text, app } = useText();
  const [typed, setTyped] = useState(props.value ?? '');
  const take = (words: string): void => {
    const q = words.trim() || undefined;
    if (q !== props.value) props.set(q);
  };
  return (
    <div className="filter">
      <label htmlFor="account-q">{text.find}</label>
      <Input
        id="account-q"
        allowClear={clearable(app.clear)}
        autoComplete="off"
        title={text.findHelp}
        maxLength={60}
        value={typed}
        onChange={({ target }) => {
          setTyped(target.value);
          if (target.value === '') take('');
        }}
        onPressEnter={() => take(typed)}
        onBlur={() => take(typed)}
      />
    </div>
  );
}
