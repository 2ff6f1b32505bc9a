import type { Tx } from '../../../../server/database/actor.ts';
import { sql } from '../../../../server/database/sql.ts';
import { type FieldError, Problem } from '../../../../server/errors.ts';
import type { Desk } from '../../desk.ts';
import { countiesOf } from '../../list.ts';
import type { NewEvent } from '../contract.ts';
import type { Lodged } from '../stays.ts';

/** What was done in an act, in order; undone from the end (correct.ts). Ids, codes and days, no content of a file. */
export type Step =
  | { do: 'join'; household: string; resident: string }
  | { do: 'leave'; household: string; resident: string }
  | { do: 'relate'; household: string; resident: string; relation: string }
  | { do: 'move'; category: 'resident' | 'household'; id: string; from: number; to: number }
  | { do: 'gone'; category: 'resident' | 'household'; id: string; tags: string[] }
  | { do: 'back'; id: string; from: number; left: string; how: string }
  | { do: 'made'; category: 'resident' | 'household'; id: string }
  | { do: 'fact'; category: 'resident' | 'household'; id: string; item: string }
  | { do: 'send'; handover: string }
  | { do: 'receive'; resident: string };

/** An act of life while it is carried out. */
export interface Act {
  tx: Tx;
  desk: Desk;
  event: NewEvent;
  steps: Step[];
}

/** What an act concerned, for the register and the timelines. */
export interface Outcome {
  area: number;
  household: string | null;
  residents: string[];
  /** Other households whose timeline tells of it. */
  also?: string[];
  details: Record<string, unknown>;
}

/** A resident as an act finds it. */
export interface LodgedResident extends Lodged {
  name: string;
  sex: string | null;
  birth: string | null;
  household: string | null;
  left_how: string | null;
}

/** A household as an act finds it. */
export interface LodgedHousehold extends Lodged {
  address: string | null;
}

/** Locks residents, before households and in the order of their ids, as every writer does. @throws Problem not-found */
export async function lockResidents(tx: Tx, ids: readonly string[]): Promise<LodgedResident[]> {
  const [first, last] = countiesOf(tx.actor.scope ?? { lo: 0, hi: 1 });
  const rows = await tx.rows(sql<LodgedResident>`
    select id, county, area, version, tags, missing, completeness, fresh_until, left_on, left_how, name, sex, birth, household from resident
     where county between ${first} and ${last} and id = any(${ids}::uuid[]) order by id for update`);
  return ids.map((id) => {
    const found = rows.find((row) => row.id === id);
    if (!found) throw new Problem('not-found');
    return found;
  });
}

/** Locks a household. @throws Problem not-found; conflict when nobody lives in it any more */
export async function lockHousehold(tx: Tx, id: string): Promise<LodgedHousehold> {
  const [first, last] = countiesOf(tx.actor.scope ?? { lo: 0, hi: 1 });
  const found = await tx.first(sql<LodgedHousehold>`
    select id, county, area, version, tags, missing, completeness, fresh_until, left_on, address from household
     where county between ${first} and ${last} and id = ${id} for update`);
  if (!found) throw new Problem('not-found');
  if (found.left_on !== null)
    throw clash(
      '该户已销户，请另建一户',
      'Nobody lives in this household any more; make another one',
    );
  return found;
}

/** A field that is lacking or wrong. */
export function wrong(field: string, zh: string, en: string): Problem {
  const error: FieldError = { field, code: 'rule', message: { zh, en } };
  return new Problem('invalid', { errors: [error] });
}

/** The archive says otherwise. */
export function clash(zh: string, en: string): Problem {
  return new Problem('conflict', { detail: { zh, en } });
}
