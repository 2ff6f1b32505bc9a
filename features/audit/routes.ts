import type { FastifyInstance } from 'fastify';
import type { Static } from 'typebox';
import { refusals } from '../../server/http/described.ts';
import { acting } from '../identity/gatekeeper.ts';
import type { Services } from '../identity/services.ts';
import { AuditPage, AuditQuery } from './contract.ts';
import { entries } from './queries.ts';

/** The auditor's list. */
export function auditRoutes(app: FastifyInstance, { database, sessions, cursors }: Services): void {
  app.get(
    '/audit',
    {
      schema: {
        operationId: 'listAudit',
        summary: 'The record of what was seen and done',
        tags: ['audit'],
        querystring: AuditQuery,
        response: { 200: AuditPage, ...refusals('bad-cursor') },
      },
    },
    (request) =>
      acting(sessions, request, 'audit', async (actor) => {
        const filter = request.query as Static<typeof AuditQuery>;
        const limit = filter.limit ?? 50;
        const before =
          filter.cursor === undefined
            ? undefined
            : (cursors.read('audit', filter.cursor) as [string, string]);
        const items = await database.withActor(actor, (tx) =>
          entries(tx, { ...filter, before, limit }),
        );
        const last = items.at(-1);
        return {
          items,
          next: last && items.length === limit ? cursors.write('audit', [last.at, last.id]) : null,
          total: null,
        };
      }),
  );
}
