import { instantOf } from '../../../server/clock.ts';
import type { Actor, Tx } from '../../../server/database/actor.ts';
import { sql } from '../../../server/database/sql.ts';
import { Problem } from '../../../server/errors.ts';
import type { CategoryShape } from '../categories.ts';
import { countiesOf } from '../list.ts';
import type { DocumentView } from './contract.ts';
import { isSealed, mayDownload } from './rights.ts';

/** A document's row, as far as it is shown. */
export interface DocumentRow {
  id: string;
  county: number;
  area: number;
  category: string;
  subject: string;
  kind: string;
  item_group: string;
  title: string | null;
  taken_on: string | null;
  media_type: string;
  size: number;
  pages: [number, number][];
  files: string;
  series: string;
  version: number;
  uploaded_at: string;
  retired_at: string | null;
}

interface ListedRow extends DocumentRow {
  uploader: string | null;
  retirer: string | null;
  retired_reason: string | null;
  proves: boolean;
}

/** Every version of every document of a record that the acting post may know of, oldest first. */
export async function documentsOf(tx: Tx, subject: string): Promise<ListedRow[]> {
  const [first, last] = countiesOf(tx.actor.scope ?? { lo: 0, hi: 1 });
  return tx.rows(sql<ListedRow>`
    select d.id, d.county, d.area, d.category, d.subject, d.kind, d.item_group, d.title, d.taken_on, d.media_type, d.size,
           d.pages, d.files, d.series, d.version, d.uploaded_at, d.retired_at, d.retired_reason,
           u.name as uploader, r.name as retirer, document_proves(d.county, d.series) as proves
      from document d
      left join account u on u.id = d.uploaded_by
      left join account r on r.id = d.retired_by
     where d.county between ${first} and ${last} and d.subject = ${subject}::uuid order by d.series, d.version`);
}

/** Versions as they are listed. */
export function viewsOf(rows: readonly ListedRow[], actor: Actor): DocumentView[] {
  const newest = new Map<string, number>();
  for (const { series, version } of rows)
    newest.set(series, Math.max(version, newest.get(series) ?? 0));
  return rows.map((row) => {
    const current = newest.get(row.series) === row.version && row.retired_at === null;
    const keeps = current && actor.write.includes(row.item_group);
    return {
      id: row.id,
      kind: row.kind,
      title: row.title,
      takenOn: row.taken_on,
      mediaType: row.media_type,
      size: row.size,
      pages: row.pages.map(([width, height]) => ({ width, height })),
      series: row.series,
      version: row.version,
      current,
      uploadedAt: instantOf(row.uploaded_at),
      uploadedBy: row.uploader,
      retired:
        row.retired_at === null
          ? null
          : { at: instantOf(row.retired_at), by: row.retirer, reason: row.retired_reason },
      proves: row.proves,
      sealed: isSealed(actor, row.item_group),
      abilities: {
        download: mayDownload(actor, row.item_group),
        replace: keeps,
        retire: keeps && !row.proves,
      },
    };
  });
}

/**
 * One version. The transaction must have been opened with it, or its record, as a subject.
 * @throws Problem not-found outside the scope, or in a group closed to the role
 */
export async function documentOf(tx: Tx, id: string): Promise<DocumentRow> {
  const [first, last] = countiesOf(tx.actor.scope ?? { lo: 0, hi: 1 });
  const found = await tx.first(sql<DocumentRow>`
    select id, county, area, category, subject, kind, item_group, title, taken_on, media_type, size, pages, files,
           series, version, uploaded_at, retired_at
      from document where county between ${first} and ${last} and id = ${id}::uuid`);
  if (!found) throw new Problem('not-found');
  return found;
}

/** Where a record lies. @throws Problem not-found */
export async function placeOf(
  tx: Tx,
  shape: CategoryShape,
  id: string,
): Promise<{ county: number; area: number }> {
  const [first, last] = countiesOf(tx.actor.scope ?? { lo: 0, hi: 1 });
  const found = await tx.first(sql<{ county: number; area: number }>`
    select county, area from ${sql.table(shape.key)}
     where county between ${first} and ${last} and id = ${id}::uuid`);
  if (!found) throw new Problem('not-found');
  return found;
}
