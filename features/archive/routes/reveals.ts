import type { FastifyInstance } from 'fastify';
import type { Static } from 'typebox';
import { Problem } from '../../../server/errors.ts';
import { acting } from '../../identity/gatekeeper.ts';
import type { CategoryShape } from '../categories.ts';
import { Reveal, Revealed } from '../contract.ts';
import { requirePurpose } from '../file.ts';
import { revealItem } from '../reveal.ts';
import { type ArchiveServices, IdParams, singular } from './archive-services.ts';

/** One sealed item, shown for a purpose, on record. */
export function revealRoutes(
  app: FastifyInstance,
  services: ArchiveServices,
  shape: CategoryShape,
): void {
  const { database, sessions, dictionary, dictionaries } = services;
  app.post(
    `${shape.path}/:id/reveals`,
    {
      schema: {
        operationId: `reveal${singular(shape.key)}Item`,
        summary: 'Reveal one sealed item for a purpose of the catalogue; on record',
        tags: ['archive'],
        params: IdParams,
        body: Reveal,
        response: { 200: Revealed },
      },
    },
    (request) =>
      acting(sessions, request, 'archive', async (actor) => {
        const { id } = request.params as Static<typeof IdParams>;
        const { item: key, purpose } = request.body as Static<typeof Reveal>;
        const item = (await dictionaries.of(actor)).item(shape.key, key);
        if (!item)
          throw new Problem('invalid', {
            errors: [
              {
                field: 'item',
                code: 'unknown_item',
                message: {
                  zh: `${key}：档案中没有这一项`,
                  en: `${key}: the dictionary has no such item`,
                },
              },
            ],
          });
        if (item.group === 'file' || !actor.reveal.includes(item.group))
          throw new Problem('forbidden');
        requirePurpose(dictionary, purpose);
        // The answer is read again at every call and never kept, so a replay is a further look and recorded as one.
        return database.withActor(
          actor,
          (tx) => revealItem(tx, services, shape, id, item, purpose),
          { subjects: [id] },
        );
      }),
  );
}
