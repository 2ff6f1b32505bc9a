import { UnreadableWorkbook } from './unreadable.ts';
import { attribute, tags } from './xml.ts';

/** A file of the archive as text, or undefined when there is none. */
export type Texts = (name: string) => string | undefined;

/**
 * XML without prefixes, which some programs write before every name. No document type is allowed, so that no
 * entity can be declared: neither outside files nor words that multiply.
 * @throws UnreadableWorkbook
 */
export function plainXml(content: string): string {
  if (/<!(?:DOCTYPE|ENTITY)/i.test(content)) throw new UnreadableWorkbook('entities');
  return prefixOf(content) === '' ? content : content.replace(/<(\/?)\w+:/g, '<$1');
}

/** The prefix of every name, as `x:`, or nothing. */
export const prefixOf = (content: string): string =>
  /<(\w+:)(?:worksheet|workbook|sst|Relationships)\b/.exec(content.slice(0, 2000))?.[1] ?? '';

/** The path of the first sheet that is shown, by way of the book's relations. */
export function firstSheet(text: Texts): string {
  const shown = tags(text('xl/workbook.xml'), 'sheet').find(
    (tag) => !/hidden/i.test(attribute(tag, 'state') ?? ''),
  );
  const id = attribute(shown ?? '', '(?:\\w+:)?id');
  const relation = tags(text('xl/_rels/workbook.xml.rels'), 'Relationship').find(
    (tag) => attribute(tag, 'Id') === id,
  );
  const target = attribute(relation ?? '', 'Target');
  if (target === undefined) throw new UnreadableWorkbook('damaged');
  return target.startsWith('/') ? target.slice(1) : `xl/${target}`;
}

/** Whether days are counted from 1904, as Excel for the Mac did. */
export const countsFrom1904 = (workbook: string | undefined): boolean =>
  tags(workbook, 'workbookPr').some((tag) => /^(1|true)$/.test(attribute(tag, 'date1904') ?? ''));
