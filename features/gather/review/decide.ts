import type { Vault } from '../../../server/crypto.ts';
import type { Tx } from '../../../server/database/actor.ts';
import { sql } from '../../../server/database/sql.ts';
import { Problem, type Text } from '../../../server/errors.ts';
import { newId } from '../../../server/ids.ts';
import { countiesOf } from '../../archive/list.ts';
import { accountNames } from '../../archive/names.ts';
import { countyOf } from '../../area/queries.ts';
import { record } from '../../audit/queries.ts';
import type { Decided, Decision, RowParams, TakenApart } from './contract.ts';
import { decisionKey, type Identifying } from './remembered.ts';

/** A row's link, held until the transaction ends. */
interface Held {
  county: number | null;
  area: number | null;
  subject: string | null;
  resident: string | null;
  household: string | null;
  target: string | null;
  decision: string;
  candidates: unknown[] | null;
  account: string | null;
  score: number | null;
  version: number;
}

/** What deciding needs beside the transaction. */
export interface DecideDesk {
  vault: Vault;
  /** Starts the job that carries it out in the archive, or finds the one that is about to. */
  startJob(tx: Tx): Promise<string>;
}

/** What is decided about: the row, in the version that was seen. */
export interface Seen extends RowParams {
  version: number;
}

/**
 * Decides about a row that waits: it is linked to a resident, means nobody, or is left for later.
 * @throws Problem not-found, lost-update, conflict when it was decided already or its batch is being worked on, invalid
 *   without a resident, outside-scope
 */
export async function decideRow(
  tx: Tx,
  desk: DecideDesk,
  seen: Seen,
  { decision, resident }: Decision,
): Promise<Decided> {
  const held = await heldLink(tx, seen);
  if (held.decision !== 'ask') throw await decidedAlready(tx, held);
  if (held.version !== seen.version) throw new Problem('lost-update');
  if (decision === 'later') return putOff(tx, seen, held);
  const person = decision === 'linked' ? await personOf(tx, resident) : null;
  const now = person ? linkedTo(person) : partedFrom(held);
  await moveLink(tx, seen, now);
  const remembered = await remember(tx, desk.vault, seen);
  await addAct(tx, seen, now, { kind: person ? 'linked' : 'parted', was: held.decision });
  await recordAct(tx, person ? 'link_row' : 'part_row', now);
  return answer(seen, now, await desk.startJob(tx), remembered);
}

/**
 * Takes a link apart that was wrong: what the row wrote is taken back, and the row waits again, means nobody or another
 * resident. The same row of a later batch is not linked to the first one again.
 * @throws Problem as `decideRow`; conflict also for the row that made the resident
 */
export async function takeApart(
  tx: Tx,
  desk: DecideDesk,
  seen: Seen,
  { to, resident }: TakenApart,
): Promise<Decided> {
  const held = await heldLink(tx, seen);
  if (held.version !== seen.version) throw new Problem('lost-update');
  refuseApart(held);
  const person = to === 'resident' ? await personOf(tx, resident) : null;
  if (person && person.id === held.resident) throw sameAgain();
  const now = person
    ? linkedTo(person)
    : { ...partedFrom(held), decision: to === 'queue' ? ('ask' as const) : ('parted' as const) };
  await moveLink(tx, seen, now, candidatesAfter(held));
  // What the official had decided is undone, and the row is matched anew; what the program decided it must not decide again.
  const undone = to === 'queue' && (held.decision === 'linked' || held.decision === 'parted');
  const remembered = undone
    ? await forget(tx, desk.vault, seen)
    : await remember(tx, desk.vault, seen);
  await addAct(tx, seen, now, {
    kind: 'taken_apart',
    was: held.decision,
    county: held.county,
    resident: held.resident,
    household: held.household,
    target: held.target,
  });
  await recordAct(tx, 'take_row_apart', {
    ...now,
    subject: held.resident ?? now.subject,
    area: held.area ?? now.area,
  });
  return answer(seen, now, await desk.startJob(tx), remembered);
}

