import { Checkbox, InputNumber, Select } from 'antd';
import { type ReactNode, useEffect, useState } from 'react';
import { useDictionary } from '../../../../console/dictionary.tsx';
import { useText } from '../../../../console/language.tsx';
import { AreaPicker } from '../../../../console/parts/AreaPicker.tsx';
import { FilterPanel } from '../../../../console/parts/FilterPanel.tsx';
import { useSession } from '../../../../console/session.tsx';
import { BuildingSelect } from '../../../area/ui/console/buildings/BuildingSelect.tsx';
import type { CategoryKey } from '../../contract.ts';
import type { Filters } from './filters.ts';

/** High enough for all the tags: nobody looks for what has to be scrolled to. */
const listHeight = 400;

/** Dwellings, and who lives in them. */
const inBuildings: readonly CategoryKey[] = ['housing', 'household', 'resident'];

/** The filters of a list; on a phone they fold away behind a button. */
export function FilterBar(props: {
  category: CategoryKey;
  filters: Filters;
  set: (change: Filters) => void;
}): ReactNode {
  const text = useText();
  const dictionary = useDictionary();
  const { posts } = useSession();
  const { category, filters, set } = props;
  const active = Object.values(filters).filter((value) => value !== undefined).length;
  const tags = dictionary.view.tags.filter(
    ({ scope, shown }) =>
      shown && (scope === category || (category === 'household' && scope === 'resident')),
  );
  const required = dictionary.items(category).filter((item) => item.required && !item.derived);

  return (
    <FilterPanel active={active}>
      <Labelled id="filter-area" label={text.area.label}>
        <AreaPicker
          id="filter-area"
          label={text.area.label}
          value={filters.area}
          // A building is one of its grid.
          onChange={(area) => set({ area, building: undefined })}
          clearable
        />
      </Labelled>
      {inBuildings.includes(category) && (filters.building || filters.area?.length === 15) && (
        <Labelled id="filter-building" label={text.buildings.one}>
          <BuildingSelect
            id="filter-building"
            area={filters.area}
            placeholder={text.buildings.any}
            value={filters.building}
            set={(building) => set({ building })}
          />
        </Labelled>
      )}
      {tags.length > 0 && (
        <Labelled id="filter-tag" label={text.file.tags}>
          <Select
            id="filter-tag"
            allowClear={{ label: text.app.clear }}
            listHeight={listHeight}
            placeholder={text.list.any}
            value={filters.tag}
            onChange={(tag?: string) => set({ tag })}
            options={tags.map((tag) => ({ value: tag.key, label: dictionary.tag(tag.key) }))}
          />
        </Labelled>
      )}
      {category === 'resident' && (
        <>
          <Labelled id="filter-kind" label={dictionary.item('resident', 'residence_kind')}>
            <Select
              id="filter-kind"
              allowClear={{ label: text.app.clear }}
              listHeight={listHeight}
              placeholder={text.list.any}
              value={filters.residenceKind}
              onChange={(residenceKind?: string) => set({ residenceKind })}
              options={dictionary.options('residence_kind')}
            />
          </Labelled>
          <Labelled id="filter-age" label={text.list.age}>
            <span className="ages">
              <Age
                id="filter-age"
                label={text.list.ageFrom}
                value={filters.ageFrom}
                set={(ageFrom) => set({ ageFrom })}
              />
              <span aria-hidden="true">–</span>
              <Age label={text.list.ageTo} value={filters.ageTo} set={(ageTo) => set({ ageTo })} />
            </span>
          </Labelled>
        </>
      )}
      <Labelled id="filter-missing" label={text.list.missing}>
        <Select
          id="filter-missing"
          allowClear={{ label: text.app.clear }}
          listHeight={listHeight}
          placeholder={text.list.any}
          value={filters.missing}
          onChange={(missing?: string) => set({ missing })}
          options={required.map((item) => ({
            value: item.key,
            label: dictionary.label(item.label),
          }))}
        />
      </Labelled>
      <div className="checks">
        <Checkbox
          checked={filters.stale ?? false}
          onChange={({ target }) => set({ stale: target.checked || undefined })}
        >
          {text.list.stale}
        </Checkbox>
        <Checkbox
          checked={filters.incomplete ?? false}
          onChange={({ target }) => set({ incomplete: target.checked || undefined })}
        >
          {text.list.incomplete}
        </Checkbox>
        {posts.length > 1 && (
          <Checkbox
            checked={filters.posts === 'all'}
            onChange={({ target }) => set({ posts: target.checked ? 'all' : undefined })}
          >
            {text.list.allPosts}
          </Checkbox>
        )}
      </div>
    </FilterPanel>
  );
}

function Labelled(props: { id: string; label: string; children: ReactNode }): ReactNode {
  return (
    <div className="filter">
      <label htmlFor={props.id}>{props.label}</label>
      {props.children}
    </div>
  );
}

/** An age; taken over when the typing pauses. */
function Age(props: {
  id?: string;
  label: string;
  value: number | undefined;
  set: (age?: number) => void;
}): ReactNode {
  const { value, set } = props;
  const placeholder = useText().list.any;
  const [typed, setTyped] = useState<number | null>(value ?? null);
  useEffect(() => setTyped(value ?? null), [value]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only typing starts the clock
  useEffect(() => {
    if ((typed ?? undefined) === value) return;
    const timer = setTimeout(() => set(typed ?? undefined), 400);
    return () => clearTimeout(timer);
  }, [typed]);
  return (
    <InputNumber
      id={props.id}
      aria-label={props.label}
      min={0}
      max={150}
      precision={0}
      controls={false}
      placeholder={placeholder}
      value={typed}
      onChange={setTyped}
    />
  );
}
