import { useQuery } from '@tanstack/react-query';
import { Select } from 'antd';
import { type ReactNode, useDeferredValue, useState } from 'react';
import { api } from '../../../../../console/api.ts';
import { useText } from '../../../../../console/language.tsx';
import { Row } from './fields.tsx';

interface Found {
  items: { code: string; name: string; path: string }[];
}

/** A village of the whole installation, by name or initials. */
export function VillageFinder(props: {
  value: string | undefined;
  set: (code: string | undefined) => void;
  error?: string | undefined;
}): ReactNode {
  const text = useText();
  const [typed, setTyped] = useState('');
  const q = useDeferredValue(typed.trim());
  const { data } = useQuery({
    queryKey: ['directory', q],
    queryFn: ({ signal }) => api.get<Found>('/areas/directory', { q, limit: 20 }, signal),
    enabled: q !== '',
    placeholderData: (old) => old,
  });
  return (
    <Row
      id="village"
      label={text.life.toVillage}
      help={text.life.toVillageHelp}
      error={props.error}
      wide
    >
      <Select
        id="life-village"
        allowClear
        showSearch={{ filterOption: false, onSearch: setTyped }}
        value={props.value}
        onChange={(code?: string) => props.set(code)}
        options={(data?.items ?? []).map(({ code, name, path }) => ({
          value: code,
          label: `${path} ${name}`,
        }))}
      />
    </Row>
  );
}
