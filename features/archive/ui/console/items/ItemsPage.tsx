import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Segmented, Select } from 'antd';
import { lazy, type ReactNode, Suspense, useState } from 'react';
import { api } from '../../../../../console/api.ts';
import { useLanguage } from '../../../../../console/language.tsx';
import { usePage } from '../../../../../console/page.ts';
import { DataTable } from '../../../../../console/parts/DataTable.tsx';
import { Failed, Loading } from '../../../../../console/parts/Feedback.tsx';
import { Panel } from '../../../../../console/parts/Panel.tsx';
import { TakeOut } from '../../../../../console/parts/TakeOut.tsx';
import { useSession } from '../../../../../console/session.tsx';
import {
  type Category,
  type CountyItem,
  countyItems,
  type Table,
  type View,
} from './county-items.ts';
import '../archive.css';
import './items.css';

const ItemDrawer = lazy(() => import('./ItemDrawer.tsx'));
const TableDrawer = lazy(() => import('./TableDrawer.tsx'));
const ExchangeDialog = lazy(() => import('./ExchangeDialog.tsx'));

type Open =
  | { what: 'item'; category: Category; item: CountyItem | null }
  | { what: 'table'; table: Table }
  | { what: 'import' | 'export' }
  | null;

/** The items that a county asks for, for its system administrator: definitions and figures, nobody's values. */
export function ItemsPage(): ReactNode {
  const { text } = useLanguage();
  const { acting } = useSession();
  const [chosen, setChosen] = useState<string>();
  usePage(text.nav.items);
  const above = acting?.area.level !== 'county';
  const { data } = useQuery({
    queryKey: ['counties', acting?.area.code],
    queryFn: ({ signal }) =>
      api.get<{ items: { code: string; name: string; level: string }[] }>(
        '/areas',
        { parent: acting?.area.code },
        signal,
      ),
    enabled: above && acting !== null,
  });
  const counties = (data?.items ?? []).filter(({ level }) => level === 'county');
  const county = above ? (chosen ?? counties[0]?.code) : acting?.area.code;
  return (
    <div className="page">
      <header className="page-head">
        <h1>{text.nav.items}</h1>
        <p>{text.items.help}</p>
      </header>
      {above && (
        <div className="items-county">
          <label htmlFor="items-county">{text.items.county}</label>
          <Select
            id="items-county"
            value={county}
            onChange={setChosen}
            options={counties.map(({ code, name }) => ({ value: code, label: name }))}
          />
        </div>
      )}
      {county ? <County key={county} code={county} /> : <Loading />}
    </div>
  );
}

function County({ code }: { code: string }): ReactNode {
  const { text, language } = useLanguage();
  const client = useQueryClient();
  const { data, error, refetch } = useQuery(countyItems(code));
  const [part, setPart] = useState<string>('resident');
  const [open, setOpen] = useState<Open>(null);
  if (error) return <Failed error={error} retry={() => void refetch()} />;
  if (!data) return <Loading rows={8} />;
  const category = data.categories.find(({ key }) => key === part);
  const close = (): void => setOpen(null);
  const saved = (): void => {
    for (const key of ['county-items', 'dictionary', 'jobs'])
      void client.invalidateQueries({ queryKey: [key] });
    close();
  };
  return (
    <>
      <div className="items-bar">
        <Segmented
          aria-label={text.items.parts}
          value={part}
          onChange={setPart}
          options={[
            ...data.categories.map(({ key, label }) => ({ value: key, label: label[language] })),
            { value: 'tables', label: text.items.tables },
          ]}
        />
        <span className="items-acts">
          {category && (
            <Button type="primary" onClick={() => setOpen({ what: 'item', category, item: null })}>
              {text.items.add}
            </Button>
          )}
          <TakeOut list="items" path={`/areas/${code}/items/sheet`} label={text.items.sheet} />
          <Button onClick={() => setOpen({ what: 'export' })}>{text.items.export}</Button>
          <Button onClick={() => setOpen({ what: 'import' })}>{text.items.import}</Button>
        </span>
      </div>
      {category ? (
        <Sections
          view={data}
          category={category}
          edit={(item) => setOpen({ what: 'item', category, item })}
        />
      ) : (
        <Tables view={data} edit={(table) => setOpen({ what: 'table', table })} />
      )}
      <Suspense>
        {open?.what === 'item' && (
          <ItemDrawer
            view={data}
            category={open.category}
            item={open.item}
            close={close}
            saved={saved}
          />
        )}
        {open?.what === 'table' && (
          <TableDrawer view={data} table={open.table} close={close} saved={saved} />
        )}
        {(open?.what === 'import' || open?.what === 'export') && (
          <ExchangeDialog view={data} what={open.what} close={close} saved={saved} />
        )}
      </Suspense>
    </>
  );
}

