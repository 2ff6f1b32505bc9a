import type { Vault } from '../../server/crypto.ts';
import type { Tx } from '../../server/database/actor.ts';
import { sql } from '../../server/database/sql.ts';
import { Problem } from '../../server/errors.ts';
import type { CategoryShape } from './categories.ts';
import type { Checked } from './checks.ts';
import type { Fact } from './rules/facts.ts';

/** The source of what an official enters: the village speaks for itself, a department for its items. */
export function sourceOf(tx: Tx, ownSource: string | null): string {
  return tx.actor.post?.role === 'department_officer' && ownSource ? ownSource : 'village';
}

/** A value as a fact in the name of whoever acts. @param asOf the day on which it held */
export function entered(tx: Tx, value: Fact['v'], asOf: string, source = sourceOf(tx, null)): Fact {
  return { v: value, s: source, d: asOf, a: tx.actor.account, t: tx.actor.now.toISOString() };
}

/** The household whose timeline shows a change to the record. */
export function householdOf(
  shape: CategoryShape,
  id: string,
  household: string | null | undefined,
): string | undefined {
  return shape.key === 'household' ? id : (household ?? undefined);
}

/**
 * Keeps one person from having two files within the scope.
 * @throws Problem conflict when another record holds the citizen id
 */
export async function refuseKnownPerson(
  tx: Tx,
  vault: Vault,
  checked: Checked[],
  except?: string,
): Promise<void> {
  const id = checked.find(({ item }) => item.key === 'citizen_id')?.value;
  if (typeof id !== 'string') return;
  const token = `i:${vault.blind('citizen_id', id)}`;
  const { lo, hi } = tx.actor.scope ?? { lo: 0, hi: 0 };
  const known = await tx.first(sql<{ id: string }>`
    select id from archive_token where token = ${token} and area >= ${lo} and area < ${hi} and id <> ${except ?? '00000000-0000-0000-0000-000000000000'}::uuid limit 1`);
  if (!known) return;
  throw new Problem('conflict', {
    errors: [
      {
        field: 'items.citizen_id',
        code: 'known',
        message: {
          zh: '公民身份号码：辖区内已有此人的档案，请先搜索',
          en: 'Citizen id: this person is in the archive already; search first',
        },
      },
    ],
  });
}
