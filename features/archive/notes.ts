import type { Tx } from '../../server/database/actor.ts';
import { sql } from '../../server/database/sql.ts';
import { newId } from '../../server/ids.ts';
import { countyOf } from '../area/queries.ts';
import type { ItemGroup } from '../identity/roles.ts';
import type { CategoryKey } from './contract.ts';
import type { Fact } from './rules/facts.ts';

/** A line of the history: what changed in which record, and why. Values of encrypted groups stay sealed. */
export interface Note {
  area: number;
  category: CategoryKey;
  subject: string;
  household?: string | undefined;
  kind: 'created' | 'changed' | 'conflict' | 'confirmed' | 'linked' | 'unlinked' | 'event';
  item?: string | undefined;
  group: ItemGroup;
  before?: Fact | object | undefined;
  after?: Fact | object | undefined;
  reason?: string | undefined;
}

/** Writes a line of the history, in the transaction of the change and not by a trigger (DESIGN.md, rule 5). */
export async function noteChange(tx: Tx, note: Note): Promise<void> {
  const { actor } = tx;
  await tx.count(sql`insert into archive_change
      (county, id, area, at, category, subject, household, kind, item, item_group, before, after, account, post, reason)
    values (${countyOf(note.area)}, ${newId(actor.now.getTime())}, ${note.area}, ${actor.now}, ${note.category}, ${note.subject},
      ${note.household ?? null}, ${note.kind}, ${note.item ?? null}, ${note.group}, ${json(note.before)}, ${json(note.after)},
      ${actor.account}, ${actor.post?.id ?? null}, ${note.reason ?? null})`);
}

/** Keeps a value beside the one in force. A later claim on the same item takes the earlier one's place; both are in the history. */
export async function noteClaim(tx: Tx, note: Omit<Note, 'kind'>): Promise<void> {
  const { actor } = tx;
  await tx.count(sql`insert into archive_claim (county, id, area, category, subject, item, item_group, fact, account, reason, at)
    values (${countyOf(note.area)}, ${newId(actor.now.getTime())}, ${note.area}, ${note.category}, ${note.subject}, ${note.item ?? ''},
      ${note.group}, ${json(note.after)}, ${actor.account}, ${note.reason ?? null}, ${actor.now})
    on conflict (county, subject, item) do update
      set fact = excluded.fact, account = excluded.account, reason = excluded.reason, at = excluded.at`);
}

function json(value: object | undefined): string | null {
  return value === undefined ? null : JSON.stringify(value);
}
