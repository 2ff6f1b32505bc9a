import { Link } from '@tanstack/react-router';
import { Button } from 'antd';
import { type ReactNode, useState } from 'react';
import { figure } from '../../../../../console/format.ts';
import { useText } from '../../../../../console/language.tsx';
import { type Column, DataTable } from '../../../../../console/parts/DataTable.tsx';
import { Failed, Loading, Nothing } from '../../../../../console/parts/Feedback.tsx';
import { Panel } from '../../../../../console/parts/Panel.tsx';
import { useSession } from '../../../../../console/session.tsx';
import type { Building } from '../../../buildings/contract.ts';
import { BuildingDialog } from './BuildingDialog.tsx';
import { byCompound, useBuildings } from './data.ts';
import './buildings.css';

/** The compounds and buildings of a grid: how much lies in each, and who lives there. */
export function Buildings({ area }: { area: string }): ReactNode {
  const text = useText();
  const { abilities } = useSession();
  const { data, error, refetch } = useBuildings(area);
  const [open, setOpen] = useState<Building | 'new' | null>(null);
  const columns = useColumns(area, abilities.writeArchive ? setOpen : null);
  return (
    <Panel
      title={text.buildings.title}
      extra={
        abilities.writeArchive && (
          <Button size="small" onClick={() => setOpen('new')}>
            {text.buildings.add}
          </Button>
        )
      }
    >
      {error && !data && <Failed error={error} retry={() => void refetch()} />}
      {!data && !error && <Loading rows={4} />}
      {data?.length === 0 && (
        <Nothing>{abilities.writeArchive ? text.buildings.none : text.buildings.noneRead}</Nothing>
      )}
      {data && data.length > 0 && (
        <DataTable
          dense
          caption={text.buildings.title}
          columns={columns}
          rows={byCompound(data)}
          rowKey={({ id }) => id}
        />
      )}
      {open !== null && (
        <BuildingDialog
          area={area}
          building={open === 'new' ? null : open}
          compounds={(data ?? []).filter(({ kind }) => kind === 'compound')}
          close={() => setOpen(null)}
        />
      )}
    </Panel>
  );
}

function useColumns(area: string, edit: ((building: Building) => void) | null): Column<Building>[] {
  const text = useText();
  const listed = (to: '/housing' | '/households', n: number, building: string): ReactNode =>
    n === 0 ? (
      <span className="none">0</span>
    ) : (
      <Link to={to} search={{ area, building }}>
        {figure(n)}
      </Link>
    );
  return [
    {
      key: 'name',
      title: text.buildings.name,
      heading: true,
      cell: (row) => (
        <span
          className={row.kind === 'compound' ? 'compound' : row.parent ? 'in-compound' : 'lone'}
        >
          {row.name}
          <small>
            {row.kind === 'compound'
              ? text.buildings.kinds.compound
              : text.buildings.sizeOf(row.floors, row.units)}
          </small>
        </span>
      ),
    },
    {
      key: 'housing',
      title: text.categories.housing,
      numeric: true,
      card: 'brief',
      cell: (row) => listed('/housing', row.housing, row.id),
    },
    {
      key: 'households',
      title: text.categories.household,
      numeric: true,
      card: 'brief',
      cell: (row) => listed('/households', row.households, row.id),
    },
    ...(edit
      ? [
          {
            key: 'edit',
            title: text.buildings.edit,
            card: 'bare' as const,
            cell: (row: Building) => (
              <Button
                size="small"
                type="link"
                aria-label={text.buildings.editOf(row.name)}
                onClick={() => edit(row)}
              >
                {text.buildings.edit}
              </Button>
            ),
          },
        ]
      : []),
  ];
}
