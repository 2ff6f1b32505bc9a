import { newId } from '../../../server/ids.ts';
import { type Heading, Paper } from '../../../server/paper/paper.ts';
import type { AreaBook } from '../../area/contract.ts';
import { rangeOf } from '../../area/queries.ts';
import { record } from '../../audit/queries.ts';
import { bookOf } from '../book.ts';
import { isCategory } from '../categories.ts';
import type { Dictionary } from '../dictionary.ts';
import type { Look } from '../documents/show.ts';
import type { ArchiveServices } from '../routes/archive-services.ts';
import { marksFor } from '../watermark.ts';
import { valueWords } from './items.ts';
import { paperWords as words } from './paper-words.ts';
import { words as sheetWords } from './words.ts';

/**
 * 一村一册 as a paper: the book of an area, figures only, as the acting post sees it. The printing is on record, and
 * the paper names its entry.
 * @throws Problem not-found, outside-scope
 */
export async function bookPaper(
  { database, dictionaries }: ArchiveServices,
  look: Omit<Look, 'id'> & { code: string; purpose: string },
): Promise<{ name: string; pdf: Buffer }> {
  const { actor, code, purpose } = look;
  const dictionary = await dictionaries.of(actor);
  const entry = newId(actor.now.getTime());
  const book = await database.withActor(actor, async (tx) => {
    const found = await bookOf(tx, code);
    await record(tx, {
      action: 'print',
      id: entry,
      category: 'area',
      item: code,
      area: rangeOf(code).lo,
      purpose,
    });
    return found;
  });
  const place = book.path.map(({ name }) => name).join(' ');
  const paper = new Paper({
    title: words.book,
    subtitle: book.area.name,
    facts: [
      { label: words.area, value: place },
      { label: words.code, value: code },
      { label: words.day, value: sheetWords.day(actor.now) },
    ],
    marks: marksFor(look, dictionary),
    foot: words.foot(entry),
    pages: words.pages,
    at: actor.now,
  });
  counts(paper, book);
  children(paper, book);
  pyramid(paper, book);
  tags(paper, dictionary, book);
  gaps(paper, dictionary, book);
  organisations(paper, dictionary, book);
  return { name: `${words.book}-${book.area.name}`, pdf: await paper.finish() };
}

const figure = (value: number | null): string =>
  value === null ? words.fewerThanFive : value.toLocaleString('zh-CN');
const right = (title: string, width = 15): Heading => ({ title, width, right: true });

function counts(paper: Paper, { counts: n, gaps: { completeness } }: AreaBook): void {
  paper.section(words.counts);
  const { households, residents, housing, premises, organisations } = n;
  paper.table(
    [
      right(words.household1),
      right(words.residents),
      right(words.housing),
      right(words.premises1),
      right(words.organisations),
    ],
    [[households, residents, housing, premises, organisations].map(figure)],
  );
  const percent = (value: number | null): string => (value === null ? '—' : `${value}%`);
  paper.note(words.complete(percent(completeness.household), percent(completeness.resident)));
}

function children(paper: Paper, { children: parts }: AreaBook): void {
  if (parts.length === 0) return;
  paper.section(words.parts);
  paper.table(
    [
      { title: words.columns.part, width: 40 },
      { title: words.code, width: 30 },
      right(words.household1),
      right(words.residents),
    ],
    parts.map(({ name, code, households, residents }) => [
      name,
      code,
      figure(households),
      figure(residents),
    ]),
  );
}

function pyramid(paper: Paper, { pyramid: bands }: AreaBook): void {
  if (bands.length === 0) return;
  paper.section(words.ages);
  const rows = bands.map(({ from, to, male, female }) => [
    words.band(from, to),
    figure(male),
    figure(female),
    figure(male + female),
  ]);
  // In two halves beside each other: twenty bands would fill half a page.
  const half = Math.ceil(rows.length / 2);
  const empty = ['', '', '', ''];
  const heads = [
    { title: words.age, width: 18 },
    right(words.male),
    right(words.female),
    right(words.all),
  ];
  paper.table(
    [...heads, ...heads],
    rows.slice(0, half).map((row, at) => [...row, ...(rows[half + at] ?? empty)]),
  );
}

function tags(paper: Paper, dictionary: Dictionary, book: AreaBook): void {
  if (book.tags.length === 0) return;
  paper.section(words.tags);
  const count = (tag: string, category: string): string => {
    const found = book.tags.find((one) => one.tag === tag && one.category === category);
    return found ? figure(found.count) : '—';
  };
  const keys = [...new Set(book.tags.map(({ tag }) => tag))];
  paper.table(
    [{ title: words.tags, width: 40 }, right(words.residents), right(words.household1)],
    keys.map((tag) => [
      dictionary.tags.find(({ key }) => key === tag)?.label.zh ?? tag,
      count(tag, 'resident'),
      count(tag, 'household'),
    ]),
  );
}

function gaps(paper: Paper, dictionary: Dictionary, { gaps: { missing, stale } }: AreaBook): void {
  if (missing.length + stale.length === 0) return;
  paper.section(words.gaps);
  const named = (category: string): string =>
    isCategory(category) ? dictionary.categories[category].label.zh : category;
  paper.table(
    [
      { title: words.columns.category, width: 25 },
      { title: words.columns.gap, width: 45 },
      right(words.columns.count),
    ],
    [
      ...missing.map(({ category, item, count }) => [
        named(category),
        words.lacks(
          (isCategory(category) ? dictionary.item(category, item)?.label.zh : undefined) ?? item,
        ),
        figure(count),
      ]),
      ...stale.map(({ category, count }) => [named(category), words.staleRecords, figure(count)]),
    ],
  );
}

function organisations(paper: Paper, dictionary: Dictionary, book: AreaBook): void {
  if (book.organisations.length === 0) return;
  paper.section(words.organisations);
  paper.table(
    [
      { title: words.columns.organisation, width: 60 },
      { title: words.columns.sort, width: 40 },
    ],
    book.organisations.map(({ name, kind }) => [
      name,
      valueWords(dictionary, 'organisation', 'kind', kind),
    ]),
  );
}
