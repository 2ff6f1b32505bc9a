import PDFDocument from 'pdfkit';
import { typefaceFile } from '../typeface/typeface.ts';
import { tileOf } from './watermark.ts';

/** What a paper is, and what stands on each of its pages. */
export interface Head {
  title: string;
  /** Smaller, under the title: of whom, where. */
  subtitle: string;
  /** File number and the like: the first over the whole width, the others beside each other. */
  facts: readonly Pair[];
  /** Lines of the watermark. */
  marks: readonly string[];
  /** How to verify it, at the foot. */
  foot: string;
  /** `第 1 页，共 3 页`. */
  pages: (page: number, of: number) => string;
  at: Date;
}

export interface Pair {
  label: string;
  value: string;
  /** Source and day, small. */
  note?: string;
}

export interface Heading {
  title: string;
  /** Share of the width. */
  width: number;
  right?: boolean;
}

/** A4 in points, with room for holes on the left. */
const page = { width: 595.28, height: 841.89, left: 56, right: 44, top: 52, bottom: 62 };
const inner = page.width - page.left - page.right;
const bottom = page.height - page.bottom;
const color = {
  text: '#1b2724',
  quiet: '#5d6b67',
  line: '#c9d3cf',
  head: '#e6f0ed',
  mark: '#1f4e46',
};
const size = { title: 19, section: 12, text: 9.5, small: 7.5 };
const pad = { x: 5, y: 4 };

/** A paper of text and tables under construction. Its fonts come along, a subset of each embedded. */
export class Paper {
  readonly #document: PDFKit.PDFDocument;
  readonly #head: Head;

