import { useQuery } from '@tanstack/react-query';
import { Radio } from 'antd';
import { type ReactNode, useState } from 'react';
import type { Static } from 'typebox';
import { api } from '../../../../../console/api.ts';
import { useDictionary } from '../../../../../console/dictionary.tsx';
import { useText } from '../../../../../console/language.tsx';
import { Nothing } from '../../../../../console/parts/Feedback.tsx';
import type { ArrivalPage } from '../../../life/contract.ts';
import { ChoiceRow, DayRow, RelationRow, TextRow } from './fields.tsx';
import type { Filled } from './form.ts';

/** Who is new in the household: a child, somebody from outside, or somebody whose file arrives. */
export function Newcomer(props: {
  filled: Filled;
  set: (change: Partial<Filled>) => void;
  errors: Record<string, string>;
  arriving: boolean;
}): ReactNode {
  const text = useText();
  const dictionary = useDictionary();
  const { filled, set, errors, arriving } = props;
  const [way, setWay] = useState<'new' | 'arrival'>('new');
  return (
    <fieldset className="fields">
      <legend>{text.life.who}</legend>
      {arriving && (
        <Radio.Group
          className="ways wide"
          optionType="button"
          aria-label={text.life.who}
          value={way}
          onChange={({ target }) => {
            setWay(target.value);
            set({ arrival: undefined });
          }}
          options={[
            { value: 'new', label: text.life.newcomer },
            { value: 'arrival', label: text.life.fromArrival },
          ]}
        />
      )}
      {way === 'arrival' ? (
        <Arriving filled={filled} set={set} />
      ) : (
        <>
          <TextRow
            id="name"
            label={dictionary.item('resident', 'name')}
            required
            value={filled.name}
            set={(name) => set({ name })}
            error={errors.name ?? errors.people}
            max={50}
          />
          <ChoiceRow
            id="sex"
            label={dictionary.item('resident', 'sex')}
            value={filled.sex}
            set={(sex) => set({ sex })}
            error={errors.sex}
            options={dictionary.options('sex')}
          />
          {arriving && (
            <DayRow
              id="birth"
              label={dictionary.item('resident', 'birth')}
              value={filled.birth}
              set={(birth) => set({ birth })}
              error={errors.birth}
            />
          )}
          <TextRow
            id="citizen"
            label={dictionary.item('resident', 'citizen_id')}
            value={filled.citizenId}
            set={(citizenId) => set({ citizenId })}
            error={errors.citizen_id}
            max={18}
          />
          {arriving && (
            <TextRow
              id="from"
              label={text.life.fromPlace}
              value={filled.place}
              set={(place) => set({ place })}
              max={100}
            />
          )}
        </>
      )}
      <RelationRow
        id="relation"
        name=""
        value={filled.relation}
        set={(relation) => set({ relation })}
        error={errors.relation}
      />
    </fieldset>
  );
}

function Arriving(props: { filled: Filled; set: (change: Partial<Filled>) => void }): ReactNode {
  const text = useText();
  const dictionary = useDictionary();
  const { data } = useQuery({
    queryKey: ['arrivals'],
    queryFn: ({ signal }) =>
      api.get<Static<typeof ArrivalPage>>('/arrivals', { limit: 100 }, signal),
  });
  if (data?.items.length === 0) return <Nothing>{text.life.noArrivals}</Nothing>;
  return (
    <ChoiceRow
      id="arrival"
      label={text.life.arrival}
      required
      wide
      value={props.filled.arrival}
      set={(arrival) => props.set({ arrival })}
      options={(data?.items ?? []).map((one) => ({
        value: one.id,
        label: [
          one.name,
          dictionary.value('resident', 'sex', one.sex),
          one.birthYear === null ? '' : text.handover.born(one.birthYear),
          text.handover.from(one.from, one.day),
        ]
          .filter(Boolean)
          .join(' · '),
      }))}
    />
  );
}
