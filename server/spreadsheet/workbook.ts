import { type Entry, zipped } from './archive.ts';

/**
 * What a cell holds: a text, a number, a day. A text is always a text, whatever it begins with: there is
 * no way to write a formula with this module.
 */
export type Cell = string | number | null | { day: string };

export interface Column {
  title: string;
  /** Width in characters; a Chinese one counts as two. */
  width: number;
  /** Its key, or what the reader needs: not shown. */
  hidden?: boolean;
  /** May be changed where the sheet is locked. */
  open?: boolean;
  /** The words a cell may hold, in the sheet `lists`. */
  choice?: readonly string[];
}

export interface Sheet {
  name: string;
  columns: readonly Column[];
  rows: Iterable<readonly Cell[]> | AsyncIterable<readonly Cell[]>;
  /** A faint line above the headings, of the one who took it out. */
  mark?: string;
  /** A row of headings, frozen and with filters; left out for a sheet of plain lines. */
  headed: boolean;
  /** Locks all cells but those of open columns, without a password: against slips, not against intent. */
  locked?: boolean;
  /** Stands in head and foot of every printed page. */
  printed?: { head: string; foot: string };
}

const styles = { plain: 0, heading: 1, mark: 2, day: 3, wrapped: 4, open: 5, openDay: 6 } as const;
const listsSheet = 'lists';
/** A choice that is longer than Excel shows in one list is worth typing. */
const rowsOfChoice = 1_048_576;

/** Writes an .xlsx (ECMA-376, strict use of inline texts) as a stream: constant memory, whatever the rows. */
export function workbook(sheets: readonly Sheet[], title: string): AsyncGenerator<Buffer> {
  const choices = sheets.flatMap(({ columns }) => columns.flatMap(({ choice }) => choice ?? []));
  const all = choices.length > 0 ? [...sheets, listsOf(sheets)] : [...sheets];
  return zipped(entriesOf(all, title));
}

function* entriesOf(sheets: readonly Sheet[], title: string): Generator<Entry> {
  yield { name: '[Content_Types].xml', content: [contentTypes(sheets.length)] };
  yield { name: '_rels/.rels', content: [rootRelations] };
  yield { name: 'docProps/core.xml', content: [coreOf(title)] };
  yield { name: 'xl/workbook.xml', content: [bookOf(sheets)] };
  yield { name: 'xl/_rels/workbook.xml.rels', content: [bookRelations(sheets.length)] };
  yield { name: 'xl/styles.xml', content: [stylesXml] };
  for (const [at, sheet] of sheets.entries())
    yield { name: `xl/worksheets/sheet${at + 1}.xml`, content: sheetXml(sheet, sheets) };
}

async function* sheetXml(sheet: Sheet, sheets: readonly Sheet[]): AsyncGenerator<string> {
  const { columns, headed, mark } = sheet;
  const first = mark === undefined ? 1 : 2;
  yield `${declaration}<worksheet xmlns="${main}"><sheetPr>${headed ? '<pageSetUpPr fitToPage="1"/>' : ''}</sheetPr>${viewOf(headed ? first : 0)}<sheetFormatPr defaultRowHeight="16"/>${widthsOf(columns)}<sheetData>`;
  let at = 1;
  if (mark !== undefined)
    yield rowXml(at++, [cellXml('A1', mark, styles.mark)], ' ht="14" customHeight="1"');
  if (headed) {
    const names = columns.map(({ title }, c) =>
      cellXml(`${letters(c)}${at}`, title, styles.heading),
    );
    yield rowXml(at++, names, ' ht="20" customHeight="1"');
  }
  for await (const row of sheet.rows) yield dataRow(at++, row, sheet);
  yield '</sheetData>';
  if (sheet.locked)
    yield '<sheetProtection sheet="1" objects="1" scenarios="1" formatCells="0" formatColumns="0" formatRows="0" sort="0" autoFilter="0"/>';
  if (headed)
    yield `<autoFilter ref="A${first}:${letters(columns.length - 1)}${Math.max(first, at - 1)}"/>`;
  yield validations(sheet, sheets, first + 1);
  yield '<pageMargins left="0.4" right="0.4" top="0.7" bottom="0.6" header="0.3" footer="0.3"/>';
  if (headed)
    yield '<pageSetup paperSize="9" orientation="landscape" fitToWidth="1" fitToHeight="0"/>';
  if (sheet.printed) yield printedXml(sheet.printed);
  yield '</worksheet>';
}

