import type { Tx } from '../../../server/database/actor.ts';
import { sql } from '../../../server/database/sql.ts';
import { type Language, Problem, type Text } from '../../../server/errors.ts';
import { levelOf, type Range, rangeOf, within } from '../../area/queries.ts';
import type { Quality } from '../contract.ts';

interface Asked {
  area: string | undefined;
  language: Language;
  batchesOpen: boolean;
}

interface AreaRow {
  code: string;
  name: string;
  level: number;
  lo: number;
  hi: number;
}

interface Figure {
  source: string;
  measure: 'item' | 'linked' | 'asked' | 'row' | 'cell';
  name: string;
  total: number;
  filled: number;
  stale: number;
  words: Text | null;
  counted_at: string;
}

interface Last {
  source: string;
  number: number;
  batches: number;
  day: string;
  ended_at: string | null;
  staged: number;
  aside: number;
  linked: number;
  asked: number;
  unmatched: number;
}

interface OfChild {
  code: string;
  name: string;
  level: number;
  source: string;
  total: number;
  filled: number;
  stale: number;
  linked: number;
  asked: number;
  cells: number;
}

/**
 * The figures of an area, source by source, and of the areas under it.
 * @throws Problem outside-scope
 */
export async function qualityOf(tx: Tx, { area, language, batchesOpen }: Asked): Promise<Quality> {
  const range = within(tx.actor.scope ?? { lo: 0, hi: 0 }, area);
  // What is asked of a larger area than the post's would be answered for a smaller one.
  if (area !== undefined && (rangeOf(area).lo !== range.lo || rangeOf(area).hi !== range.hi))
    throw new Problem('outside-scope');
  const [about, figures, last, children] = await Promise.all([
    areaAt(tx, range),
    figuresIn(tx, range),
    tx.rows(sql<Last>`select source, number, batches, day::text as day, ended_at, staged, aside, linked, asked, unmatched
      from gate_gather_sources(${range.lo}, ${range.hi})`),
    childrenOf(tx, range),
  ]);
  const sources = [...new Set([...figures, ...last].map(({ source }) => source))].sort();
  return {
    area: { code: about.code, name: about.name, level: levelOf(about.level) },
    countedAt: latest(figures),
    batchesOpen,
    sources: sources.map((source) => ofSource(source, figures, last, language)),
    children: grouped(children),
  };
}

async function areaAt(tx: Tx, { lo, hi }: Range): Promise<AreaRow> {
  const found = await tx.first(sql<AreaRow>`
    select code, name, level, lo, hi from area where lo = ${lo} and hi = ${hi} order by level limit 1`);
  return found ?? { code: String(lo), name: '', level: 6, lo, hi };
}

/** Added up over the villages of the range, or over the village that a grid lies in: figures are kept by village. */
function figuresIn(tx: Tx, { lo, hi }: Range): Promise<Figure[]> {
  return tx.rows(sql<Figure>`
    select source, measure, name, sum(total)::int as total, sum(filled)::int as filled, sum(stale)::int as stale,
           (array_agg(words))[1] as words, max(counted_at) as counted_at
      from gather_quality where area >= ${lo} and area < ${hi}
     group by source, measure, name order by source, measure, name`);
}

/** Of each area one level below: village by village under a township, township by township under a county. */
function childrenOf(tx: Tx, { lo, hi }: Range): Promise<OfChild[]> {
  return tx.rows(sql<OfChild>`
    with own as (select code from area where lo = ${lo} and hi = ${hi} order by level limit 1)
    select c.code, c.name, c.level, q.source,
           coalesce(sum(q.total) filter (where measure = 'item'), 0)::int as total,
           coalesce(sum(q.filled) filter (where measure = 'item'), 0)::int as filled,
           coalesce(sum(q.stale) filter (where measure = 'item'), 0)::int as stale,
           coalesce(sum(q.total) filter (where measure = 'linked'), 0)::int as linked,
           coalesce(sum(q.total) filter (where measure = 'asked'), 0)::int as asked,
           coalesce(sum(q.total) filter (where measure = 'cell'), 0)::int as cells
      from area c join own on c.parent = own.code
      join gather_quality q on q.area >= c.lo and q.area < c.hi
     where c.retired_at is null and c.level <= 5
     group by c.code, c.name, c.level, q.source order by c.code, q.source`);
}

function latest(figures: readonly Figure[]): string | null {
  const times = figures.map(({ counted_at }) => new Date(counted_at).getTime());
  return times.length === 0 ? null : new Date(Math.max(...times)).toISOString();
}

function ofSource(
  source: string,
  figures: readonly Figure[],
  last: readonly Last[],
  language: Language,
): Quality['sources'][number] {
  const own = figures.filter((one) => one.source === source);
  const totalOf = (measure: Figure['measure']): number =>
    own.filter((one) => one.measure === measure).reduce((sum, { total }) => sum + total, 0);
  const batch = last.find((one) => one.source === source);
  return {
    source,
    batch: batch
      ? {
          number: batch.number,
          batches: batch.batches,
          day: batch.day,
          endedAt: batch.ended_at && new Date(batch.ended_at).toISOString(),
          staged: batch.staged,
          aside: batch.aside,
          linked: batch.linked,
          asked: batch.asked,
          unmatched: batch.unmatched,
        }
      : null,
    items: own
      .filter(({ measure }) => measure === 'item')
      .map(({ name, total, filled, stale }) => ({ item: name, total, filled, stale })),
    rows: reasonsOf(own, 'row', language),
    cells: reasonsOf(own, 'cell', language),
    linked: totalOf('linked'),
    asked: totalOf('asked'),
  };
}

function reasonsOf(
  own: readonly Figure[],
  of: 'row' | 'cell',
  language: Language,
): Quality['sources'][number]['cells'] {
  return own
    .filter(({ measure }) => measure === of)
    .map(({ name, words, total }) => ({
      code: name,
      words: words?.[language] ?? name,
      times: total,
    }))
    .sort((a, b) => b.times - a.times);
}

function grouped(rows: readonly OfChild[]): Quality['children'] {
  const children = new Map<string, Quality['children'][number]>();
  for (const { code, name, level, ...figures } of rows) {
    const child = children.get(code) ?? {
      area: { code, name, level: levelOf(level) },
      sources: [],
    };
    child.sources.push(figures);
    children.set(code, child);
  }
  return [...children.values()];
}