  /** Begins with the title and the facts of the head. */
  constructor(head: Head) {
    this.#head = head;
    this.#document = new PDFDocument({
      size: 'A4',
      margins: { top: page.top, bottom: 0, left: page.left, right: page.right },
      bufferPages: true,
      lang: 'zh-CN',
      info: { Title: head.title, Producer: 'Minqing', Creator: 'Minqing', CreationDate: head.at },
    });
    this.#document.registerFont('text', typefaceFile());
    this.#document.registerFont('bold', typefaceFile('bold'));
    this.#begin();
  }

  #begin(): void {
    const { title, subtitle, facts } = this.#head;
    this.#font('bold', size.title, color.text);
    this.#document.text(title, page.left, page.top, { width: inner, align: 'center' });
    this.#font('text', size.text + 1, color.quiet);
    this.#document.text(subtitle, { width: inner, align: 'center' });
    this.#document.y += 8;
    this.#rule(color.mark, 1.2);
    this.#document.y += 6;
    this.pairs(facts.slice(0, 1), 1, 56);
    this.pairs(facts.slice(1), 3, 56);
  }

  /** A heading; never alone at the end of a page. */
  section(title: string): void {
    this.#room(64);
    this.#document.y += 10;
    const { y } = this.#document;
    this.#document.rect(page.left, y + 2, 3, 13).fill(color.mark);
    this.#font('bold', size.section, color.text);
    this.#document.text(title, page.left + 10, y, { width: inner - 10 });
    this.#document.y += 4;
  }

  /** Labels with values, in columns; a value with its source and day under it. */
  pairs(pairs: readonly Pair[], columns = 2, labels = labelWidth): void {
    const width = inner / columns;
    for (let at = 0; at < pairs.length; at += columns) {
      const line = pairs.slice(at, at + columns);
      const heights = line.map((pair) => this.#pairHeight(pair, width - labels));
      const height = Math.max(...heights) + 5;
      this.#room(height);
      const { y } = this.#document;
      for (const [column, pair] of line.entries())
        this.#pair(pair, page.left + column * width, y, { width, labels });
      this.#document.y = y + height;
    }
  }

  #pairHeight({ value, note }: Pair, width: number): number {
    const room = width - pad.x;
    this.#font('text', size.text, color.text);
    const own = this.#document.heightOfString(value || '—', { width: room });
    if (note === undefined) return own;
    this.#font('text', size.small, color.quiet);
    return own + this.#document.heightOfString(note, { width: room });
  }

  #pair(
    { label, value, note }: Pair,
    x: number,
    y: number,
    { width, labels }: { width: number; labels: number },
  ): void {
    this.#font('text', size.text, color.quiet);
    this.#document.text(label, x, y, { width: labels - 4 });
    this.#font('text', size.text, color.text);
    const room = { width: width - labels - pad.x };
    this.#document.text(value || '—', x + labels, y, room);
    if (note === undefined) return;
    this.#font('text', size.small, color.quiet);
    this.#document.text(note, x + labels, this.#document.y, room);
  }

  /** A table; its headings come again on every page. */
  table(headings: readonly Heading[], rows: readonly (readonly string[])[]): void {
    const all = headings.reduce((sum, { width }) => sum + width, 0);
    const widths = headings.map(({ width }) => (width / all) * inner);
    this.#room(50);
    const titles = headings.map(({ title }) => title);
    this.#row(headings, widths, titles, true);
    for (const row of rows) {
      const height = this.#rowHeight(widths, row, 'text');
      if (this.#document.y + height > bottom) {
        this.#newPage();
        this.#row(headings, widths, titles, true);
      }
      this.#row(headings, widths, row, false);
    }
    this.#document.y += 4;
  }

  #rowHeight(widths: readonly number[], row: readonly string[], font: 'text' | 'bold'): number {
    this.#font(font, size.text, color.text);
    const heights = row.map((cell, at) =>
      this.#document.heightOfString(cell || ' ', { width: (widths[at] ?? 0) - 2 * pad.x }),
    );
    return Math.max(...heights) + 2 * pad.y;
  }

  #row(
    headings: readonly Heading[],
    widths: readonly number[],
    row: readonly string[],
    isHead: boolean,
  ): void {
    const font = isHead ? 'bold' : 'text';
    const height = this.#rowHeight(widths, row, font);
    const { y } = this.#document;
    if (isHead) this.#document.rect(page.left, y, inner, height).fill(color.head);
    let x = page.left;
    this.#font(font, size.text, color.text);
    for (const [at, cell] of row.entries()) {
      const width = (widths[at] ?? 0) - 2 * pad.x;
      const align = headings[at]?.right ? 'right' : 'left';
      if (cell) this.#document.text(cell, x + pad.x, y + pad.y, { width, align });
      x += widths[at] ?? 0;
    }
    this.#document.y = y + height;
    this.#rule(color.line, 0.6);
  }

  /** A line of words. */
  note(text: string): void {
    this.#font('text', size.text, color.quiet);
    this.#room(this.#document.heightOfString(text, { width: inner }));
    this.#document.text(text, page.left, this.#document.y, { width: inner });
    this.#document.y += 4;
  }

  /** Puts watermark and foot on every page and closes the paper. */
  async finish(): Promise<Buffer> {
    const { start, count } = this.#document.bufferedPageRange();
    const mark = this.#mark(start);
    for (let at = 0; at < count; at++) {
      this.#document.switchToPage(start + at);
      this.#document.save().fillOpacity(0.26).fillColor([mark, color.mark]);
      this.#document.rect(0, 0, page.width, page.height).fill().restore();
      this.#foot(at + 1, count);
    }
    this.#document.end();
    return Buffer.concat(await Array.fromAsync(this.#document as unknown as AsyncIterable<Buffer>));
  }

  /** The pattern of the watermark, turned: it is made with the turn in force when it is first used. */
  #mark(first: number): PDFKit.PDFTilingPattern {
    const { width, height, content } = tileOf(this.#head.marks);
    const pattern = this.#document.pattern([0, 0, width, height], width, height, content);
    this.#document.switchToPage(first);
    this.#document.save().rotate(-24, { origin: [page.width / 2, page.height / 2] });
    this.#document.fillColor([pattern, color.mark]).restore();
    return pattern;
  }

  #foot(at: number, of: number): void {
    const y = page.height - page.bottom + 14;
    this.#document
      .moveTo(page.left, y)
      .lineTo(page.width - page.right, y)
      .lineWidth(0.6)
      .strokeColor(color.line)
      .stroke();
    this.#font('text', size.small, color.quiet);
    this.#document.text(this.#head.foot, page.left, y + 5, { width: inner - 90 });
    this.#document.text(this.#head.pages(at, of), page.width - page.right - 90, y + 5, {
      width: 90,
      align: 'right',
    });
  }

  #font(name: 'text' | 'bold', points: number, fill: string): void {
    this.#document.font(name, points).fillColor(fill);
  }

  #rule(stroke: string, width: number): void {
    const { y } = this.#document;
    this.#document
      .moveTo(page.left, y)
      .lineTo(page.width - page.right, y)
      .lineWidth(width)
      .strokeColor(stroke)
      .stroke();
  }

  #room(height: number): void {
    if (this.#document.y + height > bottom) this.#newPage();
  }

  #newPage(): void {
    this.#document.addPage();
    this.#document.y = page.top;
  }
}

const labelWidth = 74;
