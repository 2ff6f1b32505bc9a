import { type FieldError, Problem } from '../../../server/errors.ts';
import type { Shape } from '../shapes/contract.ts';
import { faultsOfShape, ringsOf } from '../shapes/rules.ts';
import type { BuildingKind } from './contract.ts';

/** What is said of a building. */
export interface Fields {
  name: string;
  parent: string | null;
  floors: number | null;
  units: number | null;
  at: [number, number] | null;
  outline: Shape | null;
}

export const fieldNames = ['name', 'parent', 'floors', 'units', 'at', 'outline'] as const;

/** What a place in a compound, or a name beside others, has to be compared with. */
export interface Neighbour {
  id: string;
  kind: BuildingKind;
  name: string;
  parent: string | null;
  retired: boolean;
}

const outlineLevel = 7;

/** A refusal that names the field and the fix. */
export function wrong(field: string, code: string, zh: string, en: string): Problem {
  const error: FieldError = { field, code, message: { zh, en } };
  return new Problem('invalid', { errors: [error] });
}

/**
 * Checks a building against those of its grid.
 * @param before how it stood: what was so already is not asked about again
 * @throws Problem invalid, naming the field and the fix
 */
export function checkBuilding(
  kind: BuildingKind,
  fields: Fields,
  others: readonly Neighbour[],
  before?: Fields,
): void {
  if (kind === 'compound') refuseOfCompound(fields);
  if (fields.parent !== null && fields.parent !== before?.parent) requireCompound(fields, others);
  refuseSameName(fields, others, before);
  if (fields.outline) refuseOutline(fields.outline);
}

function refuseOfCompound({ parent, floors, units }: Fields): void {
  if (parent !== null)
    throw wrong(
      'parent',
      'compound',
      '所属小区：小区、院落不能再属于另一个小区',
      'parent: a compound stands in no other',
    );
  if (floors !== null || units !== null)
    throw wrong(
      floors === null ? 'units' : 'floors',
      'compound',
      '层数、单元数只填在楼栋上',
      'Floors and units are a building’s; leave them out',
    );
}

function requireCompound({ parent }: Fields, others: readonly Neighbour[]): void {
  const found = others.find(({ id }) => id === parent);
  if (found?.kind === 'compound' && !found.retired) return;
  throw wrong(
    'parent',
    'unknown',
    '所属小区：请选择本网格里现有的小区、院落',
    'parent: choose a standing compound of the same grid',
  );
}

function refuseSameName(
  { name, parent }: Fields,
  others: readonly Neighbour[],
  before?: Fields,
): void {
  if (name === before?.name && parent === before.parent) return;
  const taken = others.some(
    (other) => !other.retired && other.name === name && other.parent === parent,
  );
  if (taken)
    throw wrong(
      'name',
      'taken',
      `名称：这里已有“${name}”，请换一个名称，或打开已有的那一个`,
      `name: “${name}” stands here already; choose another, or open that one`,
    );
}

function refuseOutline(outline: Shape): void {
  const [fault] = faultsOfShape(ringsOf(outline), outlineLevel);
  if (fault) throw wrong('outline', fault.code, fault.message.zh, fault.message.en);
}

/** Order within the grid: numbers within a name are padded, so that 9幢 comes before 10幢. */
export const sortKeyOf = (name: string): string =>
  name.replace(/\d+/g, (digits) => digits.padStart(6, '0'));
