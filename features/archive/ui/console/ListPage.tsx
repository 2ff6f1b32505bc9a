import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Button } from 'antd';
import { lazy, type ReactNode, Suspense, useState } from 'react';
import { api } from '../../../../console/api.ts';
import { figure } from '../../../../console/format.ts';
import { useText } from '../../../../console/language.tsx';
import { usePage } from '../../../../console/page.ts';
import { useArea } from '../../../../console/parts/AreaPicker.tsx';
import { pathOf } from '../../../../console/parts/categories.ts';
import { type Column, DataTable } from '../../../../console/parts/DataTable.tsx';
import { Failed, Loading, Nothing } from '../../../../console/parts/Feedback.tsx';
import { useSession } from '../../../../console/session.tsx';
import type { CategoryKey } from '../../contract.ts';
import { FilterBar } from './FilterBar.tsx';
import type { Filters } from './filters.ts';
import type { Listed, Page } from './types.ts';
import './archive.css';

const ExportDialog = lazy(() => import('./export/ExportDialog.tsx'));
const NewRecordDrawer = lazy(() => import('./NewRecordDrawer.tsx'));
const perPage = 30;

/** A list of a category: filters in the address, rows page by page. */
export function ListPage<Row extends Listed>(props: {
  category: CategoryKey;
  columns: Column<Row>[];
}): ReactNode {
  const text = useText();
  const { abilities } = useSession();
  const { category } = props;
  const [exporting, setExporting] = useState(false);
  const { new: creating, ...filters } = useSearch({ strict: false }) as Filters;
  const { posts: _posts, ...narrowed } = filters;
  const navigate = useNavigate();
  const set = (change: Filters): void =>
    void navigate({
      to: pathOf[category],
      // Upon what stands there by then: of two changes in a row none is lost.
      search: (old: Filters) => ({ ...old, new: undefined, ...change }),
      replace: true,
      resetScroll: false,
    });
  const area = useArea(filters.area);
  usePage(text.categories[category], area?.path ?? null);

  const query = useInfiniteQuery({
    queryKey: ['list', category, filters],
    queryFn: ({ pageParam, signal }) =>
      api.get<Page<Row>>(
        pathOf[category],
        { ...filters, limit: perPage, cursor: pageParam },
        signal,
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    placeholderData: (old) => old,
  });
  const rows = query.data?.pages.flatMap((page) => page.items) ?? [];
  const total = query.data?.pages[0]?.total ?? null;
  const filtered = Object.values(filters).some((value) => value !== undefined);

  return (
    <div className="page">
      <header className="page-head row">
        <h1>
          {text.categories[category]}
          {area && <small>{area.name}</small>}
        </h1>
        <div className="head-acts">
          <Button onClick={() => setExporting(true)}>{text.taking.export}</Button>
          {abilities.writeArchive && (
            <Button
              onClick={() => void navigate({ to: '/bulk-edit', search: { ...narrowed, category } })}
            >
              {text.bulk.title}
            </Button>
          )}
          {abilities.writeArchive && (
            <Button type="primary" onClick={() => set({ new: true })}>
              {text.list.create[category]}
            </Button>
          )}
        </div>
      </header>
      <FilterBar category={category} filters={filters} set={set} />
      <p className="list-count" role="status">
        {rows.length > 0 &&
          (total === null
            ? text.list.shown(figure(rows.length))
            : text.list.total(figure(rows.length), figure(total)))}
      </p>
      {query.isPending && <Loading rows={10} />}
      {query.error && <Failed error={query.error} retry={() => void query.refetch()} />}
      {rows.length > 0 && (
        <DataTable
          caption={text.categories[category]}
          columns={props.columns}
          rows={rows}
          rowKey={(row) => row.id}
        />
      )}
      {query.data && rows.length === 0 && (
        <Nothing
          action={
            filtered && (
              <Button onClick={() => void navigate({ to: pathOf[category], search: {} })}>
                {text.list.clear}
              </Button>
            )
          }
        >
          {filtered ? text.list.noneFiltered : text.list.none}
        </Nothing>
      )}
      {query.hasNextPage && (
        <div className="more">
          <Button loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            {text.list.more}
          </Button>
        </div>
      )}
      {exporting && (
        <Suspense>
          <ExportDialog category={category} filters={filters} close={() => setExporting(false)} />
        </Suspense>
      )}
      {creating && abilities.writeArchive && (
        <Suspense>
          <NewRecordDrawer
            category={category}
            area={filters.area}
            close={() => set({ new: undefined })}
          />
        </Suspense>
      )}
    </div>
  );
}
