import type { FastifyInstance } from 'fastify';
import type { Static } from 'typebox';
import { acting } from '../../identity/gatekeeper.ts';
import { DictionaryView } from '../contract.ts';
import type { Dictionary } from '../dictionary.ts';
import type { ArchiveServices } from './archive-services.ts';

/** The item dictionary, for forms and pages. */
export function dictionaryRoutes(
  app: FastifyInstance,
  { database, sessions, dictionary }: ArchiveServices,
): void {
  const view = viewOf(dictionary);
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
      acting(sessions, request, 'signed-in', (actor) =>
        database.withActor(actor, async () => view),
      ),
  );
}

function viewOf(dictionary: Dictionary): Static<typeof DictionaryView> {
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
    tags: dictionary.tags,
    documents: dictionary.documents,
  };
}
