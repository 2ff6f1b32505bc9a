import type { Static } from 'typebox';
import { instantOf } from '../../../server/clock.ts';
import type { Tx } from '../../../server/database/actor.ts';
import { sql } from '../../../server/database/sql.ts';
import { Problem } from '../../../server/errors.ts';
import { newId } from '../../../server/ids.ts';
import type { ItemGroup } from '../../identity/roles.ts';
import { shapes } from '../categories.ts';
import type { Desk } from '../desk.ts';
import { groupsWritten } from '../edit.ts';
import { opened, patchFacts, readFacts, sealed } from '../facts-store.ts';
import { refreshHouseholdTags } from '../household-tags.ts';
import { countiesOf } from '../list.ts';
import { moveRecord } from '../marks.ts';
import { noteChange } from '../notes.ts';
import type { Fact, Facts } from '../rules/facts.ts';
import { moveTally } from '../tally.ts';
import { moveTokens } from '../tokens.ts';
import { clash, type LodgedResident, lockResidents, type Step } from './acts/act.ts';
import type { Cancel, EventKind, NewEvent } from './contract.ts';
import { openStretch, unbeginStretch, unchangeRelation, unendStretch } from './membership.ts';
import { checkProof, enter, holdDocument } from './register.ts';
import {
  type Dweller,
  type Lodged,
  leaveArea,
  moveArea,
  unbeginStay,
  unendStay,
  unleaveArea,
} from './stays.ts';

interface Entered {
  id: string;
  county: number;
  area: number;
  kind: EventKind | 'correct_event';
  day: string;
  household: string | null;
  residents: string[];
  item_group: ItemGroup;
  details: Record<string, unknown>;
  proof: string;
  document: string | null;
  steps: Step[];
  at: string;
  cancelled: boolean;
}

/** The residents that undoing an act concerns: the subjects for which the gate opens closed groups. */
export async function residentsOf(tx: Tx, id: string): Promise<string[]> {
  return (await entered(tx, id)).residents;
}

/** An act of the register, as far as it is undone by. @throws Problem not-found */
export async function entered(tx: Tx, id: string): Promise<Entered> {
  const [first, last] = countiesOf(tx.actor.scope ?? { lo: 0, hi: 1 });
  const found = await tx.first(sql<Entered>`
    select e.id, e.county, e.area, e.kind, e.day, e.household, e.residents, e.item_group, e.details, e.proof, e.document, e.steps, e.at,
           exists (select from life_event c where c.county = e.county and c.cancels = e.id) as cancelled
      from life_event e where e.county between ${first} and ${last} and e.id = ${id}`);
  if (!found) throw new Problem('not-found');
  return found;
}

/**
 * Cancels an act of life: what it did is undone from the end, as far as nothing was built upon it. The act and its
 * cancellation both stay in the register.
 * @throws Problem not-found, conflict when it was cancelled before or something later stands upon it
 */
export async function cancelEvent(
  tx: Tx,
  desk: Desk,
  id: string,
  cancel: Static<typeof Cancel>,
): Promise<{ id: string; household: string | null; residents: string[] }> {
  const event = await entered(tx, id);
  if (event.kind === 'correct_event')
    throw clash('更正登记不能再撤销，请重新登记', 'A correction is not cancelled; register anew');
  const proof: NewEvent['proof'] = cancel.proof ?? { kind: event.proof };
  checkProof(desk, proof.kind);
  await lockPresent(tx, event);
  // Read again under the locks: another may have cancelled it meanwhile.
  if ((await entered(tx, id)).cancelled)
    throw clash('这项登记已撤销', 'This act has been cancelled');
  if (proof.document) await holdDocument(tx, proof.document, event);
  const undo = new Undo(tx, desk, event, cancel.reason);
  for (const step of [...event.steps].reverse()) await undo.step(step);
  for (const household of undo.households) await refreshHouseholdTags(tx, desk, household);
  const entry = {
    id: newId(tx.actor.now.getTime()),
    kind: 'correct_event' as const,
    group: event.item_group,
    day: event.day,
    proof,
    reason: cancel.reason,
    cancels: id,
  };
  const outcome = { ...event, details: { kind: event.kind } };
  await enter(tx, entry, outcome, []);
  return { id: entry.id, household: event.household, residents: event.residents };
}