/** @throws Problem conflict */
function refuseApart({ decision }: Held): void {
  const words: Record<string, Text> = {
    ask: {
      zh: '这一行正等待核对，请在“待核比对”中办理',
      en: 'The row waits to be reviewed: decide about it there',
    },
    made: {
      zh: '这份档案就是由这一行建立的，不能拆开；若建错了，请撤销该批次或申请删除档案',
      en: 'The file was made of this row and cannot be taken apart from it; undo the batch, or ask for the file to be deleted',
    },
    none: { zh: '这一行没有比对到任何人', en: 'The row is linked to nobody' },
  };
  const found = words[decision === 'unplaced' ? 'none' : decision];
  if (found) throw new Problem('conflict', { detail: found });
}

const sameAgain = (): Problem =>
  new Problem('conflict', {
    detail: {
      zh: '这一行现在就连着此人，请另选一人',
      en: 'The row is linked to this resident already; choose another',
    },
  });

/** @throws Problem not-found, conflict while the batch is worked on */
async function heldLink(tx: Tx, { batch, n }: RowParams): Promise<Held> {
  const columns = sql`county, area, subject, resident, household, target, decision, candidates, account, score, version`;
  const link = sql`from gather_link where batch = ${batch} and n = ${n}`;
  // What no official changes, as the row that made a resident, is not held, and is told apart from what is out of sight.
  const held =
    (await tx.first(sql<Held>`select ${columns} ${link} for update`)) ??
    (await tx.first(sql<Held>`select ${columns} ${link}`));
  if (!held) throw new Problem('not-found');
  await placeOf(tx, held);
  const of = await tx.first(
    sql<{ state: string }>`select state from gate_gather_batches(array[${batch}::int])`,
  );
  if (of?.state !== 'done')
    throw new Problem('conflict', {
      detail: {
        zh: `第 ${batch} 批正在办理或已撤销，请稍后再核对`,
        en: `Batch ${batch} is being worked on, or was undone; review it later`,
      },
    });
  return held;
}

/** A row that is settled carries no area of its own: it is where its resident is. */
async function placeOf(tx: Tx, held: Held): Promise<void> {
  if (held.area !== null || held.resident === null) return;
  const person = await tx.first(sql<{ area: number }>`
    select area from resident where county = ${held.county} and id = ${held.resident}`);
  held.area = person?.area ?? null;
  held.subject ??= held.resident;
}

async function decidedAlready(tx: Tx, { account, decision }: Held): Promise<Problem> {
  const names = await accountNames(tx, [account ?? undefined]);
  const by = account === null ? undefined : names.get(account);
  const zh = decision === 'parted' ? '查无此人' : '已确认所指的人';
  const en = decision === 'parted' ? 'nobody in the archive' : 'linked to a resident';
  return new Problem('conflict', {
    detail: {
      zh: `这一行已由${by ?? '别人'}办理（${zh}），请刷新后看下一行`,
      en: `This row was decided by ${by ?? 'somebody else'} meanwhile (${en}); go on to the next`,
    },
  });
}

interface Person {
  id: string;
  county: number;
  area: number;
  household: string | null;
}

/** @throws Problem invalid, outside-scope */
async function personOf(tx: Tx, resident: string | undefined): Promise<Person> {
  if (resident === undefined)
    throw new Problem('invalid', {
      errors: [
        {
          field: 'resident',
          code: 'required',
          message: {
            zh: '居民：请选择这一行所指的人',
            en: 'resident: choose whom the row means',
          },
        },
      ],
    });
  const [first, last] = countiesOf(tx.actor.scope ?? { lo: 0, hi: 1 });
  const found = await tx.first(sql<Person>`
    select id, county, area, household from resident where county between ${first} and ${last} and id = ${resident}`);
  if (!found) throw new Problem('outside-scope');
  return found;
}

/** How a row stands after an act. */
interface Standing {
  decision: 'linked' | 'parted' | 'ask';
  county: number;
  area: number;
  subject: string;
  resident: string | null;
  household: string | null;
}

const linkedTo = ({ id, county, area, household }: Person): Standing => ({
  decision: 'linked',
  county,
  area,
  subject: id,
  resident: id,
  household,
});

/** The row stays with whom it was likest, so that the same official sees it. */
const partedFrom = ({ county, area, subject }: Held): Standing => {
  if (area === null || subject === null) throw new Problem('not-found');
  return {
    decision: 'parted',
    county: county ?? countyOf(area),
    area,
    subject,
    resident: null,
    household: null,
  };
};