function Sections(props: {
  view: View;
  category: Category;
  edit: (item: CountyItem) => void;
}): ReactNode {
  const { text, language } = useLanguage();
  const sourceOf = (key: string): string =>
    props.view.sources.find((source) => source.key === key)?.label[language] ?? key;
  return props.category.sections.map((section) => (
    <Panel key={section.key} title={section.label[language]}>
      <DataTable
        caption={section.label[language]}
        rows={props.category.items.filter((item) => item.section === section.key)}
        rowKey={({ key }) => key}
        columns={[
          {
            key: 'label',
            title: text.items.name,
            heading: true,
            cell: (item) => (
              <button type="button" className="link" onClick={() => props.edit(item)}>
                {item.label[language]}
              </button>
            ),
          },
          {
            key: 'state',
            title: text.items.state,
            card: 'bare',
            cell: (item) => <State origin={item.origin} retired={item.retired ?? false} />,
          },
          {
            key: 'source',
            title: text.items.source,
            card: 'brief',
            cell: (item) => sourceOf(item.source),
          },
          {
            key: 'sensitivity',
            title: text.items.sensitivity,
            card: 'brief',
            cell: (item) => text.items.sensitivities[item.sensitivity as 'public'],
          },
          {
            key: 'required',
            title: text.items.required,
            card: 'brief',
            cell: (item) => (item.required ? text.items.yes : text.items.no),
          },
          {
            key: 'fresh',
            title: text.items.fresh,
            card: 'brief',
            cell: (item) =>
              item.freshMonths ? text.items.months(item.freshMonths) : text.items.noLimit,
          },
        ]}
      />
    </Panel>
  ));
}

function State(props: { origin: CountyItem['origin']; retired: boolean }): ReactNode {
  const { text } = useLanguage();
  return (
    <>
      <span className={props.origin === 'pack' ? 'tag' : 'tag tag-blue'}>
        {text.items.origins[props.origin]}
      </span>
      {props.retired && <span className="tag tag-orange">{text.items.retired}</span>}
    </>
  );
}

function Tables(props: { view: View; edit: (table: Table) => void }): ReactNode {
  const { text, language } = useLanguage();
  return (
    <Panel title={text.items.tables}>
      <p className="help">{text.items.tablesHelp}</p>
      <DataTable
        caption={text.items.tables}
        rows={props.view.tables}
        rowKey={({ name }) => name}
        columns={[
          {
            key: 'label',
            title: text.items.name,
            heading: true,
            cell: (table) =>
              table.standard === 'local' ? (
                <button type="button" className="link" onClick={() => props.edit(table)}>
                  {table.label[language]}
                </button>
              ) : (
                table.label[language]
              ),
          },
          {
            key: 'state',
            title: text.items.state,
            card: 'bare',
            cell: (table) =>
              table.standard === 'local' ? (
                <State origin={table.origin} retired={false} />
              ) : (
                <span className="tag">{table.standard}</span>
              ),
          },
          {
            key: 'codes',
            title: text.items.codes,
            numeric: true,
            card: 'brief',
            cell: (table) => table.codes.length,
          },
          {
            key: 'used',
            title: text.items.usedBy,
            card: 'line',
            cell: (table) => table.usedBy.map((label) => label[language]).join(text.items.comma),
          },
        ]}
      />
    </Panel>
  );
}