/** Locks those concerned whose file is still within reach; a file handed over stops the undoing by its step. */
async function lockPresent(tx: Tx, { county, residents }: Entered): Promise<void> {
  await tx.rows(
    sql`select id from resident where county = ${county} and id = any(${residents}::uuid[]) order by id for update`,
  );
}

function builtUpon(): Problem {
  return clash(
    '此后又有变动，请先撤销或更正后面的登记',
    'Something later stands upon this act; cancel or correct that first',
  );
}

/** Takes steps back, each only when the archive still stands as the step left it. */
class Undo {
  readonly households = new Set<string>();
  private readonly tx: Tx;
  private readonly desk: Desk;
  private readonly event: Entered;
  private readonly reason: string;

  constructor(tx: Tx, desk: Desk, event: Entered, reason: string) {
    this.tx = tx;
    this.desk = desk;
    this.event = event;
    this.reason = reason;
  }

  async step(step: Step): Promise<void> {
    switch (step.do) {
      case 'join':
        return this.unjoin(step);
      case 'leave':
        return this.unleave(step);
      case 'relate':
        return this.unrelate(step);
      case 'move':
        return this.unmove(step);
      case 'gone':
        return this.ungone(step);
      case 'back':
        return this.unback(step);
      case 'made':
        return this.unmake(step);
      case 'fact':
        return this.unstate(step);
      case 'send':
        return this.withdraw(step);
      case 'receive':
        throw clash(
          '档案已经移交到本村，如需退回请办理迁出',
          'The file was handed over; to send it back register a moving out',
        );
    }
  }

  private async unjoin({ household, resident }: Step & { do: 'join' }): Promise<void> {
    const { tx, event } = this;
    const stretch = await openStretch(tx, event.county, resident);
    if (stretch?.household !== household || stretch.since !== event.day) throw builtUpon();
    if (stretch.relation_since !== null) throw builtUpon();
    await unbeginStretch(tx, event.county, household, resident);
    this.households.add(household);
  }

  private async unleave({ household, resident }: Step & { do: 'leave' }): Promise<void> {
    const { tx, event } = this;
    if (await openStretch(tx, event.county, resident)) throw builtUpon();
    const last = await tx.first(sql<{ until: string | null }>`
      select until from household_member where county = ${event.county} and household = ${household} and resident = ${resident}`);
    if (last?.until !== event.day) throw builtUpon();
    await unendStretch(tx, event.county, household, resident);
    this.households.add(household);
  }

  private async unrelate({ household, resident, relation }: Step & { do: 'relate' }) {
    const { tx, event } = this;
    const stretch = await openStretch(tx, event.county, resident);
    if (stretch?.household !== household || stretch.relation !== relation) throw builtUpon();
    if (stretch.relation_since !== event.day) throw builtUpon();
    await unchangeRelation(tx, event.county, household, resident, event.day);
  }

  private async unmove({ category, id, from, to }: Step & { do: 'move' }): Promise<void> {
    const { tx, event } = this;
    const record = await this.locked(category, id);
    if (record.area !== to) throw builtUpon();
    await moveArea(tx, category, record, from);
    await unbeginStay(tx, id, to);
    await unendStay(tx, id, from, event.day);
  }

  private async ungone({ category, id, tags }: Step & { do: 'gone' }): Promise<void> {
    const { tx, event } = this;
    const record = await this.locked(category, id);
    if (record.left_on !== event.day) throw builtUpon();
    await unleaveArea(tx, category, record);
    await unendStay(tx, id, record.area, event.day);
    if (category === 'resident') this.given.set(id, tags);
    else this.households.add(id);
  }

  /** Tags that a death took: given back once the statement of it is undone. */
  private readonly given = new Map<string, string[]>();

  private async unback({ id, from, left, how }: Step & { do: 'back' }): Promise<void> {
    const record = await this.locked('resident', id);
    if (record.left_on !== null || record.area !== from) throw builtUpon();
    await unbeginStay(this.tx, id, from);
    await leaveArea(this.tx, 'resident', record, left, how);
    // leaveArea has ended a stretch anew; the one of that day stood already.
    await this.tx.count(sql`delete from stay where county = ${record.county} and id = (
      select id from stay where county = ${record.county} and subject = ${id} and area = ${from} and until = ${left} order by id desc limit 1)`);
  }

