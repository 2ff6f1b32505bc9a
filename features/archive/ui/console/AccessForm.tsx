import { useQuery } from '@tanstack/react-query';
import { Button, Input, Select } from 'antd';
import { type FormEvent, type ReactNode, useDeferredValue, useState } from 'react';
import { api } from '../../../../console/api.ts';
import { useText } from '../../../../console/language.tsx';
import { clearable } from '../../../../console/parts/icons.tsx';
import type { CategoryKey } from '../../contract.ts';
import { type AccessSearch, recordIn } from './accessSearch.ts';

/** Which file, by its number or the address of its page, and which account. */
export function AccessForm(props: {
  search: AccessSearch;
  set: (change: AccessSearch) => void;
}): ReactNode {
  const text = useText();
  const { search, set } = props;
  const [pasted, setPasted] = useState(search.record ?? '');
  const [category, setCategory] = useState<CategoryKey>(search.category ?? 'resident');
  const [problem, setProblem] = useState('');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const found = recordIn(pasted);
    setProblem(found ? '' : text.access.noNumber);
    if (found) set({ record: found.record, category: found.category ?? category });
  };
  const paste = (value: string): void => {
    setPasted(value);
    const found = recordIn(value);
    if (found?.category) setCategory(found.category);
  };
  return (
    <form className="access-form" onSubmit={submit} noValidate>
      <div className="filter wide">
        <label htmlFor="access-record">{text.access.record}</label>
        <Input
          id="access-record"
          allowClear={clearable(text.app.clear)}
          autoComplete="off"
          spellCheck={false}
          aria-describedby="access-record-help"
          value={pasted}
          onChange={({ target }) => paste(target.value)}
        />
        <p id="access-record-help" className="help">
          {text.access.recordHelp}
        </p>
        <p className="field-error" role="alert">
          {problem}
        </p>
      </div>
      <div className="filter">
        <label htmlFor="access-category">{text.access.category}</label>
        <Select
          id="access-category"
          value={category}
          onChange={setCategory}
          options={Object.entries(text.categories).map(([value, label]) => ({
            value: value as CategoryKey,
            label,
          }))}
        />
      </div>
      <div className="filter">
        <label htmlFor="access-account">{text.access.account}</label>
        <AccountChoice value={search.account} set={(account) => set({ account })} />
      </div>
      <Button type="primary" htmlType="submit">
        {text.access.ask}
      </Button>
    </form>
  );
}

interface Named {
  id: string;
  username: string;
  name: string;
}

/** An account, found by name or user name. */
function AccountChoice(props: {
  value: string | undefined;
  set: (account: string | undefined) => void;
}): ReactNode {
  const { access: text, app } = useText();
  const [typed, setTyped] = useState('');
  const q = useDeferredValue(typed.trim());
  const found = useQuery({
    queryKey: ['accounts', { q, limit: 20 }],
    queryFn: ({ signal }) =>
      api.get<{ items: Named[] }>('/accounts', { q, limit: 20 }, signal).then(({ items }) => items),
    enabled: q !== '',
  });
  const chosen = useQuery({
    queryKey: ['account', props.value],
    queryFn: ({ signal }) => api.get<Named>(`/accounts/${props.value}`, undefined, signal),
    enabled: props.value !== undefined,
  });
  const known = [
    ...(chosen.data ? [chosen.data] : []),
    ...(found.data ?? []).filter(({ id }) => id !== chosen.data?.id),
  ];
  return (
    <Select
      id="access-account"
      allowClear={{ label: app.clear }}
      showSearch={{ filterOption: false, onSearch: setTyped }}
      placeholder={text.anyAccount}
      notFoundContent={q === '' ? text.typeName : text.noAccount}
      value={props.value}
      onChange={(account?: string) => props.set(account)}
      popupMatchSelectWidth={false}
      options={known.map(({ id, name, username }) => ({
        value: id,
        label: `${name} ${username}`,
      }))}
    />
  );
}
