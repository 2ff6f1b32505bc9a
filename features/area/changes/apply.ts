import type { Static } from 'typebox';
import { instantOf } from '../../../server/clock.ts';
import type { Tx } from '../../../server/database/actor.ts';
import { sql } from '../../../server/database/sql.ts';
import { Problem } from '../../../server/errors.ts';
import { newId } from '../../../server/ids.ts';
import type { Jobs } from '../../../server/jobs/start.ts';
import { record } from '../../audit/queries.ts';
import type { AreaChange, AreaChangeAsked, AreaChangeMade, ChangePreview } from './contract.ts';
import { completeParts, weightsOf } from './parts.ts';
import { type Node, type Plan, planOf, Tree } from './plan.ts';
import { recode } from './recode.ts';

/** SQLSTATEs of the gate: not in the charge of the acting post; another change is under way (0011_places.sql). */
const notInCharge = '42501';
const underWay = 'MQ423';

/** Loads as much of the tree as a change can touch: the county of the areas named, retired ones too. */
async function treeFor(tx: Tx, change: AreaChange): Promise<Tree> {
  const county = codesOf(change)[0]?.slice(0, 6) ?? '';
  const nodes = await tx.rows(sql<Node>`
    select code, parent, level, name, lo, hi, retired_at is not null as retired from area
     where lo >= ${Number(county) * 1e9} and hi <= ${(Number(county) + 1) * 1e9}`);
  return new Tree(nodes);
}

function codesOf(change: AreaChange): string[] {
  switch (change.kind) {
    case 'add':
      return [change.parent];
    case 'merge':
      return change.codes;
    case 'move':
      return [change.code, change.parent];
    default:
      return [change.code];
  }
}

/**
 * Works a change out without doing it.
 * @throws Problem invalid (what the tree forbids), outside-scope (areas that the post does not see)
 */
export async function previewChange(
  tx: Tx,
  change: AreaChange,
): Promise<{ plan: Plan; preview: Static<typeof ChangePreview> }> {
  const worked = planOf(change, await treeFor(tx, change));
  requireCharge(tx, worked);
  const isSplit = worked.parts.length > 0;
  const plan = isSplit ? await completeParts(tx, worked) : worked;
  const codes = plan.kind === 'retire' ? [plan.code] : plan.moves.map(({ was }) => was);
  const places = codes.map((code) => Number(code) * 10 ** (15 - code.length));
  const parts = isSplit ? await weightsOf(tx, plan) : [];
  const [weights, posts] = await Promise.all([
    isSplit
      ? partsTogether(parts)
      : tx.rows(
          sql<{
            measure: string;
            n: number;
          }>`select measure, n from gate_area_weight(${places}::bigint[])`,
        ),
    tx.first(
      sql<{
        n: number;
      }>`select gate_area_posts(${isSplit ? [] : codes}::text[], ${tx.actor.day}) as n`,
    ),
  ]);
  const records = Object.fromEntries(
    weights.filter(({ n }) => Number(n) > 0).map(({ measure, n }) => [measure, Number(n)]),
  );
  if (plan.kind === 'retire') requireEmpty(records, Number(posts?.n ?? 0));
  return {
    plan,
    preview: {
      code: plan.code,
      name: plan.name,
      codes: plan.summary,
      records,
      posts: Number(posts?.n ?? 0),
      parts,
    },
  };
}

/** What leaves a grid by a split: all parts but the last, which stays. */
function partsTogether(parts: ChangePreview['parts']): { measure: string; n: number }[] {
  const going = parts.slice(0, -1);
  return [
    { measure: 'household', n: going.reduce((sum, { households }) => sum + households, 0) },
    { measure: 'resident', n: going.reduce((sum, { residents }) => sum + residents, 0) },
  ];
}

