import { UnreadableWorkbook } from './unreadable.ts';

/** The tags of a name as they stand. */
export function tags(xml: string | undefined, name: string): string[] {
  return [...(xml ?? '').matchAll(new RegExp(`<${name}\\s[^<>]*>`, 'g'))].map(([tag]) => tag);
}

/** The value of an attribute within a tag. */
export const attribute = (tag: string, name: string): string | undefined =>
  new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1];

/** An element: what its tag says, and what stands in it. */
export interface Element {
  attributes: string;
  inner: string;
}

/**
 * The elements of a name, which hold none of their own name. One look from left to right: what is not closed is
 * refused at once, as searching on would take time with the square of the length.
 */
export function* elements(xml: string, name: string): Generator<Element> {
  const close = `</${name}>`;
  for (let at = 0; ; ) {
    const from = xml.indexOf(`<${name}`, at);
    if (from < 0) return;
    const head = from + name.length + 1;
    const end = xml.indexOf('>', head);
    if (end < 0) throw new UnreadableWorkbook('damaged');
    at = end + 1;
    // `<row` begins `<rowBreaks` too.
    if (!/[\s/>]/.test(xml.charAt(head))) continue;
    if (xml.charAt(end - 1) === '/') {
      yield { attributes: xml.slice(head, end - 1), inner: '' };
      continue;
    }
    const closed = xml.indexOf(close, at);
    if (closed < 0) throw new UnreadableWorkbook('damaged');
    yield { attributes: xml.slice(head, end), inner: xml.slice(at, closed) };
    at = closed + close.length;
  }
}

/** The texts of runs put together; what is said of their reading (rPh) is no part of them. */
export function textIn(xml: string): string {
  return [...elements(withoutReadings(xml), 't')].map(({ inner }) => unescaped(inner)).join('');
}

/** One look from left to right as well: taking readings out of the text one by one would copy it for each. */
function withoutReadings(xml: string): string {
  const close = '</rPh>';
  const parts: string[] = [];
  let at = 0;
  for (let from = xml.indexOf('<rPh'); from >= 0; from = xml.indexOf('<rPh', at)) {
    parts.push(xml.slice(at, from));
    const closed = xml.indexOf(close, from);
    if (closed < 0) throw new UnreadableWorkbook('damaged');
    at = closed + close.length;
  }
  return parts.length === 0 ? xml : parts.join('') + xml.slice(at);
}

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** The five entities of XML, characters by number, and Excel's own `_x000D_`. */
export function unescaped(text: string): string {
  if (!text.includes('&') && !text.includes('_x')) return text;
  return text
    .replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(\w+));/gi, (whole, ten, sixteen, name) => {
      if (name !== undefined) return entities[name] ?? whole;
      const code = ten === undefined ? Number.parseInt(sixteen, 16) : Number(ten);
      return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '';
    })
    .replace(/_x([0-9A-Fa-f]{4})_/g, (_whole, code) =>
      code === '0000' ? '' : String.fromCharCode(Number.parseInt(code, 16)),
    );
}
