import type { FastifyInstance } from 'fastify';
import type { Static } from 'typebox';
import { acting } from '../../identity/gatekeeper.ts';
import { hiddenTags } from '../beside.ts';
import { DictionaryView } from '../contract.ts';
import type { Dictionary } from '../dictionary.ts';
import type { ArchiveServices } from './archive-services.ts';

/** The item dictionary, for forms and pages. */
export function dictionaryRoutes(
  app: FastifyInstance,
  { database, sessions, dictionaries }: ArchiveServices,
): void {
  const views = new WeakMap<Dictionary, ReturnType<typeof viewOf>>();
  const viewed = (dictionary: Dictionary): ReturnType<typeof viewOf> => {
    const view = views.get(dictionary) ?? viewOf(dictionary);
    views.set(dictionary, view);
    return view;
  };
  app.get(
    '/dictionary',
    {
      schema: {
        operationId: 'getDictionary',
        summary: 'Items, code tables, sources, purposes and tags',
        tags: ['archive'],
        response: { 200: DictionaryView },
      },
    },
    (request) =>
      acting(sessions, request, 'signed-in', async (actor) => {
        const dictionary = await dictionaries.of(actor);
        return database.withActor(actor, async () => {
          const hidden = hiddenTags(dictionary, actor);
          const tags = dictionary.tags.map((tag) => ({ ...tag, shown: !hidden.has(tag.key) }));
          return { ...viewed(dictionary), tags };
        });
      }),
  );
}

/** All of the dictionary that is the same for every post. */
function viewOf(dictionary: Dictionary): Omit<Static<typeof DictionaryView>, 'tags'> {
  const categories = Object.fromEntries(
    Object.entries(dictionary.categories).map(([key, { label, sections, items }]) => [
      key,
      {
        label,
        sections,
        items: items.map((item) => ({
          ...item,
          required: item.required ?? false,
          derived: item.derived ?? false,
        })),
      },
    ]),
  );
  const codes = Object.fromEntries(
    Object.entries(dictionary.codes).map(([name, { label, codes: all }]) => [
      name,
      { label, codes: all },
    ]),
  );
  return {
    categories,
    codes,
    sources: dictionary.sources,
    purposes: dictionary.purposes,
    documents: dictionary.documents,
  };
}
