import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Select } from 'antd';
import type { ReactNode } from 'react';
import { ApiError, api } from '../../../../console/api.ts';
import { useDictionary } from '../../../../console/dictionary.tsx';
import { figure, minute } from '../../../../console/format.ts';
import { useLanguage } from '../../../../console/language.tsx';
import { NotFound, PageError } from '../../../../console/layout/Plain.tsx';
import { usePage } from '../../../../console/page.ts';
import { useArea } from '../../../../console/parts/AreaPicker.tsx';
import { type Column, DataTable } from '../../../../console/parts/DataTable.tsx';
import { Loading, Nothing } from '../../../../console/parts/Feedback.tsx';
import { Panel } from '../../../../console/parts/Panel.tsx';
import { useSession } from '../../../../console/session.tsx';
import type { Quality } from '../../contract.ts';
import { percent } from './amounts.ts';
import { useSourceName } from './state.tsx';
import './gather.css';

type Source = Quality['sources'][number];
interface Search {
  area?: string;
  source?: string;
}

/** 数据质量: how full and fresh each department's data is, and what is wrong with it, of an area and those under it. */
export function QualityPage(): ReactNode {
  const { text, language } = useLanguage();
  const { qualityPage: words } = text.gather;
  const { abilities, acting } = useSession();
  const { area, source } = useSearch({ strict: false }) as Search;
  const found = useArea(area ?? acting?.area.code);
  usePage(words.title, found?.path ?? null);
  const query = useQuery({
    queryKey: ['quality', area ?? null, language],
    queryFn: ({ signal }) => api.get<Quality>('/gather/quality', { area }, signal),
    enabled: abilities.seeQuality,
  });
  const { error, data } = query;
  if (!abilities.seeQuality) return <NotFound />;
  if (error instanceof ApiError && [400, 403, 404].includes(error.status)) return <NotFound />;
  if (error && !data) return <PageError error={error} reset={() => void query.refetch()} />;
  if (!data) return <Loading rows={10} />;
  const chosen = data.sources.find((one) => one.source === source) ?? data.sources[0];
  return (
    <div className="page">
      <header className="page-head">
        <h1>
          {words.title} <small>{data.area.name}</small>
        </h1>
        <p>{words.about}</p>
        {data.countedAt && <p className="help">{words.countedAt(minute(data.countedAt))}</p>}
      </header>
      {chosen ? (
        <>
          <Sources data={data} />
          <ChooseSource data={data} chosen={chosen.source} />
          <div className="columns">
            <Items source={chosen} />
            <Cells source={chosen} />
          </div>
          <Children data={data} source={chosen.source} />
        </>
      ) : (
        <Nothing>{words.none}</Nothing>
      )}
    </div>
  );
}

const shareOf = (items: readonly { total: number; filled: number; stale: number }[]) => {
  const sum = (key: 'total' | 'filled' | 'stale'): number =>
    items.reduce((all, one) => all + one[key], 0);
  return {
    full: percent(sum('filled'), sum('total')),
    stale: percent(sum('stale'), sum('filled')),
  };
};

function Sources({ data }: { data: Quality }): ReactNode {
  const { text } = useLanguage();
  const { qualityPage: words } = text.gather;
  const name = useSourceName();
  const columns: Column<Source>[] = [
    {
      key: 'source',
      title: words.source,
      heading: true,
      cell: ({ source }) => (
        <Link to="/gather/quality" search={(old: Search) => ({ ...old, source })}>
          {name(source)}
        </Link>
      ),
    },
    {
      key: 'last',
      title: words.last,
      card: 'line',
      cell: (row) => <Last data={data} source={row} />,
    },
    {
      key: 'day',
      title: words.lastDay,
      card: 'brief',
      cell: ({ batch }) => batch?.day ?? '—',
    },
    {
      key: 'full',
      title: words.full,
      numeric: true,
      card: 'brief',
      cell: ({ items }) => (items.length === 0 ? '—' : `${shareOf(items).full}%`),
    },
    {
      key: 'stale',
      title: words.stale,
      numeric: true,
      card: 'brief',
      cell: ({ items }) => (items.length === 0 ? '—' : `${shareOf(items).stale}%`),
    },
    {
      key: 'linked',
      title: words.linked,
      numeric: true,
      card: 'brief',
      cell: ({ linked }) => figure(linked),
    },
    {
      key: 'asked',
      title: words.asked,
      numeric: true,
      card: 'brief',
      cell: ({ asked }) => figure(asked),
    },
    {
      key: 'unmatched',
      title: words.unmatchedWhole,
      numeric: true,
      card: 'brief',
      cell: ({ batch }) => (batch ? figure(batch.unmatched) : '—'),
    },
    {
      key: 'aside',
      title: words.asideWhole,
      numeric: true,
      card: 'brief',
      cell: ({ batch }) => (batch ? figure(batch.aside) : '—'),
    },
    {
      key: 'cells',
      title: words.cells,
      numeric: true,
      card: 'brief',
      cell: ({ cells }) => figure(cells.reduce((all, { times }) => all + times, 0)),
    },
  ];
  return (
    <Panel title={words.sources}>
      <DataTable
        caption={words.sources}
        columns={columns}
        rows={data.sources}
        rowKey={({ source }) => source}
      />
    </Panel>
  );
}

