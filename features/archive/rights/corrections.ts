import type { Tx } from '../../../server/database/actor.ts';
import { sql } from '../../../server/database/sql.ts';
import { Problem } from '../../../server/errors.ts';
import { newId } from '../../../server/ids.ts';
import { record } from '../../audit/queries.ts';
import type { ItemGroup } from '../../identity/roles.ts';
import { shapes } from '../categories.ts';
import { checkItems, requireTitle } from '../checks.ts';
import type { Desk } from '../desk.ts';
import { placeOf } from '../documents/queries.ts';
import { editRecord } from '../edit.ts';
import { readFacts } from '../facts-store.ts';
import { countiesOf } from '../list.ts';
import { type FactValue, sameValue } from '../rules/facts.ts';
import type {
  Asked,
  CorrectionView,
  Decided,
  Decision,
  NewCorrection,
  RightsRules,
} from './contract.ts';
import { decidedAlready, needAnswer } from './decisions.ts';
import { answerBy } from './rules.ts';

const shape = shapes.resident;

/** What an application says, as it is sealed. */
interface Said {
  value: FactValue;
  wrong: string;
  proof: string;
}

/**
 * Puts on record that a resident applies to have an item corrected (PIPL art. 46). Nothing is changed yet.
 * @throws Problem not-found, invalid when the post does not keep the item or the value cannot be one
 */
export async function askCorrection(
  tx: Tx,
  { dictionary, vault }: Desk,
  rules: RightsRules,
  resident: string,
  asked: NewCorrection,
): Promise<Asked> {
  const [checked] = checkItems(dictionary, shape, tx.actor, { [asked.item]: asked.value });
  if (!checked) throw new Error('one item was checked');
  const { item, value } = checked;
  requireTitle(dictionary, shape, (key) => key !== item.key || value !== null);
  const { county, area } = await placeOf(tx, shape, resident);
  const { now, account, post, day } = tx.actor;
  const id = newId(now.getTime());
  const due = answerBy(day, rules);
  const said: Said = { value, wrong: asked.wrong.trim(), proof: asked.proof.trim() };
  await tx.count(sql`insert into correction
      (county, id, area, subject, item, item_group, asker, asked_at, asked_by, asked_post, due_on, provisional)
    values (${county}, ${id}, ${area}, ${resident}, ${item.key}, ${item.group}, ${asked.asker}, ${now}, ${account},
      ${post?.id ?? null}, ${due.day}, ${due.provisional})`);
  await tx.count(sql`insert into correction_content (county, id, area, subject, item_group, said)
    values (${county}, ${id}, ${area}, ${resident}, ${item.group}, ${vault.sealBytes(Buffer.from(JSON.stringify(said)))})`);
  await record(tx, {
    action: 'ask_correction',
    category: 'resident',
    subject: resident,
    item: item.key,
    area,
  });
  return { id, dueOn: due.day, provisional: due.provisional };
}

interface Row {
  county: number;
  area: number;
  subject: string;
  item: string;
  item_group: ItemGroup;
  state: string;
  asked_by: string;
}

/**
 * A correction within the scope, of an item that the post keeps.
 * @throws Problem not-found
 */
export async function correctionOf(tx: Tx, id: string): Promise<Row> {
  const [first, last] = countiesOf(tx.actor.scope ?? { lo: 0, hi: 1 });
  const found = await tx.first(sql<Row>`
    select county, area, subject, item, item_group, state, asked_by from correction
     where county between ${first} and ${last} and id = ${id}`);
  if (!found) throw new Problem('not-found');
  return found;
}

/** What was said and answered; nothing where the group is closed to the post or not opened for the resident. */
async function contentOf(
  tx: Tx,
  { vault }: Desk,
  { county }: Row,
  id: string,
): Promise<(Said & { answer: string | null }) | undefined> {
  const found = await tx.first(sql<{ said: Buffer; answer: Buffer | null }>`
    select said, answer from correction_content where county = ${county} and id = ${id}`);
  if (!found) return undefined;
  return {
    ...(JSON.parse(vault.openBytes(found.said).toString('utf8')) as Said),
    answer: found.answer && vault.openBytes(found.answer).toString('utf8'),
  };
}

