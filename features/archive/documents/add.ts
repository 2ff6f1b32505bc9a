import type { Tx } from '../../../server/database/actor.ts';
import { sql } from '../../../server/database/sql.ts';
import { type FieldError, Problem } from '../../../server/errors.ts';
import { newId } from '../../../server/ids.ts';
import { record } from '../../audit/queries.ts';
import type { CategoryShape } from '../categories.ts';
import type { DocumentKind } from '../dictionary.ts';
import type { DocumentAdded } from './contract.ts';
import { documentOf, placeOf } from './queries.ts';
import type { Received } from './receive.ts';

/**
 * Makes what was received a document of the record, or the next version of one. The transaction must have been
 * opened with the record as its subject.
 * @throws Problem not-found, invalid, conflict
 */
export async function addDocument(
  tx: Tx,
  shape: CategoryShape,
  subject: string,
  received: Received,
): Promise<DocumentAdded> {
  const { form, kind } = received;
  if (form.takenOn !== undefined && form.takenOn > tx.actor.day) throw inFuture();
  const place = await placeOf(tx, shape, subject);
  const id = form.id ?? newId(tx.actor.now.getTime());
  const before =
    form.replaces === undefined ? undefined : await replaced(tx, form.replaces, subject, kind);
  const series = before?.series ?? id;
  const version = (before?.version ?? 0) + 1;
  await inserting(
    kind,
    tx.count(sql`insert into document (county, id, area, category, subject, kind, item_group, title, taken_on, media_type,
        size, sha256, pages, files, series, version, single, uploaded_at, uploaded_by, post)
      values (${place.county}, ${id}, ${place.area}, ${shape.key}, ${subject}, ${kind.key}, ${kind.group}, ${form.title ?? null},
        ${form.takenOn ?? null}, ${received.type}, ${received.original.size}, ${received.original.sha256},
        ${JSON.stringify(received.pages)}, ${received.files}, ${series}, ${version}, ${!kind.many}, ${tx.actor.now},
        ${tx.actor.account}, ${tx.actor.post?.id ?? null})`),
  );
  await record(tx, {
    action: 'add_document',
    category: shape.key,
    subject,
    item: kind.key,
    area: place.area,
    detail: `v${version}`,
  });
  return { id, series, version };
}

/** The version in force that a new one takes the place of. */
async function replaced(tx: Tx, id: string, subject: string, kind: DocumentKind) {
  const before = await documentOf(tx, id);
  if (before.subject !== subject || before.kind !== kind.key) throw new Problem('not-found');
  if (before.retired_at !== null)
    throw new Problem('conflict', {
      detail: {
        zh: '这份资料已停用，请作为新资料上传',
        en: 'This document is out of use; upload a new one',
      },
    });
  return before;
}

/** What the unique keys of the table refuse, in words. */
async function inserting(kind: DocumentKind, insert: Promise<unknown>): Promise<void> {
  try {
    await insert;
  } catch (error) {
    const { code, constraint } = error as { code?: string; constraint?: string };
    if (code !== '23505') throw error;
    if (constraint === 'document_single')
      throw new Problem('conflict', {
        detail: {
          zh: `已有“${kind.label.zh}”，请在原来那份上“更换”`,
          en: `There is one already (${kind.label.en}); replace that one`,
        },
      });
    if (constraint === 'document_county_series_version_key')
      throw new Problem('conflict', {
        detail: {
          zh: '其他人刚刚更换过这份资料，请核对后再上传',
          en: 'Someone else has replaced this document meanwhile; look at it first',
        },
      });
    throw error;
  }
}

function inFuture(): Problem {
  const error: FieldError = {
    field: 'takenOn',
    code: 'future',
    message: { zh: '资料日期：不能晚于今天', en: 'takenOn: not after today' },
  };
  return new Problem('invalid', { errors: [error] });
}
