import type { Actor, Database } from '../../../server/database/actor.ts';
import { Problem } from '../../../server/errors.ts';
import { FileDamaged, FileMissing, type Files } from '../../../server/files/files.ts';
import { bundle } from '../../../server/renditions/bundle.ts';
import { watermarked } from '../../../server/renditions/watermark.ts';
import { record } from '../../audit/queries.ts';
import type { Session } from '../../identity/sessions.ts';
import type { Dictionary } from '../dictionary.ts';
import { requirePurpose } from '../file.ts';
import { marksFor } from '../watermark.ts';
import { type DocumentRow, documentOf } from './queries.ts';
import { isSealed, mayDownload } from './rights.ts';
import { keyOf } from './store.ts';

/** What showing a document needs. */
export interface Showing {
  database: Database;
  dictionary: Dictionary;
  files: Files;
}

/** Who looks, at what, and why. */
export interface Look {
  actor: Actor;
  session: Session;
  id: string;
  purpose: string | undefined;
}

/**
 * A page with the watermark of whoever looks. The look is on record before the page is drawn.
 * @returns JPEG
 * @throws Problem not-found, purpose-required, invalid, file-damaged
 */
export async function showPage(showing: Showing, look: Look, page: number): Promise<Buffer> {
  const document = await admitted(showing, look, 'view_document', page);
  return pageWithMark(showing, look, document, page);
}

/**
 * A copy to take out: a PDF of the pages as pictures, each with the watermark; what was uploaded never leaves.
 * @throws Problem forbidden for those who do not keep the group; as `showPage`
 */
export async function takeCopy(
  showing: Showing,
  look: Look,
): Promise<{ pdf: Buffer; name: string }> {
  const document = await admitted(showing, look, 'download_document');
  const pages = [];
  for (const [at, [width, height]] of document.pages.entries())
    pages.push({ jpeg: await pageWithMark(showing, look, document, at + 1), width, height });
  const kind = showing.dictionary.documents.find(({ key }) => key === document.kind);
  const name = kind?.label.zh ?? document.kind;
  return { pdf: await bundle(pages, name, look.actor.now), name };
}

/** A small picture for lists; only where the group is open. @throws Problem purpose-required, not-found */
export async function showThumbnail(showing: Showing, look: Look): Promise<Buffer> {
  const document = await showing.database.withActor(look.actor, (tx) => documentOf(tx, look.id));
  return stored(showing.files, keyOf(document.files, 'thumbnail'));
}

/** The document, when the acting post may see it; the look goes on record in the same transaction. */
function admitted(
  { database, dictionary }: Showing,
  { actor, id, purpose }: Look,
  action: 'view_document' | 'download_document',
  page?: number,
): Promise<DocumentRow> {
  if (purpose !== undefined) requirePurpose(dictionary, purpose);
  return database.withActor(
    actor,
    async (tx) => {
      const document = await documentOf(tx, id);
      if (isSealed(actor, document.item_group)) requirePurpose(dictionary, purpose);
      if (action === 'download_document' && !mayDownload(actor, document.item_group))
        throw new Problem('forbidden');
      if (page !== undefined && page > document.pages.length) throw new Problem('not-found');
      await record(tx, {
        action,
        category: document.category,
        subject: document.subject,
        item: document.kind,
        area: document.area,
        purpose,
        detail: page === undefined ? `v${document.version}` : `v${document.version} p${page}`,
      });
      return document;
    },
    { subjects: [id] },
  );
}

async function pageWithMark(
  { files, dictionary }: Showing,
  look: Look,
  document: DocumentRow,
  page: number,
): Promise<Buffer> {
  const [width, height] = document.pages[page - 1] ?? [0, 0];
  const jpeg = await stored(files, keyOf(document.files, page));
  return watermarked(jpeg, { width, height }, marksFor(look, dictionary));
}

/** @throws Problem file-damaged */
async function stored(files: Files, key: string): Promise<Buffer> {
  try {
    return await files.read(key);
  } catch (error) {
    if (error instanceof FileMissing || error instanceof FileDamaged) {
      console.error(`documents: ${error.message}`);
      throw new Problem('file-damaged');
    }
    throw error;
  }
}
