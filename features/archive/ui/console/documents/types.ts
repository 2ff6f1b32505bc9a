import type { Static } from 'typebox';
import type {
  DocumentAdded,
  DocumentView,
  DocumentList as List,
} from '../../../documents/contract.ts';

export type Document = Static<typeof DocumentView>;
export type DocumentList = Static<typeof List>;
export type Added = Static<typeof DocumentAdded>;

/** What is being uploaded: of which kind, and in place of what. */
export interface Uploading {
  kind?: string;
  replaces?: Document;
}

/** A document with its versions, the newest first. */
export interface Series {
  newest: Document;
  versions: Document[];
}

/** Puts the versions of each document together. */
export function seriesOf(items: readonly Document[]): Series[] {
  const bySeries = Map.groupBy(items, ({ series }) => series);
  return [...bySeries.values()].map((group) => {
    const versions = group.toSorted((a, b) => b.version - a.version);
    return { newest: versions[0] as Document, versions };
  });
}
