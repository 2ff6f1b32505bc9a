import { queryOptions } from '@tanstack/react-query';
import type { Static } from 'typebox';
import { api } from '../../../../../console/api.ts';
import type { CategoryKey } from '../../../contract.ts';
import type {
  Changed,
  CodeDefinition,
  CodeUses,
  CountyItems,
  ItemDefinition,
  ItemFigures,
  ItemHistory,
} from '../../../items/contract.ts';

export type View = Static<typeof CountyItems>;
export type Category = View['categories'][number];
export type CountyItem = Category['items'][number];
export type Table = View['tables'][number];
export type Definition = Static<typeof ItemDefinition>;
export type Code = Static<typeof CodeDefinition>;
export type Figures = Static<typeof ItemFigures>;
export type History = Static<typeof ItemHistory>['items'];

const path = (county: string): string => `/areas/${county}/items`;

/** A county's items and code tables. */
export const countyItems = (county: string) =>
  queryOptions({
    queryKey: ['county-items', county],
    queryFn: ({ signal }) => api.get<View>(path(county), undefined, signal),
  });

/** The changes of an item, or without a category of a code table. */
export const itemHistory = (county: string, category: CategoryKey | undefined, key: string) =>
  queryOptions({
    queryKey: ['county-items', county, 'history', category ?? null, key],
    queryFn: async ({ signal }) =>
      (await api.get<{ items: History }>(`${path(county)}/history`, { category, key }, signal))
        .items,
  });

export const checkItem = (county: string, category: CategoryKey, definition: Definition) =>
  api.post<Figures>(`${path(county)}/check`, { category, definition });

export const saveItem = (
  { county: { code }, version }: View,
  category: CategoryKey,
  key: string,
  definition: Definition | null,
  reason: string,
) =>
  api.put<Static<typeof Changed>>(
    `${path(code)}/${category}/${key}`,
    { definition, reason },
    version,
  );

export const saveTable = (
  { county: { code }, version }: View,
  name: string,
  codes: Code[] | null,
  reason: string,
) =>
  api.put<Static<typeof Changed>>(`/areas/${code}/code-tables/${name}`, { codes, reason }, version);

/** In how many records each code of a table stands. */
export const codeUses = (county: string, table: string) =>
  queryOptions({
    queryKey: ['county-items', county, 'uses', table],
    queryFn: ({ signal }) =>
      api.get<Static<typeof CodeUses>>(
        `/areas/${county}/code-tables/${table}/uses`,
        undefined,
        signal,
      ),
  });

export const exportItems = (county: string) => api.get<{ yaml: string }>(`${path(county)}/export`);

export const importItems = ({ county: { code }, version }: View, yaml: string, reason: string) =>
  api.post<Static<typeof Changed>>(`${path(code)}/import`, { yaml, reason }, undefined, version);

/** An item without what the server tells about it. */
export function definitionOf(item: CountyItem): Definition {
  const { origin: _origin, listed: _listed, place: _place, tags: _tags, ...definition } = item;
  return definition;
}