/**
 * Shows what an application says beside the value on file, on record. The transaction must have been opened with the
 * resident as its subject.
 * @throws Problem not-found, forbidden where the post does not see the item
 */
export async function showCorrection(
  tx: Tx,
  desk: Desk,
  id: string,
  purpose: string | undefined,
): Promise<CorrectionView> {
  const row = await correctionOf(tx, id);
  const content = await contentOf(tx, desk, row, id);
  if (!content) throw new Problem('forbidden');
  const facts = await readFacts(tx, shape, [row.item_group], row.subject, desk.vault);
  const fact = facts[row.item];
  await record(tx, {
    action: 'open_correction',
    category: 'resident',
    subject: row.subject,
    item: row.item,
    area: row.area,
    purpose,
  });
  const { value, wrong, proof, answer } = content;
  return {
    id,
    item: row.item,
    current: fact ? { value: fact.v, source: fact.s, asOf: fact.d } : null,
    value,
    wrong,
    proof,
    answer,
  };
}

/** The reason that stands in the history of an accepted correction. */
const reason = '本人申请更正个人信息';

/**
 * Decides a correction. Accepted, it is an edit as any other: what an authority says stays in force, and the value
 * stands beside it until the authority changes it. The transaction must have been opened with the resident as its
 * subject.
 * @throws Problem not-found, conflict when it is decided already, forbidden where the post does not see the item,
 *   invalid when it is refused without a reason
 */
export async function decideCorrection(
  tx: Tx,
  desk: Desk,
  id: string,
  decision: Decision,
): Promise<Decided> {
  needAnswer(decision);
  const row = await correctionOf(tx, id);
  if (row.state !== 'open') throw decidedAlready();
  const said = await contentOf(tx, desk, row, id);
  if (!said) throw new Problem('forbidden');
  const outcome = decision.accept ? await carryOut(tx, desk, row, said.value) : null;
  const { now, account, post } = tx.actor;
  const state = decision.accept ? 'accepted' : 'refused';
  const touched =
    await tx.count(sql`update correction set state = ${state}, outcome = ${outcome}, decided_at = ${now},
      decided_by = ${account}, decided_post = ${post?.id ?? null} where county = ${row.county} and id = ${id} and state = 'open'`);
  // Another decided it meanwhile: nothing of this transaction stays.
  if (touched === 0) throw decidedAlready();
  if (decision.answer)
    await tx.count(sql`update correction_content set answer = ${desk.vault.sealBytes(Buffer.from(decision.answer.trim()))}
      where county = ${row.county} and id = ${id}`);
  await record(tx, {
    action: decision.accept ? 'accept_correction' : 'refuse_correction',
    category: 'resident',
    subject: row.subject,
    item: row.item,
    area: row.area,
  });
  return { id, state, outcome };
}

/** The edit that was asked for, and what came of it. */
async function carryOut(
  tx: Tx,
  desk: Desk,
  { county, subject, item, item_group: group }: Row,
  value: FactValue,
): Promise<'corrected' | 'beside' | 'same'> {
  const standing = await tx.first(
    sql<{
      version: number;
    }>`select version from resident where county = ${county} and id = ${subject} for update`,
  );
  if (!standing) throw new Problem('not-found');
  const before = await readFacts(tx, shape, [group], subject, desk.vault);
  if (sameValue(before[item]?.v ?? null, value)) return 'same';
  const { conflicts } = await editRecord(tx, desk, shape, subject, standing.version, {
    items: { [item]: value },
    reason,
  });
  return conflicts.length > 0 ? 'beside' : 'corrected';
}
