import { createHash } from 'node:crypto';
import type { Tx } from '../../../server/database/actor.ts';
import { type Language, Problem } from '../../../server/errors.ts';
import { levelOf, type Range, rangeOf } from '../../area/queries.ts';
import type { RoleKey } from '../contract.ts';
import { noSuchArea } from '../posts.ts';
import type { StaffList, StaffPlan, StaffRow } from './contract.ts';
import { areasOf, standingOf } from './queries.ts';
import { TableFault } from './rules/fault.ts';
import { leaversOf, type PlannedRow, planRows, type StandingPost } from './rules/plan.ts';
import { readTable } from './rules/table.ts';
import { readRow } from './rules/wanted.ts';

/** What a list comes to, before anything is done. */
export interface Plan {
  rows: PlannedRow[];
  leavers: StandingPost[];
  unused: string[];
  /** Names what would be done: another list, another day or other posts meanwhile, another digest. */
  digest: string;
}

/**
 * Reads a list and works out what it comes to; nothing is written.
 * @throws Problem invalid when the file is no list, or the leavers' area is not the administrator's
 */
export async function planOf(tx: Tx, { file, leavers }: StaffList): Promise<Plan> {
  const { rows: lines, unused } = tableOf(file);
  const reach: Range = tx.actor.post ?? { lo: 0, hi: 0 };
  const left = leavers === undefined ? null : rangeOf(leavers);
  if (left && (left.lo < reach.lo || left.hi > reach.hi))
    throw new Problem('invalid', { errors: [{ ...noSuchArea, field: 'leavers' }] });
  const areas = await areasOf(tx, lines, reach);
  const wanted = lines.map((line) => readRow(line, areas, reach, tx.actor.day));
  const standing = await standingOf(tx, wanted, left);
  const rows = planRows(wanted, standing);
  const inArea = (code: string): boolean => {
    const range = rangeOf(code);
    return left !== null && range.lo >= left.lo && range.hi <= left.hi;
  };
  const leaving = leaversOf(standing.posts, rows, inArea, standing);
  return { rows, leavers: leaving, unused, digest: digestOf(tx.actor.day, rows, leaving) };
}

function tableOf(file: string) {
  try {
    return readTable(Buffer.from(file, 'base64'));
  } catch (error) {
    if (!(error instanceof TableFault)) throw error;
    throw new Problem('invalid', {
      errors: [{ field: 'file', code: 'rule', message: error.text }],
    });
  }
}

function digestOf(
  day: string,
  rows: readonly PlannedRow[],
  leavers: readonly StandingPost[],
): string {
  const acts = rows.map(({ wanted, outcome, standing, until }) => [
    wanted.row,
    outcome,
    wanted.username,
    wanted.name,
    wanted.post,
    standing?.id,
    until,
  ]);
  const left = leavers.map(({ id }) => id);
  return createHash('sha256')
    .update(JSON.stringify([day, acts, left]))
    .digest('hex');
}

/** The plan in one language. */
export function planView(plan: Plan, language: Language): StaffPlan {
  return {
    rows: plan.rows.map((row) => rowView(row, language)),
    leavers: plan.leavers.map((post) => ({
      username: post.username,
      name: post.name,
      post: {
        id: post.id,
        role: post.role as RoleKey,
        department: post.department,
        area: { code: post.code, name: post.area, level: levelOf(post.level) },
        from: post.since,
        until: post.until,
      },
    })),
    unused: plan.unused,
    plan: plan.digest,
  };
}

function rowView(
  { wanted, outcome, remark, faults, standing, until }: PlannedRow,
  language: Language,
): StaffRow {
  const { post, area } = wanted;
  return {
    row: wanted.row,
    name: wanted.name.slice(0, 60),
    username: wanted.username.slice(0, 64),
    phone: wanted.phone.slice(0, 20),
    outcome,
    post: post &&
      area && {
        role: post.role,
        department: post.department ?? null,
        area: { code: area.code, name: area.name, level: area.level },
        // Of a post that stands its own days, with the last one that it is given.
        from: standing?.since ?? post.from,
        until: standing ? (until ?? standing.until) : (post.until ?? null),
      },
    remark,
    faults: faults.map(({ column, text }) => ({ column, message: text[language] })),
  };
}
