import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Button, Select } from 'antd';
import { type ReactNode, useState } from 'react';
import type { Static } from 'typebox';
import { api } from '../../../../console/api.ts';
import { figure, minute } from '../../../../console/format.ts';
import { useText } from '../../../../console/language.tsx';
import { type Column, DataTable } from '../../../../console/parts/DataTable.tsx';
import { Failed, Loading, Nothing } from '../../../../console/parts/Feedback.tsx';
import { Panel } from '../../../../console/parts/Panel.tsx';
import { useSession } from '../../../../console/session.tsx';
import type { BatchLine, BatchList } from '../../contract.ts';
import { isMoving, StateTag, useSourceName } from './state.tsx';

type State = 'live' | 'done' | 'undone' | 'refused';

/** Batches in sight, newest first; asked again while one of them moves. */
export function BatchTable(): ReactNode {
  const { gather: text, list } = useText();
  const { abilities } = useSession();
  const [state, setState] = useState<State>();
  const query = useInfiniteQuery({
    queryKey: ['batches', state ?? null],
    queryFn: ({ pageParam, signal }) =>
      api.get<Static<typeof BatchList>>(
        '/gather/batches',
        { state, cursor: pageParam, limit: 20 },
        signal,
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    refetchInterval: ({ state: { data } }) =>
      data?.pages.some(({ items }) => items.some((one) => isMoving(one.state))) ? 3_000 : false,
  });
  const rows = query.data?.pages.flatMap(({ items }) => items) ?? [];
  const none =
    state !== undefined
      ? text.list.noneOf
      : abilities.gather
        ? text.list.none
        : text.list.noneAdmin;
  return (
    <Panel
      title={text.list.title}
      extra={
        <div className="batch-filter">
          <label htmlFor="batch-state">{text.list.filter}</label>
          <Select
            id="batch-state"
            allowClear={{ label: list.any }}
            placeholder={list.any}
            value={state}
            onChange={(value?: State) => setState(value)}
            options={Object.entries(text.list.filters).map(([value, label]) => ({ value, label }))}
          />
        </div>
      }
    >
      {query.error && <Failed error={query.error} retry={() => void query.refetch()} />}
      {query.isPending && <Loading />}
      {query.data && rows.length === 0 && <Nothing>{none}</Nothing>}
      {rows.length > 0 && <Table rows={rows} />}
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

function Table({ rows }: { rows: BatchLine[] }): ReactNode {
  const { gather } = useText();
  const { list: text } = gather;
  const { abilities } = useSession();
  const sourceName = useSourceName();
  const counts = ['staged', 'linked', 'asked', 'unmatched', 'aside', 'made', 'changed'] as const;
  const columns: Column<BatchLine>[] = [
    {
      key: 'batch',
      title: text.batch,
      heading: true,
      cell: (row) => (
        <Link to="/gather/batches/$number" params={{ number: String(row.number) }}>
          {text.number(row.number)} {row.fileName}
        </Link>
      ),
    },
    ...(abilities.gather
      ? []
      : [
          {
            key: 'source',
            title: text.source,
            card: 'bare' as const,
            cell: (row: BatchLine) => sourceName(row.source),
          },
        ]),
    {
      key: 'state',
      title: text.state,
      card: 'corner',
      cell: (row) => <StateTag state={row.state} />,
    },
    ...counts.map(
      (key): Column<BatchLine> => ({
        key,
        title: text[key],
        numeric: true,
        card: 'brief',
        cell: (row) => figure(row[key]),
      }),
    ),
    {
      key: 'by',
      title: text.by,
      card: 'brief',
      cell: (row) => row.by ?? (row.house ? text.house : '—'),
    },
    { key: 'at', title: text.at, card: 'bare', cell: (row) => minute(row.at) },
  ];
  return (
    <div className="batch-table">
      <DataTable
        caption={text.title}
        columns={columns}
        rows={rows}
        rowKey={(row) => String(row.number)}
      />
    </div>
  );
}
