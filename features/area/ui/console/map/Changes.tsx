import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Input } from 'antd';
import { type ReactNode, useDeferredValue, useId, useState } from 'react';
import { api } from '../../../../../console/api.ts';
import { minute } from '../../../../../console/format.ts';
import { useText } from '../../../../../console/language.tsx';
import { Nothing, useProblemText } from '../../../../../console/parts/Feedback.tsx';
import { Panel } from '../../../../../console/parts/Panel.tsx';
import { say } from '../../../../../console/parts/Toast.tsx';
import type { AreaChangeMade, AreaThen } from '../../../changes/contract.ts';

/** What was changed here so far, and where an old name or code went. */
export function Changes({ area, mayChange }: { area: string; mayChange: boolean }): ReactNode {
  const text = useText();
  const words = useProblemText();
  const client = useQueryClient();
  const { data } = useQuery({
    queryKey: ['areaChanges', area],
    queryFn: ({ signal }) =>
      api.get<{ items: AreaChangeMade[] }>('/areas/changes', { area }, signal),
    refetchInterval: ({ state }) =>
      state.data?.items.some(({ finishedAt }) => finishedAt === null) ? 2000 : false,
  });
  const resume = useMutation({
    mutationFn: (id: string) => api.post(`/areas/changes/${id}/resume`, {}),
    onError: (error) => say(words(error)),
    onSettled: () => {
      void client.invalidateQueries({ queryKey: ['areaChanges'] });
      void client.invalidateQueries({ queryKey: ['jobs'] });
    },
  });
  const items = data?.items ?? [];
  return (
    <Panel title={text.areaChange.history}>
      {data && items.length === 0 && <Nothing>{text.areaChange.noHistory}</Nothing>}
      <ul className="map-changes">
        {items.slice(0, 20).map((change) => (
          <li key={change.id}>
            <b>
              {text.areaChange.kinds[change.kind as keyof typeof text.areaChange.kinds]}{' '}
              {change.codes
                .map(({ code, name, to, toName }) =>
                  (name === toName && code === to) || to === null
                    ? name
                    : text.areaChange.moves(name, toName ?? '—'),
                )
                .join('，')}
            </b>
            <span>{change.reason}</span>
            <small>
              {text.areaChange.by(change.by ?? '—', minute(change.at))}
              {change.records > 0 && ` · ${text.areaChange.moved(change.records)}`}
            </small>
            {change.finishedAt === null && (
              <span className="tag tag-blue">{text.areaChange.running}</span>
            )}
            {change.finishedAt === null && mayChange && (
              <Button size="small" onClick={() => resume.mutate(change.id)}>
                {text.areaChange.resume}
              </Button>
            )}
          </li>
        ))}
      </ul>
      <OldNames />
    </Panel>
  );
}

function OldNames(): ReactNode {
  const text = useText().areaChange;
  const id = useId();
  const [typed, setTyped] = useState('');
  const q = useDeferredValue(typed.trim());
  const { data } = useQuery({
    queryKey: ['areasThen', q],
    queryFn: ({ signal }) => api.get<{ items: AreaThen[] }>('/areas/then', { q }, signal),
    enabled: q.length >= 2,
  });
  return (
    <div className="map-old">
      <label htmlFor={id}>{text.search}</label>
      <Input
        id={id}
        value={typed}
        placeholder={text.searchHelp}
        maxLength={60}
        onChange={(event) => setTyped(event.target.value)}
      />
      {q.length >= 2 && data && (
        <ul className="map-changes">
          {data.items.length === 0 && <li>{text.notFound}</li>}
          {data.items.slice(0, 8).map((one) => (
            <li key={one.code}>
              <b>
                {one.name} <small>{one.code}</small>
              </b>
              <span>
                {one.now === null
                  ? text.closed
                  : one.now.code === one.code && one.now.name === one.name
                    ? text.stands
                    : text.wentTo(one.now.name, one.now.code)}
              </span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
