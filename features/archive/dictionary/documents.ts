import { keysOf } from './items.ts';
import { refuseOpinions } from './opinions.ts';
import type { Entry } from './pack-file.ts';
import { type DocumentKind, documentCategories, groupsOf, type Retention } from './types.ts';

/** Megabytes that any kind may allow: what is longer is a scan at needless resolution. */
export const mostMegabytes = 20;

/** An entry of documents.yaml. */
export function readDocument(entry: Entry, retention: readonly Retention[]): DocumentKind {
  entry.only(
    'key',
    'label',
    'category',
    'group',
    'accept',
    'most_mb',
    'retention',
    'many',
    'wanted',
  );
  const key = entry.key();
  const label = entry.label('label');
  refuseOpinions(entry, key, label);
  const category = entry.oneOf('category', documentCategories);
  const mostMb = entry.integer('most_mb', 1);
  if (mostMb > mostMegabytes)
    entry.fault('most_mb', `最多 ${mostMegabytes}`, `${mostMegabytes} at most`);
  return {
    key,
    label,
    category,
    group: entry.oneOf('group', groupsOf(category)),
    accept: entry.several('accept', ['image', 'pdf']),
    mostMb,
    retention: entry.oneOf('retention', [...keysOf(retention)]),
    many: entry.flag('many'),
    wanted: entry.flag('wanted'),
  };
}
