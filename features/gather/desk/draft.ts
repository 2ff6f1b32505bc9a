import type { Text } from '../../../server/errors.ts';
import type { DictionaryFault } from '../../archive/dictionary.ts';
import type { Draft, DraftColumn } from '../contract.ts';

/** What is wrong with a draft: at a column, or at a field of the whole. */
export interface FaultOfDraft {
  column: string | null;
  field: string | null;
  message: Text;
}

/** The text of the whole stands before the columns, a field a line; then each column has a line of its own. */
const linesBefore = 10;

/**
 * A draft as the files of packs/gather are written, as JSON, which YAML is too: so it is checked by the same rules.
 * What is neither key nor item says that it was left out on purpose.
 */
export function draftText(draft: Draft, key: string, source: string): string {
  const { label, subject, person, format, asOf, sameRecord, states = {} } = draft;
  const { titleRows, kind, encoding, separator } = format;
  const fields: Record<string, unknown> = {
    key,
    label: { zh: label, en: label },
    source,
    subject,
    person,
    format: {
      kind,
      ...(kind === 'xlsx' ? {} : { encoding }),
      ...(kind === 'csv' ? { separator } : {}),
      title_rows: titleRows,
    },
    as_of: asOf.from === 'column' ? { column: asOf.column } : { from: asOf.from },
    same_record: sameRecord,
  };
  const top = Object.entries(fields).map(([name, value]) => `"${name}": ${JSON.stringify(value)},`);
  const stated = `"states": ${JSON.stringify(states)},"columns": [`;
  const columns = draft.columns.map((column) => JSON.stringify(columnText(column, draft)));
  return ['{', ...top, stated, columns.join(',\n'), ']}'].join('\n');
}

function columnText(column: DraftColumn, { asOf }: Draft): object {
  const { key, items, headItems = [], cleaner, codes = {}, bySex = {}, optional } = column;
  const isAsOf = asOf.from === 'column' && asOf.column === column.column;
  const isUsed = key !== undefined || items.length + headItems.length > 0 || isAsOf;
  return {
    column: column.column,
    ...(key === undefined ? {} : { key }),
    ...(items.length > 0 ? { items } : {}),
    ...(headItems.length > 0 ? { head_items: headItems } : {}),
    ...(cleaner === undefined || items.length + headItems.length + Number(!!key) === 0
      ? {}
      : { cleaner }),
    ...(Object.keys(codes).length > 0 ? { codes } : {}),
    ...(Object.keys(bySex).length > 0 ? { by_sex: bySex } : {}),
    ...(isUsed ? {} : { unused: leftOut }),
    // A column that nothing is made of may also be missing.
    ...(optional || !isUsed ? { optional: true } : {}),
  };
}

const leftOut: Text = {
  zh: '建立方案时选择不采用',
  en: 'Left out when the profile was made',
};

/** The faults of a draft's text, at the columns they are about. */
export function faultsAt(
  faults: readonly DictionaryFault[],
  draft: Pick<Draft, 'columns'>,
): FaultOfDraft[] {
  const told = faults.map(({ line, message }) => {
    const column = draft.columns[line - linesBefore - 1]?.column ?? columnIn(message, draft);
    const field = /^[a-z_]+(?=：)/.exec(message.zh)?.[0] ?? null;
    return { column, field, message: withoutField(message) };
  });
  // What is wrong with a column often makes the whole wrong too: the first word on it is enough.
  return told.filter(
    ({ column }, at) => column === null || told.findIndex((one) => one.column === column) === at,
  );
}

/** The column that a fault of the whole names. */
const columnIn = ({ zh }: Text, { columns }: Pick<Draft, 'columns'>): string | null =>
  columns.find(({ column }) => zh.includes(`列“${column}”`))?.column ?? null;

/** The field is said by where the fault is shown. */
const withoutField = ({ zh, en }: Text): Text => ({
  zh: zh.replace(/^[a-z_]+：/, ''),
  en: en.replace(/^[a-z_]+: /, ''),
});
