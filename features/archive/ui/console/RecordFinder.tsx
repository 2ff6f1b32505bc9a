import { useQuery } from '@tanstack/react-query';
import { Input } from 'antd';
import { type ReactNode, useDeferredValue, useState } from 'react';
import { api } from '../../../../console/api.ts';
import { useDictionary } from '../../../../console/dictionary.tsx';
import { useText } from '../../../../console/language.tsx';
import { Failed, Nothing } from '../../../../console/parts/Feedback.tsx';
import { clearable } from '../../../../console/parts/icons.tsx';
import { useSession } from '../../../../console/session.tsx';
import type { CategoryKey } from '../../contract.ts';
import type { Hit, Page } from './types.ts';

/** Finds one existing record of a category under the post one acts under. */
export function RecordFinder(props: {
  category: CategoryKey;
  chosen: Hit | null;
  choose: (hit: Hit | null) => void;
}): ReactNode {
  const text = useText();
  const dictionary = useDictionary();
  const { post } = useSession();
  const [typed, setTyped] = useState('');
  const q = useDeferredValue(typed.trim());
  const { data, error } = useQuery({
    queryKey: ['search', q, props.category],
    queryFn: ({ signal }) =>
      api.get<Page<Hit>>('/search', { q, category: props.category, limit: 30 }, signal),
    enabled: q !== '',
    placeholderData: (old) => old,
  });
  const hits = q ? (data?.items.filter((hit) => hit.post === post) ?? []) : [];
  return (
    <div className="finder">
      <label htmlFor="finder">{text.finder.label(text.categories[props.category])}</label>
      <Input
        id="finder"
        allowClear={clearable(text.app.clear)}
        autoComplete="off"
        placeholder={text.search.placeholder}
        value={typed}
        onChange={({ target }) => {
          setTyped(target.value);
          props.choose(null);
        }}
      />
      {error && <Failed error={error} />}
      {q && data && hits.length === 0 && <Nothing>{text.search.none}</Nothing>}
      <fieldset className="found">
        <legend className="unseen">{text.search.hits}</legend>
        {hits.map((hit) => (
          <label key={hit.id}>
            <input
              type="radio"
              name="found"
              checked={props.chosen?.id === hit.id}
              onChange={() => props.choose(hit)}
            />
            <span>
              <b>{hit.title}</b>{' '}
              {[
                dictionary.value('resident', 'sex', hit.sex),
                hit.age === null ? '' : text.file.years(hit.age),
                hit.phoneMask,
                hit.detail,
                hit.area.name,
              ]
                .filter(Boolean)
                .join(' · ')}
            </span>
          </label>
        ))}
      </fieldset>
    </div>
  );
}
