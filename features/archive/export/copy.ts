import type { Static } from 'typebox';
import type { Actor } from '../../../server/database/actor.ts';
import { Problem } from '../../../server/errors.ts';
import { newId } from '../../../server/ids.ts';
import { Paper } from '../../../server/paper/paper.ts';
import { record } from '../../audit/queries.ts';
import { shapes } from '../categories.ts';
import type { ItemView, ResidentFile } from '../contract.ts';
import type { Look } from '../documents/show.ts';
import { readFacts } from '../facts-store.ts';
import { openFile, viewOf } from '../file.ts';
import { accountNames } from '../names.ts';
import type { ArchiveServices } from '../routes/archive-services.ts';
import { marksFor } from '../watermark.ts';
import { wordsOf } from './columns.ts';
import { itemPairs, valueWords } from './items.ts';
import { paperWords as words } from './paper-words.ts';
import { words as sheetWords } from './words.ts';

type Resident = Static<typeof ResidentFile>;
const shape = shapes.resident;
/** The one purpose for which a copy is made: a right under PIPL, art. 45. */
const purpose = 'rights';

/**
 * A resident's copy of the whole file (PIPL art. 45): every item with its source, sealed ones revealed for this one
 * person, each on record as a reveal.
 * @throws Problem not-found; forbidden when the acting post may not reveal all of it, as the copy would not be whole
 */
export async function residentCopy(
  { database, dictionaries, vault }: ArchiveServices,
  look: Omit<Look, 'purpose'>,
): Promise<{ name: string; pdf: Buffer }> {
  const { actor, id } = look;
  const dictionary = await dictionaries.of(actor);
  requireWhole(actor);
  const entry = newId(actor.now.getTime());
  const opening = { id, purpose, printed: { entry } };
  const file = (await openFile(
    database,
    dictionaries,
    shape,
    actor,
    opening,
  )) as unknown as Resident;
  const sealed = shape.groups.filter((group) => !actor.open.includes(group));
  const revealed = await database.withActor(
    actor,
    async (tx) => {
      const facts = await readFacts(tx, shape, sealed, id, vault);
      const names = await accountNames(
        tx,
        Object.values(facts).map(({ a }) => a),
      );
      const views: Record<string, ItemView> = {};
      for (const [item, fact] of Object.entries(facts)) {
        views[item] = viewOf(fact, names);
        const area = Number(file.area.code.padEnd(15, '0'));
        await record(tx, {
          action: 'reveal',
          category: 'resident',
          subject: id,
          item,
          purpose,
          area,
          detail: `copy ${entry}`,
        });
      }
      return views;
    },
    { subjects: [id] },
  );
  const paper = new Paper({
    title: words.copy,
    subtitle: file.name,
    facts: [
      { label: words.area, value: file.path.map(({ name }) => name).join(' ') },
      { label: words.columns.sex, value: valueWords(dictionary, 'resident', 'sex', file.sex) },
      { label: words.columns.birth, value: file.birth ?? '' },
      { label: words.day, value: sheetWords.day(actor.now) },
    ],
    marks: marksFor({ ...look, purpose }, dictionary),
    foot: words.foot(entry),
    pages: words.pages,
    at: actor.now,
  });
  paper.note(words.copyNote);
  const items = { ...file.items, ...revealed };
  for (const section of dictionary.categories.resident.sections) {
    const pairs = itemPairs(dictionary, 'resident', section.key, items);
    if (pairs.length === 0) continue;
    paper.section(section.label.zh);
    paper.pairs(pairs);
  }
  const relation = wordsOf(dictionary, 'family_relation');
  if (file.households.length > 0) {
    paper.section(words.households);
    paper.table(
      [
        { title: words.number, width: 30 },
        { title: words.columns.address, width: 45 },
        { title: words.columns.relation, width: 25 },
      ],
      file.households.map((one) => [
        one.number ?? '',
        one.address ?? '',
        relation(one.relation) ?? '',
      ]),
    );
  }
  return { name: `${words.copy}-${file.name}`, pdf: await paper.finish() };
}

function requireWhole(actor: Actor): void {
  const seen = (group: string): boolean =>
    actor.open.includes(group) || actor.reveal.includes(group);
  if (actor.open.includes('file') && shape.groups.every(seen)) return;
  throw new Problem('forbidden', {
    detail: {
      zh: '当前岗位看不到档案的全部内容，请由村（社区）或乡镇（街道）干部出具副本',
      en: 'The acting post does not see the whole file; a cadre of the village or an officer of the township makes the copy',
    },
  });
}
