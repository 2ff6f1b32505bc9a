import type { FastifyInstance } from 'fastify';
import { acting } from '../../../identity/gatekeeper.ts';
import type { ArchiveServices } from '../../routes/archive-services.ts';
import { RetentionView } from '../contract.ts';
import { retentionView } from './view.ts';

/** What the retention job did last: figures, for the system administrator. */
export function retentionRoute(
  app: FastifyInstance,
  { database, sessions, dictionary }: ArchiveServices,
): void {
  app.get(
    '/retention',
    {
      schema: {
        operationId: 'getRetention',
        summary: 'Rules of retention, and figures of what the last run deleted',
        tags: ['rights'],
        response: { 200: RetentionView },
      },
    },
    (request) =>
      acting(sessions, request, 'system', (actor) =>
        database.withActor(actor, (tx) => retentionView(tx, dictionary)),
      ),
  );
}
