import { useInfiniteQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import type { ReactNode } from 'react';
import type { Static } from 'typebox';
import { api } from '../../../../../console/api.ts';
import { day } from '../../../../../console/format.ts';
import { useText } from '../../../../../console/language.tsx';
import { DataTable } from '../../../../../console/parts/DataTable.tsx';
import { Failed, Loading, Nothing } from '../../../../../console/parts/Feedback.tsx';
import { Panel } from '../../../../../console/parts/Panel.tsx';
import type { DeparturePage } from '../../../life/contract.ts';

/** 移交出去的档案: files that left for other villages, and what became of them. */
export function Departures(): ReactNode {
  const text = useText();
  const { departures: words } = text.register;
  const states: Record<string, string> = words.states;
  const query = useInfiniteQuery({
    queryKey: ['departures'],
    queryFn: ({ pageParam, signal }) =>
      api.get<Static<typeof DeparturePage>>(
        '/departures',
        { cursor: pageParam, limit: 20 },
        signal,
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
  });
  const rows = query.data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <Panel title={words.title}>
      {query.isPending && <Loading rows={2} />}
      {query.error && <Failed error={query.error} retry={() => void query.refetch()} />}
      {query.data && rows.length === 0 && <Nothing>{words.none}</Nothing>}
      {rows.length > 0 && (
        <DataTable
          caption={words.title}
          rows={rows}
          rowKey={({ id }) => id}
          columns={[
            { key: 'name', title: words.name, heading: true, cell: ({ name }) => name },
            { key: 'to', title: words.to, cell: ({ to }) => to },
            { key: 'day', title: words.day, cell: (row) => row.day },
            {
              key: 'state',
              title: words.state,
              cell: ({ state, reason, decidedAt }) =>
                [states[state] ?? state, decidedAt && day(decidedAt), reason]
                  .filter(Boolean)
                  .join(' · '),
            },
          ]}
        />
      )}
      {query.hasNextPage && (
        <div className="more">
          <Button loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            {text.list.more}
          </Button>
        </div>
      )}
    </Panel>
  );
}