/** The last batch; its department goes on to it. */
function Last({ data, source: { batch } }: { data: Quality; source: Source }): ReactNode {
  const { text } = useLanguage();
  const { qualityPage: words } = text.gather;
  if (!batch) return words.notYet;
  if (batch.batches > 1) return words.several(batch.batches);
  if (!data.batchesOpen) return words.batch(batch.number);
  return (
    <Link to="/gather/batches/$number" params={{ number: String(batch.number) }}>
      {words.batch(batch.number)}
    </Link>
  );
}

function ChooseSource({ data, chosen }: { data: Quality; chosen: string }): ReactNode {
  const { text } = useLanguage();
  const { qualityPage: words } = text.gather;
  const name = useSourceName();
  const navigate = useNavigate();
  if (data.sources.length < 2) return null;
  return (
    <div className="field quality-source">
      <label htmlFor="quality-source">{words.choose}</label>
      <Select
        id="quality-source"
        value={chosen}
        onChange={(source: string) =>
          void navigate({
            to: '/gather/quality',
            search: (old: Search) => ({ ...old, source }),
            replace: true,
          })
        }
        options={data.sources.map(({ source }) => ({ value: source, label: name(source) }))}
      />
    </div>
  );
}

function Items({ source }: { source: Source }): ReactNode {
  const { text } = useLanguage();
  const { qualityPage: words } = text.gather;
  const name = useSourceName();
  const dictionary = useDictionary();
  const label = (path: string): string => {
    const [category = '', key = ''] = path.split('.');
    return dictionary.item(category as 'resident', key);
  };
  return (
    <Panel title={words.items(name(source.source))}>
      {source.items.length === 0 ? (
        <Nothing>{words.none}</Nothing>
      ) : (
        <DataTable
          caption={words.items(name(source.source))}
          rows={source.items}
          rowKey={({ item }) => item}
          columns={[
            { key: 'item', title: words.item, heading: true, cell: ({ item }) => label(item) },
            {
              key: 'filled',
              title: words.filled,
              numeric: true,
              card: 'brief',
              cell: ({ filled }) => figure(filled),
            },
            {
              key: 'of',
              title: words.of,
              numeric: true,
              card: 'brief',
              cell: ({ total }) => figure(total),
            },
            {
              key: 'share',
              title: words.share,
              numeric: true,
              card: 'brief',
              cell: ({ filled, total }) => `${percent(filled, total)}%`,
            },
            {
              key: 'stale',
              title: words.stale,
              numeric: true,
              card: 'brief',
              cell: ({ stale }) => figure(stale),
            },
          ]}
        />
      )}
    </Panel>
  );
}

/** Why rows and cells of the last batch were not taken. */
function Cells({ source }: { source: Source }): ReactNode {
  const { text } = useLanguage();
  const { qualityPage: words } = text.gather;
  const rows = [
    ...source.rows.map((one) => ({ ...one, kind: words.ofRow })),
    ...source.cells.map((one) => ({ ...one, kind: words.ofCell })),
  ];
  return (
    <Panel title={words.reasons}>
      {rows.length === 0 ? (
        <Nothing>{words.noReasons}</Nothing>
      ) : (
        <DataTable
          caption={words.reasons}
          rows={rows}
          rowKey={({ code, kind }) => `${kind} ${code}`}
          columns={[
            { key: 'reason', title: words.reason, heading: true, cell: ({ words: why }) => why },
            { key: 'kind', title: words.kind, card: 'bare', cell: ({ kind }) => kind },
            {
              key: 'times',
              title: words.times,
              numeric: true,
              card: 'brief',
              cell: ({ times }) => figure(times),
            },
          ]}
        />
      )}
    </Panel>
  );
}

type Child = Quality['children'][number];

function Children({ data, source }: { data: Quality; source: string }): ReactNode {
  const { text } = useLanguage();
  const { qualityPage: words } = text.gather;
  const name = useSourceName();
  const rows = data.children.filter(({ sources }) => sources.some((one) => one.source === source));
  if (rows.length === 0) return null;
  const of = ({ sources }: Child) => sources.find((one) => one.source === source);
  const count = (key: 'linked' | 'asked' | 'cells'): Column<Child> => ({
    key,
    title: words[key],
    numeric: true,
    card: 'brief',
    cell: (row) => figure(of(row)?.[key] ?? 0),
  });
  const share = (row: Child) => shareOf([of(row) ?? { total: 0, filled: 0, stale: 0 }]);
  return (
    <Panel title={words.tableOf(name(source))}>
      <DataTable
        caption={words.tableOf(name(source))}
        rows={rows}
        rowKey={({ area }) => area.code}
        columns={[
          {
            key: 'area',
            title: words.area,
            heading: true,
            cell: ({ area }) =>
              area.level === 'village' ? (
                area.name
              ) : (
                <Link to="/gather/quality" search={(old: Search) => ({ ...old, area: area.code })}>
                  {area.name}
                </Link>
              ),
          },
          {
            key: 'full',
            title: words.full,
            numeric: true,
            card: 'brief',
            cell: (row) => `${share(row).full}%`,
          },
          {
            key: 'stale',
            title: words.stale,
            numeric: true,
            card: 'brief',
            cell: (row) => `${share(row).stale}%`,
          },
          count('linked'),
          count('asked'),
          count('cells'),
        ]}
      />
    </Panel>
  );
}
