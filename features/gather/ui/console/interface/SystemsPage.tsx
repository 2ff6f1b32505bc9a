import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { Button } from 'antd';
import { lazy, type ReactNode, Suspense, useState } from 'react';
import { api } from '../../../../../console/api.ts';
import { day } from '../../../../../console/format.ts';
import { useText } from '../../../../../console/language.tsx';
import { usePage } from '../../../../../console/page.ts';
import { type Column, DataTable } from '../../../../../console/parts/DataTable.tsx';
import { Failed, Loading, Nothing } from '../../../../../console/parts/Feedback.tsx';
import type { System, Systems } from '../../../interface/contract.ts';
import { SendingMark } from './SendingMark.tsx';
import './systems.css';

const NewSystemDialog = lazy(() => import('./NewSystemDialog.tsx'));

/** Other systems of departments: what each may do, and whether what is sent to it arrives. */
export function SystemsPage(): ReactNode {
  const { systems: text } = useText();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [making, setMaking] = useState(false);
  usePage(text.title);
  const query = useQuery({
    queryKey: ['systems'],
    queryFn: ({ signal }) => api.get<Systems>('/gather/systems', undefined, signal),
  });
  const columns = useColumns();
  const items = query.data?.items ?? [];
  const dead = items.filter(({ sending }) => sending?.state === 'dead');
  return (
    <div className="page">
      <header className="page-head row">
        <div>
          <h1>{text.title}</h1>
          <p>{text.help}</p>
        </div>
        <Button type="primary" onClick={() => setMaking(true)}>
          {text.create}
        </Button>
      </header>
      {dead.length > 0 && (
        <p className="caution" role="alert">
          {text.dead(dead.map(({ name }) => name).join('、'))}
        </p>
      )}
      {query.isPending && <Loading rows={6} />}
      {query.error && <Failed error={query.error} retry={() => void query.refetch()} />}
      {items.length > 0 && (
        <DataTable
          caption={text.title}
          columns={columns}
          rows={items}
          rowKey={(system) => system.id}
        />
      )}
      {query.data && items.length === 0 && <Nothing>{text.none}</Nothing>}
      <Suspense>
        {making && (
          <NewSystemDialog
            close={() => setMaking(false)}
            made={(id) => {
              void client.invalidateQueries({ queryKey: ['systems'] });
              void navigate({ to: '/gather/systems/$id', params: { id } });
            }}
          />
        )}
      </Suspense>
    </div>
  );
}

function useColumns(): Column<System>[] {
  const { systems: text } = useText();
  return [
    {
      key: 'name',
      title: text.name,
      heading: true,
      cell: ({ id, name }) => (
        <Link to="/gather/systems/$id" params={{ id }}>
          {name}
        </Link>
      ),
    },
    { key: 'source', title: text.source, cell: ({ sourceName }) => sourceName },
    { key: 'area', title: text.area, cell: ({ area }) => area.name },
    {
      key: 'items',
      title: text.items,
      cell: ({ items }) =>
        items.length > 0 ? (
          <span className="figures-font">{items.length}</span>
        ) : (
          <span className="help">{text.itemsNone}</span>
        ),
    },
    { key: 'sending', title: text.sending, cell: (system) => <SendingMark system={system} /> },
    {
      key: 'since',
      title: text.secretSince,
      cell: ({ secretSince }) => <span className="figures-font">{day(secretSince)}</span>,
    },
  ];
}
