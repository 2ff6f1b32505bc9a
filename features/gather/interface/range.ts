import { sql } from '../../../server/database/sql.ts';
import type { Queries } from '../../../server/database/steward.ts';
import type { JobContext, JobKind } from '../../../server/jobs/kind.ts';
import { rowReasons } from './reasons.ts';

interface Range {
  number: number;
  lo: number;
  hi: number;
}

type Context = JobContext<{ batch: number; act: string }, unknown, Queries>;

/**
 * The job that gathers, kept within the area of the batch: whatever a step of it did, in the same transaction rows that
 * speak of another area are set aside and links to records outside are undone, before anything is merged. So a system
 * writes nothing outside its area, and is not told that somebody is known elsewhere. A file that may speak of every area
 * is gathered as ever.
 */
export function withinRange<K extends JobKind>(kind: K): K {
  return {
    ...kind,
    run: async (context: Context) => {
      const run = kind.run as unknown as (context: Context) => ReturnType<JobKind['run']>;
      const range = context.input.act === 'gather' ? await rangeOf(context) : undefined;
      return run(range ? bounded(context, range) : context);
    },
  };
}

/** The range of a batch that has one: of those that systems handed in. */
function rangeOf(context: Context): Promise<Range | undefined> {
  return context.read((tx) =>
    tx.first(sql<Range>`
      select number, lo, hi from gather_batch where number = ${context.input.batch} and system is not null`),
  );
}

function bounded(context: Context, range: Range): Context {
  return {
    ...context,
    // A getter: the checkpoint as it is by now, not as it was.
    get state() {
      return context.state;
    },
    step: (work, options) =>
      context.step(async (tx, state) => {
        const next = await work(tx, state);
        await setAsideOthers(tx, range);
        await unlinkOthers(tx, range);
        await refuseStrays(tx, range);
        return next;
      }, options),
  };
}

/** Rows that name an area outside, or a household that stands outside: nobody is made of them there. */
function setAsideOthers(tx: Queries, { number, lo, hi }: Range): Promise<number> {
  return tx.count(sql`
    update gather_row r set aside = ${JSON.stringify(rowReasons.outside)}, name = null, pinyin = null, birth = null, sex = null,
           citizen = null, repairs = null, phone = null, address = null, household_number = null, place = null, guardian = null,
           guardian_phone = null, code = null, relation = null, items = '{}', sealed = null
     where r.batch = ${number} and r.aside is null
       and (r.place < ${lo} or r.place >= ${hi} or exists (
             select from household h where h.number = r.household_number and (h.area < ${lo} or h.area >= ${hi}) and h.left_on is null))`);
}

/** Links to residents, households, dwellings or premises outside; such a row is of nobody that the system may speak of. */
function unlinkOthers(tx: Queries, { number, lo, hi }: Range): Promise<number> {
  const outside = sql`(t.area < ${lo} or t.area >= ${hi})`;
  return tx.count(sql`
    update gather_link l set decision = 'unplaced', county = null, area = null, subject = null, resident = null, household = null,
           target = null, candidates = null, score = null
     where l.batch = ${number} and decision <> 'unplaced'
       and (l.area < ${lo} or l.area >= ${hi}
         or exists (select from resident t where t.id = l.resident and t.county = l.county and ${outside})
         or exists (select from household t where t.id = l.household and t.county = l.county and ${outside})
         or exists (select from housing t where t.id = l.target and t.county = l.county and ${outside})
         or exists (select from premises t where t.id = l.target and t.county = l.county and ${outside}))`);
}

/** Nothing outside may have been written; were it so all the same, the step is undone and the job ends. */
async function refuseStrays(tx: Queries, { number, lo, hi }: Range): Promise<void> {
  const stray = await tx.first(sql`
    select 1 from gather_touch where batch = ${number} and (area < ${lo} or area >= ${hi}) limit 1`);
  if (stray) throw new Error(`batch ${number} was about to write outside its area`);
}