function dataRow(at: number, row: readonly Cell[], { columns, headed, locked }: Sheet): string {
  const cells = row.map((cell, c) => {
    const open = locked === true && columns[c]?.open === true;
    if (cell === null) return open ? `<c r="${letters(c)}${at}" s="${styles.open}"/>` : '';
    // Before March 1900 the programs count days each in its own way: such a day is written as a text.
    if (typeof cell === 'object' && cell.day < firstCounted)
      return cellXml(
        `${letters(c)}${at}`,
        cell.day,
        open ? styles.open : headed ? styles.plain : styles.wrapped,
      );
    if (typeof cell === 'object')
      return `<c r="${letters(c)}${at}" s="${open ? styles.openDay : styles.day}"><v>${serialOf(cell.day)}</v></c>`;
    return cellXml(
      `${letters(c)}${at}`,
      cell,
      open ? styles.open : headed ? styles.plain : styles.wrapped,
    );
  });
  return rowXml(at, cells, '');
}

const rowXml = (at: number, cells: readonly string[], more: string): string =>
  `<row r="${at}"${more}>${cells.join('')}</row>`;

function cellXml(place: string, value: string | number, style: number): string {
  if (typeof value === 'number') return `<c r="${place}" s="${style}"><v>${value}</v></c>`;
  return `<c r="${place}" s="${style}" t="inlineStr"><is><t xml:space="preserve">${escaped(value)}</t></is></c>`;
}

