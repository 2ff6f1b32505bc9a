import type { Static } from 'typebox';
import { newId } from '../../../server/ids.ts';
import { type Pair, Paper } from '../../../server/paper/paper.ts';
import { shapes } from '../categories.ts';
import { changesOf } from '../changes.ts';
import type { Change, HouseholdFile } from '../contract.ts';
import type { Dictionary } from '../dictionary.ts';
import type { Look } from '../documents/show.ts';
import { openFile } from '../file.ts';
import type { ArchiveServices } from '../routes/archive-services.ts';
import { marksFor } from '../watermark.ts';
import { wordsOf } from './columns.ts';
import { itemPairs, tagWords, valueWords } from './items.ts';
import { paperWords as words } from './paper-words.ts';
import { words as sheetWords } from './words.ts';

type Household = Static<typeof HouseholdFile>;

const lastChanges = 12;

/**
 * 一户一档 as a paper: what the acting post sees of the household's file, sealed items masked. The printing is on
 * record, and the paper names its entry.
 * @throws Problem not-found
 */
export async function householdPaper(
  { database, dictionaries }: ArchiveServices,
  look: Look & { purpose: string },
): Promise<{ name: string; pdf: Buffer }> {
  const { actor, id, purpose } = look;
  const dictionary = await dictionaries.of(actor);
  const entry = newId(actor.now.getTime());
  const shape = shapes.household;
  const opening = { id, purpose, printed: { entry } };
  const file = (await openFile(
    database,
    dictionaries,
    shape,
    actor,
    opening,
  )) as unknown as Household;
  const changes = await database.withActor(
    actor,
    (tx) => changesOf(tx, shape, id, undefined, lastChanges),
    { subjects: [id] },
  );
  const title = file.address ?? file.number ?? words.unnamed;
  const paper = new Paper({
    title: words.household,
    subtitle: title,
    facts: factsOf(file),
    marks: marksFor(look, dictionary),
    foot: words.foot(entry),
    pages: words.pages,
    at: actor.now,
  });
  const tags = tagWords(dictionary, file.tags);
  if (tags) paper.pairs([{ label: words.tags, value: tags }], 1);
  members(paper, dictionary, file);
  for (const section of dictionary.categories.household.sections) {
    const pairs = itemPairs(dictionary, 'household', section.key, file.items);
    if (pairs.length === 0) continue;
    paper.section(section.label.zh);
    paper.pairs(pairs);
  }
  housing(paper, dictionary, file);
  premises(paper, dictionary, file);
  changed(paper, dictionary, changes);
  return { name: `${words.household}-${title}`, pdf: await paper.finish() };
}

function factsOf(file: Household): Pair[] {
  return [
    { label: words.area, value: file.path.map(({ name }) => name).join(' ') },
    { label: words.number, value: file.number ?? '' },
    { label: words.head, value: file.head ?? '' },
    { label: words.members, value: String(file.members.length) },
    { label: words.completeness, value: `${file.completeness}%` },
    { label: words.updated, value: sheetWords.day(new Date(file.updatedAt)) },
  ];
}

function members(paper: Paper, dictionary: Dictionary, file: Household): void {
  paper.section(words.memberList(file.members.length));
  if (file.members.length === 0) {
    paper.note(words.noMembers);
    return;
  }
  const relation = wordsOf(dictionary, 'family_relation');
  const headings = [
    { title: words.columns.name, width: 13 },
    { title: words.columns.relation, width: 15 },
    { title: words.columns.sex, width: 8 },
    { title: words.columns.birth, width: 16 },
    { title: words.columns.id, width: 25 },
    { title: words.columns.phone, width: 17 },
    { title: words.columns.kind, width: 12 },
    { title: words.columns.tags, width: 17 },
  ];
  paper.table(
    headings,
    file.members.map((member) => [
      member.name,
      relation(member.relation) ?? '',
      valueWords(dictionary, 'resident', 'sex', member.sex),
      member.birth ?? '',
      member.idMask ?? '',
      member.phoneMask ?? '',
      valueWords(dictionary, 'resident', 'residence_kind', member.residenceKind),
      tagWords(dictionary, member.tags),
    ]),
  );
}

function housing(paper: Paper, dictionary: Dictionary, file: Household): void {
  if (file.housing.length === 0) return;
  paper.section(words.housing);
  paper.table(
    [
      { title: words.columns.code, width: 30 },
      { title: words.columns.address, width: 40 },
      { title: words.columns.link, width: 10 },
      { title: words.columns.use, width: 12 },
      { title: words.columns.grade, width: 20 },
    ],
    file.housing.map((one) => [
      one.code ?? '',
      one.address ?? '',
      words.links[one.kind] ?? one.kind,
      valueWords(dictionary, 'housing', 'use', one.use),
      valueWords(dictionary, 'housing', 'safety_grade', one.safetyGrade),
    ]),
  );
}

function premises(paper: Paper, dictionary: Dictionary, file: Household): void {
  if (file.premises.length === 0) return;
  paper.section(words.premises);
  const name = new Map(file.members.map((member) => [member.resident, member.name]));
  paper.table(
    [
      { title: words.columns.premises, width: 44 },
      { title: words.columns.state, width: 16 },
      { title: words.columns.person, width: 20 },
      { title: words.columns.role, width: 20 },
    ],
    file.premises.map((one) => [
      one.name,
      valueWords(dictionary, 'premises', 'state', one.state),
      name.get(one.resident) ?? '',
      words.roles[one.role] ?? one.role,
    ]),
  );
}

function changed(paper: Paper, dictionary: Dictionary, changes: Static<typeof Change>[]): void {
  if (changes.length === 0) return;
  paper.section(words.changes);
  paper.table(
    [
      { title: words.columns.at, width: 15 },
      { title: words.columns.record, width: 18 },
      { title: words.columns.what, width: 42 },
      { title: words.columns.by, width: 12 },
      { title: words.columns.reason, width: 20 },
    ],
    changes.map((change) => [
      sheetWords.day(new Date(change.at)),
      change.subjectName ?? '',
      changeWords(dictionary, change),
      change.actor ?? '',
      change.reason ?? '',
    ]),
  );
}

function changeWords(dictionary: Dictionary, change: Static<typeof Change>): string {
  if (change.item === null)
    return [words.kinds[change.kind] ?? change.kind, change.other?.name].filter(Boolean).join(' ');
  const label = dictionary.item(change.category, change.item)?.label.zh ?? change.item;
  if (change.sealed) return `${label}：${words.sealed}`;
  const say = (value: typeof change.before): string =>
    valueWords(dictionary, change.category, change.item ?? '', value) || words.empty;
  const claim = change.kind === 'conflict' ? words.claimed : '';
  return `${label}：${say(change.before)} → ${say(change.after)}${claim}`;
}
