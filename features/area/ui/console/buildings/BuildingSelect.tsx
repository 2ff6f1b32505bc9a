import { Select } from 'antd';
import type { ReactNode } from 'react';
import { useText } from '../../../../../console/language.tsx';
import { searchable } from '../../../../../console/parts/icons.tsx';
import { byCompound, fullName, useBuildings } from './data.ts';

/** One of the buildings of a grid, found by typing. */
export function BuildingSelect(props: {
  id: string;
  area: string | undefined;
  value: string | undefined;
  placeholder: string;
  set: (id: string | undefined) => void;
}): ReactNode {
  const text = useText();
  const { data = [] } = useBuildings(props.area);
  const options = byCompound(data).map((one) => ({ value: one.id, label: fullName(one) }));
  // What is chosen may be of another grid; its id alone says nothing.
  const known = props.value === undefined || options.some(({ value }) => value === props.value);
  return (
    <Select
      id={props.id}
      allowClear={{ label: text.app.clear }}
      showSearch={searchable}
      listHeight={400}
      placeholder={props.placeholder}
      value={props.value}
      onChange={(id?: string) => props.set(id)}
      options={
        known ? options : [...options, { value: props.value, label: text.buildings.unknown }]
      }
      notFoundContent={text.buildings.noneHere}
    />
  );
}
