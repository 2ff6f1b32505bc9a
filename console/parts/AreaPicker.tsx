import { useQuery } from '@tanstack/react-query';
import { Button, Input, Popover } from 'antd';
import { type ReactNode, useDeferredValue, useState } from 'react';
import type { Static } from 'typebox';
import type { AreaName, AreaPage } from '../../features/area/contract.ts';
import { api } from '../api.ts';
import { useText } from '../language.tsx';
import { Failed, Loading, Nothing } from './Feedback.tsx';
import { clearable } from './icons.tsx';

type Page = Static<typeof AreaPage>;
type Found = AreaName & { path: AreaName[] };

/** The area of a code, with its ancestors. */
export function useArea(code: string | undefined): Found | undefined {
  return useQuery({
    queryKey: ['area', code],
    queryFn: ({ signal }) => api.get<Found>(`/areas/${code}`, undefined, signal),
    enabled: code !== undefined,
    staleTime: 300_000,
  }).data;
}

/** Chooses an area by drilling down the tree, or by part of its name or code. */
export function AreaPicker(props: {
  id?: string;
  value: string | undefined;
  onChange: (code: string | undefined) => void;
  label: string;
  clearable?: boolean;
}): ReactNode {
  const text = useText();
  const [open, setOpen] = useState(false);
  const area = useArea(props.value);
  const shown = area?.name ?? props.value ?? (props.clearable ? text.list.any : text.area.choose);
  const choose = (code: string | undefined): void => {
    props.onChange(code);
    setOpen(false);
  };
  return (
    <Popover
      open={open}
      onOpenChange={setOpen}
      trigger="click"
      placement="bottomLeft"
      destroyOnHidden
      content={<Tree start={props.value} choose={choose} clearable={props.clearable ?? false} />}
    >
      <Button
        id={props.id}
        aria-label={`${props.label} ${shown}`}
        aria-expanded={open}
        className="area-button"
      >
        <span className={props.value ? undefined : 'none'}>{shown}</span>
        <span aria-hidden="true">▾</span>
      </Button>
    </Popover>
  );
}

function Tree(props: {
  start: string | undefined;
  choose: (code: string | undefined) => void;
  clearable: boolean;
}): ReactNode {
  const { area: text, app } = useText();
  const [at, setAt] = useState(props.start);
  const [typed, setTyped] = useState('');
  const q = useDeferredValue(typed.trim());
  const here = useArea(at);
  const { data, error, refetch } = useQuery({
    queryKey: ['areas', q ? { q } : { parent: at }],
    queryFn: ({ signal }) =>
      api.get<Page>('/areas', q ? { q, limit: 30 } : { parent: at, limit: 300 }, signal),
    placeholderData: (old) => old,
  });
  const parents = here?.path ?? [];
  return (
    <div className="area-tree" role="dialog" aria-label={text.choose}>
      <Input
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        placeholder={text.find}
        aria-label={text.find}
        allowClear={clearable(app.clear)}
        autoFocus
      />
      {!q && parents.length > 0 && (
        <p className="area-path">
          {parents.map((parent) => (
            <button
              type="button"
              className="plain"
              key={parent.code}
              onClick={() => setAt(parent.code)}
            >
              {parent.name}
            </button>
          ))}
        </p>
      )}
      {error && <Failed error={error} retry={() => void refetch()} />}
      {!data && !error && <Loading rows={3} />}
      {data && (
        <ul>
          {data.items.map((area) => (
            <li key={area.code}>
              <button
                type="button"
                className="plain area-name"
                onClick={() => props.choose(area.code)}
              >
                {area.name}
                <small>{q ? area.code : text.residents(area.residents)}</small>
              </button>
              {area.children > 0 && (
                <button
                  type="button"
                  className="plain area-deeper"
                  aria-label={text.deeper(area.name)}
                  onClick={() => {
                    setTyped('');
                    setAt(area.code);
                  }}
                >
                  ›
                </button>
              )}
            </li>
          ))}
        </ul>
      )}
      {data?.items.length === 0 && <Nothing>{q ? text.none : text.noChildren}</Nothing>}
      <footer>
        {here && !q && (
          <Button size="small" type="primary" onClick={() => props.choose(here.code)}>
            {text.take(here.name)}
          </Button>
        )}
        {props.clearable && props.start && (
          <Button size="small" onClick={() => props.choose(undefined)}>
            {text.whole}
          </Button>
        )}
      </footer>
    </div>
  );
}
