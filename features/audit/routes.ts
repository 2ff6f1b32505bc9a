import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import { Problem } from '../../server/errors.ts';
import { binary, refusals } from '../../server/http/described.ts';
import { sendFile } from '../../server/http/send-file.ts';
import { xlsxType } from '../../server/spreadsheet/taken.ts';
import { acting } from '../identity/gatekeeper.ts';
import type { Services } from '../identity/services.ts';
import {
  AuditPage,
  AuditQuery,
  PatternKey,
  PatternQuery,
  type PatternRules,
  PatternView,
  SealState,
  TakeAudit,
} from './contract.ts';
import { listEntries } from './entries.ts';
import { findPattern, type Period } from './patterns.ts';
import { record } from './queries.ts';
import { type ArchiveWords, takeRecord } from './record-list.ts';
import { sealState } from './state.ts';

const tags = ['audit'];

/** The auditor's desk: the record with its filters, patterns in it, and the state of its seals. */
export function auditRoutes(
  app: FastifyInstance,
  services: Services,
  rules: PatternRules,
  archive: ArchiveWords,
): void {
  listRoute(app, services);
  exportRoute(app, services, archive);
  patternRoute(app, services, rules);
  sealRoute(app, services);
}

function listRoute(app: FastifyInstance, { database, sessions, cursors }: Services): void {
  app.get(
    '/audit',
    {
      schema: {
        operationId: 'listAudit',
        summary:
          'The record of what was seen and done; reading it is on record too. A page may hold fewer entries than asked for, and yet not be the last',
        tags,
        querystring: AuditQuery,
        response: { 200: AuditPage, ...refusals('bad-cursor') },
      },
    },
    (request) =>
      acting(sessions, request, 'audit', async (actor) => {
        const { cursor, limit = 50, ...filter } = request.query as AuditQuery;
        const before =
          cursor === undefined ? undefined : (cursors.read('audit', cursor) as [string, string]);
        const { items, next } = await database.withActor(actor, async (tx) => {
          const found = await listEntries(tx, { ...filter, before, limit });
          if (!before) await record(tx, { action: 'read_audit', subject: filter.subject });
          return found;
        });
        return { items, next: next && cursors.write('audit', [...next]), total: null };
      }),
  );
}

function exportRoute(
  app: FastifyInstance,
  { database, sessions }: Services,
  archive: ArchiveWords,
): void {
  app.post(
    '/audit/export',
    {
      schema: {
        operationId: 'exportAudit',
        summary:
          'The record as Excel with the filters of the list: the newest 10,000 entries at most; on record, with the reason',
        tags,
        body: TakeAudit,
        response: { 200: binary(xlsxType, 'The workbook') },
      },
    },
    (request, reply) =>
      acting(sessions, request, 'audit', async (actor, session) => {
        const { reason, ...filter } = request.body as Static<typeof TakeAudit>;
        const file = await database.withActor(
          actor,
          (tx) => takeRecord(tx, archive, session, filter, reason),
          { snapshot: true },
        );
        return sendFile(reply, xlsxType, `留痕记录-${actor.day}.xlsx`, file);
      }),
  );
}

const PatternParams = Type.Object({ pattern: PatternKey });

function patternRoute(
  app: FastifyInstance,
  { database, sessions }: Services,
  rules: PatternRules,
): void {
  app.get(
    '/audit/patterns/:pattern',
    {
      schema: {
        operationId: 'findAuditPattern',
        summary:
          'Places in the record that meet a pattern: pointers for a person, not judgements. The last seven days unless a period is given',
        tags,
        params: PatternParams,
        querystring: PatternQuery,
        response: { 200: PatternView },
      },
    },
    (request) =>
      acting(sessions, request, 'audit', async (actor) => {
        const { pattern } = request.params as Static<typeof PatternParams>;
        const period = periodOf(request.query as Static<typeof PatternQuery>, actor.day, rules);
        const items = await database.withActor(actor, async (tx) => {
          const found = await findPattern(tx, pattern, rules, period);
          await record(tx, { action: 'read_pattern', item: pattern });
          return found;
        });
        return { pattern, ...period, rules, items };
      }),
  );
}

/** The period asked for, or the seven days up to today. @throws Problem invalid when it is empty or too long */
function periodOf(
  { from, until }: Static<typeof PatternQuery>,
  today: string,
  { days }: PatternRules,
): Period {
  const last = until ?? (from === undefined ? today : earlier(dayAfter(from, days - 1), today));
  const first = from ?? dayAfter(last, -Math.min(6, days - 1));
  if (first > last || dayAfter(first, days) <= last)
    throw new Problem('invalid', {
      errors: [
        {
          field: 'until',
          code: 'period',
          message: {
            zh: `结束日期：不早于开始日期，且一次最多查 ${days} 天`,
            en: `until: not before from, and at most ${days} days at once`,
          },
        },
      ],
    });
  return { from: first, until: last };
}

const earlier = (one: string, other: string): string => (one < other ? one : other);

function dayAfter(day: string, days: number): string {
  return new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10);
}

function sealRoute(app: FastifyInstance, { database, sessions }: Services): void {
  app.get(
    '/audit/seals',
    {
      schema: {
        operationId: 'getAuditSeals',
        summary: 'What of the record is sealed, what waits, and what the last verification said',
        tags,
        response: { 200: SealState },
      },
    },
    (request) =>
      acting(sessions, request, 'audit', (actor) => database.withActor(actor, sealState)),
  );
}