/** Whom an official is shown once a link was taken apart: those of the matching, or whom the row was linked to. */
function candidatesAfter({ candidates, county, resident, score }: Held): unknown[] | null {
  if (candidates && candidates.length > 0) return candidates;
  return resident === null ? null : [{ county, resident, score, steps: [] }];
}

async function moveLink(
  tx: Tx,
  { batch, n }: RowParams,
  now: Standing,
  candidates?: unknown[] | null,
): Promise<void> {
  const { account, post, now: at } = tx.actor;
  const isOpen = now.decision === 'ask';
  const moved = await tx.count(sql`
    update gather_link set decision = ${now.decision}, county = ${now.county}, area = ${now.area}, subject = ${now.subject},
           resident = ${now.resident}, household = ${now.household}, target = null,
           candidates = coalesce(${candidates ? JSON.stringify(candidates) : null}::jsonb, candidates),
           account = ${isOpen ? null : account}, post = ${isOpen ? null : (post?.id ?? null)},
           decided_at = ${isOpen ? null : at}, put_off_at = null, version = version + 1
     where batch = ${batch} and n = ${n}`);
  if (moved !== 1) throw new Problem('outside-scope');
}

async function putOff(tx: Tx, seen: Seen, held: Held): Promise<Decided> {
  const now: Standing = { ...partedFrom(held), decision: 'ask' };
  await tx.count(sql`update gather_link set put_off_at = ${tx.actor.now}, version = version + 1
    where batch = ${seen.batch} and n = ${seen.n}`);
  await addAct(tx, seen, now, { kind: 'later', was: held.decision });
  await recordAct(tx, 'put_row_off', now);
  return answer(seen, now, null, false);
}

interface Act {
  kind: 'linked' | 'parted' | 'later' | 'taken_apart';
  was: string;
  county?: number | null;
  resident?: string | null;
  household?: string | null;
  target?: string | null;
}

function addAct(tx: Tx, { batch, n }: RowParams, now: Standing, act: Act): Promise<number> {
  const { account, post, now: at } = tx.actor;
  return tx.count(sql`insert into gather_act
      (county, id, area, subject, batch, n, kind, was, was_county, was_resident, was_household, was_target, resident, account, post, at)
    values (${now.county}, ${newId(at.getTime())}, ${now.area}, ${now.subject}, ${batch}, ${n}, ${act.kind}, ${act.was}, ${act.county ?? null},
      ${act.resident ?? null}, ${act.household ?? null}, ${act.target ?? null}, ${now.resident}, ${account}, ${post?.id ?? null}, ${at})`);
}

const recordAct = (
  tx: Tx,
  action: 'link_row' | 'part_row' | 'put_row_off' | 'take_row_apart',
  { subject, area }: Pick<Standing, 'subject' | 'area'>,
): Promise<number> => record(tx, { action, category: 'resident', subject, area });

const answer = (
  { batch, n, version }: Seen,
  now: Standing,
  job: string | null,
  remembered: boolean,
): Decided => ({
  batch,
  n,
  decision: now.decision,
  resident: now.resident,
  version: version + 1,
  job,
  remembered,
});

async function keyOf(tx: Tx, vault: Vault, { batch, n }: RowParams): Promise<Buffer | null> {
  const row = await tx.first(sql<Identifying & { decision_key: Buffer | null }>`
    select name, birth::text as birth, sex, citizen, repairs, phone, address, household_number, guardian, guardian_phone, code,
           decision_key from gather_row where batch = ${batch} and n = ${n}`);
  if (!row) return null;
  return row.decision_key ?? decisionKey(vault, row);
}

async function remember(tx: Tx, vault: Vault, row: RowParams): Promise<boolean> {
  const key = await keyOf(tx, vault, row);
  if (!key) return false;
  await tx.first(sql`select gate_gather_remember(${row.batch}, ${row.n}, ${key}, ${tx.actor.now})`);
  return true;
}

async function forget(tx: Tx, vault: Vault, row: RowParams): Promise<boolean> {
  const key = await keyOf(tx, vault, row);
  if (key) await tx.first(sql`select gate_gather_forget(${row.batch}, ${row.n}, ${key})`);
  return false;
}
