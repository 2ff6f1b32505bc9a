import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import { api } from '../../../../../console/api.ts';
import type { Building } from '../../../buildings/contract.ts';

/** Buildings and compounds of a grid or village; none is asked for above that. */
export function useBuildings(area: string | undefined): UseQueryResult<Building[]> {
  return useQuery({
    queryKey: ['buildings', area],
    queryFn: async ({ signal }) =>
      (await api.get<{ items: Building[] }>(`/areas/${area}/buildings`, undefined, signal)).items,
    enabled: area !== undefined && area.length >= 12,
  });
}

/** What a change of buildings, or of what lies in them, makes out of date. */
export const staleAfterBuilding = ['buildings', 'building', 'placed', 'list', 'file', 'changes'];

/** A building's name with its compound before it, as on an address. */
export const fullName = ({ name, parent }: Pick<Building, 'name' | 'parent'>): string =>
  parent?.name ? `${parent.name} ${name}` : name;

/** In reading order: each compound before its buildings, those in none last. */
export function byCompound(all: readonly Building[]): Building[] {
  const compounds = all.filter(({ kind }) => kind === 'compound');
  const known = new Set(compounds.map(({ id }) => id));
  return [
    ...compounds.flatMap((compound) => [
      compound,
      ...all.filter(({ parent }) => parent?.id === compound.id),
    ]),
    ...all.filter(({ kind, parent }) => kind === 'building' && !known.has(parent?.id ?? '')),
  ];
}