  private async unmake({ category, id }: Step & { do: 'made' }): Promise<void> {
    const record = await this.locked(category, id);
    if (record.left_on !== null) throw builtUpon();
    if (category === 'household' && (await this.peopled(id))) throw builtUpon();
    await leaveArea(this.tx, category, record, this.event.day, 'mistaken');
    this.households.delete(id);
  }

  private async peopled(household: string): Promise<boolean> {
    const found = await this.tx.first(
      sql`select 1 from household_member where county = ${this.event.county} and household = ${household} and until is null limit 1`,
    );
    return found !== undefined;
  }

  private async withdraw({ handover }: Step & { do: 'send' }): Promise<void> {
    const { tx, event } = this;
    const found = await tx.first(
      sql<{
        state: string;
      }>`select state from handover where county = ${event.county} and id = ${handover}`,
    );
    if (found?.state === 'accepted')
      throw clash('新村已接收档案，不能撤销', 'The new village has taken the file over');
    if (found?.state !== 'pending') return;
    const withdrawn =
      await tx.count(sql`update handover set state = 'withdrawn', decided_by = ${tx.actor.account}, decided_at = ${tx.actor.now}
      where county = ${event.county} and id = ${handover} and state = 'pending'`);
    // Answered by the new village between the look and the update.
    if (withdrawn === 0)
      throw clash('新村刚刚处理了这份档案，请刷新', 'The new village has just answered; reload');
  }

  private async unstate({ category, id, item: key }: Step & { do: 'fact' }): Promise<void> {
    const { tx, desk, event } = this;
    const item = desk.dictionary.item(category, key);
    if (!item) return;
    const shape = shapes[category];
    const record = await this.locked(category, id);
    const line = await tx.first(sql<{ before: Fact | null }>`
      select before from archive_change where county = ${event.county} and subject = ${id} and item = ${key} and kind = 'changed' and at = ${event.at}
       order by id desc limit 1`);
    const before = await readFacts(tx, shape, groupsWritten(shape, tx.actor), id, desk.vault);
    const held = before[key];
    if (!line || held?.t !== instantOf(event.at)) throw builtUpon();
    const earlier = line.before && opened(desk.vault, item.group, line.before);
    const after: Facts = { ...before };
    if (earlier) after[key] = earlier;
    else delete after[key];
    const nothing: Fact = { ...held, v: null, a: tx.actor.account, t: tx.actor.now.toISOString() };
    await noteChange(tx, {
      area: record.area,
      category,
      subject: id,
      household: category === 'household' ? id : undefined,
      kind: 'changed',
      item: key,
      group: item.group,
      before: sealed(desk.vault, item.group, held),
      after: earlier ? sealed(desk.vault, item.group, earlier) : nothing,
      reason: this.reason,
    });
    await patchFacts(tx, shape, item.group as ItemGroup, id, record.area, {
      [key]: earlier ? sealed(desk.vault, item.group, earlier) : null,
    });
    await moveRecord(tx, desk, shape, id, record, before, after);
    if (key === 'death') await this.giveTags(id);
  }

  private async giveTags(id: string): Promise<void> {
    const { tx } = this;
    const record = await this.locked('resident', id);
    const tags = [...new Set([...record.tags, ...(this.given.get(id) ?? [])])];
    const token = (tag: string): string => `t:r:${tag}`;
    await tx.count(
      sql`update resident set tags = ${tags} where county = ${record.county} and id = ${id}`,
    );
    await moveTokens(tx, record.area, id, record.tags.map(token), tags.map(token));
    await moveTally(tx, record.area, 'resident', record, { ...record, tags });
  }

  private async locked(
    category: Dweller,
    id: string,
  ): Promise<Lodged & { household?: string | null }> {
    if (category === 'resident') {
      const [resident] = await lockResidents(this.tx, [id]);
      return resident as LodgedResident;
    }
    const [first, last] = countiesOf(this.tx.actor.scope ?? { lo: 0, hi: 1 });
    const found = await this.tx.first(sql<Lodged>`
      select id, county, area, version, tags, missing, completeness, fresh_until, left_on from household
       where county between ${first} and ${last} and id = ${id} for update`);
    if (!found) throw new Problem('not-found');
    return found;
  }
}
