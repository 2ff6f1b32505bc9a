import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Area } from '../../features/area/contract.ts';
import { figure } from '../format.ts';
import { useText } from '../language.tsx';
import { type Column, DataTable } from './DataTable.tsx';

/** The areas below one, with their figures; each leads to its book. */
export function ChildAreas(props: { areas: Area[]; caption: string }): ReactNode {
  const text = useText();
  const { areas } = props;
  const levels = [...new Set(areas.map((area) => area.level))];
  const columns: Column<Area>[] = [
    {
      key: 'name',
      title: levels.length === 1 && levels[0] ? text.levels[levels[0]] : text.area.name,
      heading: true,
      cell: (area) => (
        <Link to="/areas/$code" params={{ code: area.code }}>
          {area.name}
        </Link>
      ),
    },
    {
      key: 'households',
      title: text.categories.household,
      numeric: true,
      card: 'brief',
      cell: (area) =>
        area.households === 0 ? (
          <span className="none">0</span>
        ) : (
          <Link to="/households" search={{ area: area.code }}>
            {figure(area.households)}
          </Link>
        ),
    },
    {
      key: 'residents',
      title: text.categories.resident,
      numeric: true,
      card: 'brief',
      cell: (area) =>
        area.residents === 0 ? (
          <span className="none">0</span>
        ) : (
          <Link to="/residents" search={{ area: area.code }}>
            {figure(area.residents)}
          </Link>
        ),
    },
  ];
  if (levels.length > 1) {
    columns.splice(1, 0, {
      key: 'level',
      title: text.area.level,
      card: 'bare',
      cell: (area) => text.levels[area.level],
    });
  }
  return (
    <DataTable
      dense
      caption={props.caption}
      rows={areas}
      rowKey={(area) => area.code}
      columns={columns}
    />
  );
}
