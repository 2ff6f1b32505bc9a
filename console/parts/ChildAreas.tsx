import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Area } from '../../features/area/contract.ts';
import { figure } from '../format.ts';
import { useText } from '../language.tsx';
import { type Column, DataTable } from './DataTable.tsx';

/** The areas below one, with their figures; each leads to its book. */
export function ChildAreas(props: { areas: Area[]; caption: string }): ReactNode {
  const text = useText();
  const below: Column<Area> = {
    key: 'children',
    title: text.area.children,
    numeric: true,
    cell: (area) => (area.children > 0 ? figure(area.children) : ''),
  };
  return (
    <DataTable
      caption={props.caption}
      rows={props.areas}
      rowKey={(area) => area.code}
      columns={[
        {
          key: 'name',
          title: text.area.name,
          heading: true,
          cell: (area) => (
            <Link to="/areas/$code" params={{ code: area.code }}>
              {area.name}
            </Link>
          ),
        },
        { key: 'level', title: text.area.level, cell: (area) => text.levels[area.level] },
        {
          key: 'households',
          title: text.categories.household,
          numeric: true,
          cell: (area) => (
            <Link to="/households" search={{ area: area.code }}>
              {figure(area.households)}
            </Link>
          ),
        },
        {
          key: 'residents',
          title: text.categories.resident,
          numeric: true,
          cell: (area) => (
            <Link to="/residents" search={{ area: area.code }}>
              {figure(area.residents)}
            </Link>
          ),
        },
        ...(props.areas.some((area) => area.children > 0) ? [below] : []),
      ]}
    />
  );
}