/** Grids are a village's and a township's own; the system administrator changes what stands above them, too. */
function requireCharge(tx: Tx, plan: Plan): void {
  const { admin, post, scope, write } = tx.actor;
  if (!post || plan.lo < post.lo || plan.hi > post.hi) throw new Problem('outside-scope');
  if (admin === 'system') {
    // Which households live where the administrator does not see.
    if (plan.parts.length > 0) throw new Problem('forbidden');
    return;
  }
  const touched = [...plan.added, ...plan.renamed, ...plan.retired];
  if (!scope || !write.includes('area') || touched.some(({ code }) => code.length < 15))
    throw new Problem('forbidden');
}

function requireEmpty(records: Record<string, number>, posts: number): void {
  if (Object.keys(records).length > 0)
    throw new Problem('conflict', {
      detail: {
        zh: '该区域还有档案，请改用“合并”，把档案并入其他区域',
        en: 'Records lie in this area; merge it into another instead',
      },
    });
  if (posts > 0)
    throw new Problem('conflict', {
      detail: {
        zh: `该区域还有 ${posts} 个在任岗位，请安全管理员先结束这些岗位`,
        en: `${posts} posts stand on this area; let the security administrator end them first`,
      },
    });
}

/**
 * Changes the tree, and starts the job that re-codes the records where there are any.
 * @returns the id of the change and of the job
 * @throws Problem as `previewChange`, forbidden, conflict while another change is under way
 */
export async function makeChange(
  tx: Tx,
  jobs: Jobs,
  { id: wished, change, reason }: Static<typeof AreaChangeAsked>,
): Promise<{ id: string; job: string | null }> {
  const { plan } = await previewChange(tx, change);
  const id = wished ?? newId(tx.actor.now.getTime());
  const job = plan.moves.length > 0 ? await jobs.start(tx, recode, { change: id }) : null;
  await gated(() =>
    tx.first(
      sql`select gate_area_change(${JSON.stringify({ ...plan, id, reason: reason.trim(), job })}::jsonb, ${tx.actor.now}, ${tx.actor.day})`,
    ),
  );
  await record(tx, { action: 'change_area', area: plan.lo, detail: `${plan.kind} ${plan.code}` });
  return { id, job };
}

/** Starts the job of a change anew when its last one was cancelled or given up. @throws Problem forbidden */
export async function resumeChange(tx: Tx, jobs: Jobs, id: string): Promise<string> {
  const found = await tx.first(sql<{ id: string }>`select id from area_change where id = ${id}`);
  if (!found) throw new Problem('not-found');
  const job = await jobs.start(tx, recode, { change: id });
  await gated(() => tx.first(sql`select gate_area_job(${id}, ${job})`));
  return job;
}

async function gated<R>(work: () => Promise<R>): Promise<R> {
  try {
    return await work();
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === notInCharge) throw new Problem('forbidden');
    if (code === underWay)
      throw new Problem('conflict', {
        detail: {
          zh: '这里的上一次调整还在进行，请等它完成后再试',
          en: 'Another change of these areas is under way; try again when it is done',
        },
      });
    throw error;
  }
}

interface ChangeRow extends Omit<AreaChangeMade, 'codes' | 'finishedAt'> {
  codes: AreaChangeMade['codes'];
  finished_at: string | null;
}

/** Changes that touched an area or what lies in it, newest first. */
export async function listChanges(
  tx: Tx,
  range: { lo: number; hi: number },
): Promise<AreaChangeMade[]> {
  const rows = await tx.rows(sql<ChangeRow>`
    select c.id, c.at, c.kind, c.code, c.name, c.summary as codes, c.reason, c.job, c.records, c.finished_at,
           (select name from account where id = c.account) as by
      from area_change c where c.lo < ${range.hi} and c.hi > ${range.lo} order by c.id desc limit 100`);
  return rows.map(({ finished_at, ...row }) => ({
    ...row,
    at: instantOf(row.at),
    finishedAt: finished_at === null ? null : instantOf(finished_at),
  }));
}
