import Type from 'typebox';
import { dayOf } from '../../../../server/clock.ts';
import type { Actor, Tx } from '../../../../server/database/actor.ts';
import { sql } from '../../../../server/database/sql.ts';
import type { Queries } from '../../../../server/database/steward.ts';
import type { Files } from '../../../../server/files/files.ts';
import { defineSystemJob } from '../../../../server/jobs/kind.ts';
import type { Desk } from '../../desk.ts';
import { discard } from '../../documents/store.ts';
import { dictionariesFor } from '../../items/county-dictionaries.ts';
import { type After, endedRecords, lookedAt } from './records.ts';
import { addUp, noTally, overOf, retire, type Tally } from './retire.ts';

export const retentionKind = 'archive.retention';

/** Records a step: a second or two. */
const atOnce = 50;

interface Place {
  /** Of `lookedAt`; its length at the end. */
  category: number;
  after: After;
  looked: number;
  records: number;
  values: number;
}

/** What the job needs of the installation. */
export interface RetentionParts {
  files: Files;
  /** Made when it runs: a command that only names the kinds has neither keys nor a dictionary. */
  desk(): Desk;
}

/** Deletes, night by night, what has had its time (packs/archive/retention.yaml), and keeps figures of it. */
export function retention({ files, desk }: RetentionParts) {
  return defineSystemJob({
    kind: retentionKind,
    label: { zh: '保存期满清理', en: 'End of retention' },
    input: Type.Object({}),
    stages: {
      resident: { zh: '居民', en: 'Residents' },
      household: { zh: '户', en: 'Households' },
      premises: { zh: '场所', en: 'Premises' },
    },
    cron: '30 2 * * *',
    long: true,
    start: { category: 0, after: null, looked: 0, records: 0, values: 0 } as Place,
    async run({ id, state, step, progress, now }) {
      const parts = desk();
      let at = state;
      for (;;) {
        const category = lookedAt[at.category];
        let left: { id: string; pages: number }[] = [];
        at = await step(async (queries, place) => {
          left = [];
          const tally = noTally();
          const tx = withHouse(queries, now());
          const rows = category ? await endedRecords(tx, category, place.after, atOnce) : [];
          const deskOf = await desksFor(tx, parts, rows);
          for (const row of category ? rows : []) {
            const own = deskOf(row);
            const found = await overOf(tx, own, category ?? 'resident', row);
            left.push(...(await retire(tx, own, category ?? 'resident', row, found)));
            addUp(tally, category ?? 'resident', found.over);
          }
          const next = advance(place, rows.at(-1), rows.length < atOnce, tally);
          await keepFigures(queries, id, tally, now(), category === undefined);
          progress(next.looked, null, category);
          return next;
        });
        // After the commit; what a dead process leaves is swept the next night (documents.sweep).
        for (const one of left) await discard(files, one.id, one.pages);
        if (category === undefined) break;
      }
      return {
        words: {
          zh: `查看 ${at.looked} 份，清理信息 ${at.values} 项，删除整份档案 ${at.records} 份`,
          en: `Looked at ${at.looked} records, deleted ${at.values} values and ${at.records} whole files`,
        },
      };
    },
  });
}

/** What works by the dictionary of each record's county: its own items have their time too. */
async function desksFor(
  tx: Tx,
  { dictionary, vault }: Desk,
  rows: readonly { county: number }[],
): Promise<(row: { county: number }) => Desk> {
  const dictionaryOf = await dictionariesFor(
    tx,
    dictionary,
    rows.map(({ county }) => county),
  );
  return ({ county }) => ({ dictionary: dictionaryOf(county), vault });
}

function advance(
  place: Place,
  last: { county: number; id: string } | undefined,
  ended: boolean,
  tally: Tally,
): Place {
  const values = Object.values(tally.items).reduce((sum, item) => sum + item.values, 0);
  return {
    category: Math.min(place.category + (ended ? 1 : 0), lookedAt.length),
    after: ended || !last ? null : [last.county, last.id],
    looked: place.looked + tally.looked,
    records: place.records + tally.records,
    values: place.values + values,
  };
}

/** The house itself: the functions of the archive take a transaction of somebody who sees and writes all there is. */
export function withHouse(queries: Queries, now: Date): Tx {
  const groups = ['file', 'contact', 'identity', 'health', 'ethnic', 'welfare', 'minor', 'economy'];
  const actor: Actor = {
    tokenHash: Buffer.alloc(0),
    account: '',
    username: '',
    post: null,
    scope: { lo: 0, hi: 1_000_000_000_000_000 },
    open: groups,
    reveal: [],
    write: ['list', ...groups],
    admin: null,
    now,
    day: dayOf(now),
  };
  return { ...queries, actor };
}

/** Writes the figures of a step, in its transaction. */
async function keepFigures(
  tx: Queries,
  run: string,
  tally: Tally,
  now: Date,
  ended: boolean,
): Promise<void> {
  await tx.count(sql`insert into retention_run (id, started_at, ended_at, looked, records, documents)
    values (${run}, ${now}, ${ended ? now : null}, ${tally.looked}, ${tally.records}, ${tally.documents})
    on conflict (id) do update set ended_at = excluded.ended_at, looked = retention_run.looked + excluded.looked,
      records = retention_run.records + excluded.records, documents = retention_run.documents + excluded.documents`);
  for (const [key, { values, history }] of Object.entries(tally.items)) {
    const [category, item] = key.split('.');
    await tx.count(sql`insert into retention_count (run, category, item, vals, history)
      values (${run}, ${category}, ${item}, ${values}, ${history})
      on conflict (run, category, item) do update
        set vals = retention_count.vals + excluded.vals, history = retention_count.history + excluded.history`);
  }
}

/** What a run would delete now, changing nothing. */
export async function foretell(queries: Queries, desk: Desk, now: Date): Promise<Tally> {
  const tally = noTally();
  const tx = withHouse(queries, now);
  for (const category of lookedAt) {
    for (let after: After = null; ; ) {
      const rows = await endedRecords(tx, category, after, atOnce);
      const deskOf = await desksFor(tx, desk, rows);
      for (const row of rows)
        addUp(tally, category, (await overOf(tx, deskOf(row), category, row)).over);
      const last = rows.at(-1);
      if (!last || rows.length < atOnce) break;
      after = [last.county, last.id];
    }
  }
  return tally;
}
