import { readdirSync } from 'node:fs';
import path from 'node:path';
import { tagRules } from '../rules/tag-rules.ts';
import { refuseOpinions } from './opinions.ts';
import { type Entry, type PackFile, unique } from './pack-file.ts';
import type { Code, CodeTable, Purpose, Retention, SourceEntry, Tag } from './types.ts';

/** The code tables of codes/, by name. */
export function readCodes(
  folder: string,
  open: (file: string) => PackFile,
): Record<string, CodeTable> {
  const tables: Record<string, CodeTable> = Object.create(null);
  const files = listFolder(path.join(folder, 'codes')).filter((file) => file.endsWith('.yaml'));
  for (const file of files.sort()) {
    const top = open(`codes/${file}`).top();
    if (!top) continue;
    const table = readTable(top);
    if (table.name !== path.basename(file, '.yaml')) {
      top.fault('name', '名称应与文件名一致', 'The name must be that of the file');
    }
    tables[table.name] = table;
  }
  return tables;
}

/** One code table. */
export function readTable(top: Entry): CodeTable {
  top.only('name', 'standard', 'label', 'codes');
  return {
    name: top.key('name'),
    standard: top.text('standard'),
    label: top.label('label'),
    codes: unique(top.entries('codes'), 'code', readCode),
  };
}

function readCode(entry: Entry): Code {
  entry.only('code', 'zh', 'en', 'retired');
  const code: Code = { code: entry.text('code'), zh: entry.text('zh'), en: entry.text('en') };
  if (entry.flag('retired')) code.retired = true;
  return code;
}

function listFolder(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // without tables every `codes:` is a fault that says so
  }
}

/** An entry of sources.yaml. */
export function readSource(entry: Entry): SourceEntry {
  entry.only('key', 'label', 'rank');
  return { key: entry.key(), label: entry.label('label'), rank: entry.integer('rank') };
}

/** An entry of purposes.yaml. */
export function readPurpose(entry: Entry): Purpose {
  entry.only('key', 'label');
  return { key: entry.key(), label: entry.label('label') };
}

/** An entry of retention.yaml. */
export function readRetention(entry: Entry): Retention {
  entry.only('key', 'label', 'from', 'years');
  return {
    key: entry.key(),
    label: entry.label('label'),
    from: entry.oneOf('from', ['left', 'closed', 'ended']),
    years: entry.integer('years'),
  };
}

/** An entry of tags.yaml; its rule must be one of rules/tag-rules.ts. */
export function readTag(entry: Entry): Tag {
  entry.only('key', 'label', 'color', 'scope', 'rule', 'lifts');
  const key = entry.key();
  const label = entry.label('label');
  refuseOpinions(entry, key, label);
  return {
    key,
    label,
    color: entry.text('color'),
    scope: entry.oneOf('scope', ['resident', 'household']),
    rule: entry.oneOf('rule', Object.keys(tagRules)),
    lifts: entry.flag('lifts'),
  };
}