/** Excel cuts at 32,767 characters; control characters have no place in XML at all. */
const longest = 32_000;
const unwritable = /[^\P{Cc}\t\n\r]|[\ufffe\uffff]|\p{Cs}/gu;
const special: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** A text for XML: `_x0041_` is how Excel writes a character by its number, so that is escaped as well. */
export function escaped(text: string): string {
  const cut = text.length > longest ? text.slice(0, longest) : text;
  return cut
    .replace(unwritable, '')
    .replace(/_(?=x[0-9A-Fa-f]{4}_)/g, '_x005F_')
    .replace(/[&<>"]/g, (sign) => special[sign] ?? '');
}

const names: string[] = [];

/** A, B, … Z, AA: the name of a column, from 0. */
export function letters(at: number): string {
  let name = names[at];
  if (name === undefined) {
    name = (at >= 26 ? letters(Math.floor(at / 26) - 1) : '') + String.fromCharCode(65 + (at % 26));
    names[at] = name;
  }
  return name;
}

const epoch = Date.UTC(1899, 11, 30);

/** The first day of which every program for sheets has the same count. */
const firstCounted = '1900-03-01';

/** A day from March 1900 on as Excel counts it; 1 March 1900 is 61. */
export function serialOf(day: string): number {
  return Math.round((Date.parse(`${day}T00:00:00Z`) - epoch) / 86_400_000);
}

/**
 * The day of Excel's count, or null for what is none. Excel takes 1900 for a leap year: 59 is 28 February, 60 the day
 * that never was, and before it each day counts one less than from March on.
 */
export function dayOfSerial(serial: number): string | null {
  const day = Math.floor(serial);
  if (!Number.isFinite(serial) || day < 1 || day === 60 || day > 2_958_465) return null;
  return new Date(epoch + (day < 60 ? day + 1 : day) * 86_400_000).toISOString().slice(0, 10);
}

function viewOf(frozen: number): string {
  if (frozen === 0) return '<sheetViews><sheetView workbookViewId="0"/></sheetViews>';
  return `<sheetViews><sheetView workbookViewId="0"><pane ySplit="${frozen}" topLeftCell="A${frozen + 1}" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>`;
}

function widthsOf(columns: readonly Column[]): string {
  const lines = columns.map(
    ({ width, hidden, open }, at) =>
      `<col min="${at + 1}" max="${at + 1}" width="${width}" customWidth="1"${open ? ` style="${styles.open}"` : ''}${hidden ? ' hidden="1"' : ''}/>`,
  );
  return `<cols>${lines.join('')}</cols>`;
}

/** Lists of words to choose from, one column for each column of a sheet that has one. */
function listsOf(sheets: readonly Sheet[]): Sheet {
  const lists = choicesOf(sheets);
  const length = Math.max(...lists.map((list) => list.length));
  return {
    name: listsSheet,
    headed: false,
    columns: lists.map(() => ({ title: '', width: 20, hidden: true })),
    rows: Array.from({ length }, (_, at) => lists.map((list) => list[at] ?? null)),
  };
}

function choicesOf(sheets: readonly Sheet[]): (readonly string[])[] {
  return sheets.flatMap(({ columns }) => columns.flatMap(({ choice }) => (choice ? [choice] : [])));
}

function validations(sheet: Sheet, sheets: readonly Sheet[], from: number): string {
  const lists = choicesOf(sheets.filter(({ name }) => name !== listsSheet));
  const lines = sheet.columns.flatMap(({ choice }, at) => {
    if (!choice) return [];
    const list = letters(lists.indexOf(choice));
    const column = letters(at);
    return [
      `<dataValidation type="list" allowBlank="1" showErrorMessage="1" sqref="${column}${from}:${column}${rowsOfChoice}"><formula1>${listsSheet}!$${list}$1:$${list}$${choice.length}</formula1></dataValidation>`,
    ];
  });
  if (lines.length === 0) return '';
  return `<dataValidations count="${lines.length}">${lines.join('')}</dataValidations>`;
}

/** `&` begins a command in heads and feet, and a head holds 255 characters. */
const printedText = (text: string): string => escaped(text.slice(0, 200).replaceAll('&', '&&'));
const printedXml = ({ head, foot }: { head: string; foot: string }): string =>
  `<headerFooter><oddHeader>&amp;L${printedText(head)}</oddHeader><oddFooter>&amp;L${printedText(foot)}&amp;R&amp;P / &amp;N</oddFooter></headerFooter>`;

const declaration = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const relations = 'http://schemas.openxmlformats.org/package/2006/relationships';
const numbered = (count: number, line: (at: number) => string): string =>
  Array.from({ length: count }, (_, at) => line(at + 1)).join('');

const contentTypes = (sheets: number): string =>
  `${declaration}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/>${numbered(sheets, (at) => `<Override PartName="/xl/worksheets/sheet${at}.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>`)}</Types>`;

const rootRelations = `${declaration}<Relationships xmlns="${relations}"><Relationship Id="rId1" Type="${office}/officeDocument" Target="xl/workbook.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/></Relationships>`;

const coreOf = (title: string): string =>
  `${declaration}<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>${escaped(title)}</dc:title><dc:creator>民情</dc:creator></cp:coreProperties>`;

const bookOf = (sheets: readonly Sheet[]): string =>
  `${declaration}<workbook xmlns="${main}" xmlns:r="${office}"><sheets>${sheets
    .map(
      ({ name }, at) =>
        `<sheet name="${escaped(name)}" sheetId="${at + 1}"${name === listsSheet ? ' state="veryHidden"' : ''} r:id="rId${at + 1}"/>`,
    )
    .join('')}</sheets>${titlesOf(sheets)}</workbook>`;

/** Headings come again on every printed page; the filter's range is a name of its own in WPS. */
function titlesOf(sheets: readonly Sheet[]): string {
  const lines = sheets.flatMap(({ name, headed, mark }, at) => {
    const row = mark === undefined ? 1 : 2;
    return headed
      ? [
          `<definedName name="_xlnm.Print_Titles" localSheetId="${at}">'${escaped(name)}'!$${row}:$${row}</definedName>`,
        ]
      : [];
  });
  return lines.length > 0 ? `<definedNames>${lines.join('')}</definedNames>` : '';
}

const bookRelations = (sheets: number): string =>
  `${declaration}<Relationships xmlns="${relations}">${numbered(sheets, (at) => `<Relationship Id="rId${at}" Type="${office}/worksheet" Target="worksheets/sheet${at}.xml"/>`)}<Relationship Id="rId${sheets + 1}" Type="${office}/styles" Target="styles.xml"/></Relationships>`;

const font = (more: string, size = 11): string =>
  `<font>${more}<sz val="${size}"/><name val="等线"/><family val="2"/></font>`;
const coloured = (color: string): string => `<color rgb="FF${color}"/>`;
const filled = (color: string): string =>
  `<fill><patternFill patternType="solid"><fgColor rgb="FF${color}"/></patternFill></fill>`;
/** Number format 49 is text: what is typed there stays as it was typed. 14 would follow the reader's country. */
const dayFormat = 164;
const asText = 49;
const xf = (format: number, fontAt: number, fill: number, more = ''): string =>
  `<xf numFmtId="${format}" fontId="${fontAt}" fillId="${fill}" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1" applyFill="1" applyAlignment="1" applyProtection="1">${more}</xf>`;
const open = '<protection locked="0"/>';

const stylesXml = `${declaration}<styleSheet xmlns="${main}"><numFmts count="1"><numFmt numFmtId="${dayFormat}" formatCode="yyyy\\-mm\\-dd"/></numFmts><fonts count="3">${font('')}${font(`<b/>${coloured('1F4E46')}`)}${font(coloured('9AA5A1'), 9)}</fonts><fills count="4"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>${filled('E6F0ED')}${filled('FFFBE6')}</fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="7">${[
  xf(asText, 0, 0),
  xf(asText, 1, 2, '<alignment vertical="center"/>'),
  xf(asText, 2, 0),
  xf(dayFormat, 0, 0, '<alignment horizontal="left"/>'),
  xf(asText, 0, 0, '<alignment vertical="top" wrapText="1"/>'),
  xf(asText, 0, 3, open),
  xf(dayFormat, 0, 3, `<alignment horizontal="left"/>${open}`),
].join(
  '',
)}</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`;
