import type { FastifyInstance } from 'fastify';
import type { Static } from 'typebox';
import { languageOf } from '../../../server/errors.ts';
import { refusals, WritingHeaders } from '../../../server/http/described.ts';
import { record } from '../../audit/queries.ts';
import { acting } from '../gatekeeper.ts';
import type { Services } from '../services.ts';
import { applyList } from './apply.ts';
import { ApplyStaffList, StaffDone, StaffList, StaffPlan } from './contract.ts';
import { planOf, planView } from './plan.ts';

const tags = ['accounts'];

/** 导入人员名单: looked at row by row, then carried out whole. */
export function staffRoutes(app: FastifyInstance, { database, sessions, write }: Services): void {
  app.post(
    '/staff-lists/preview',
    {
      schema: {
        operationId: 'previewStaffList',
        summary: 'What a staff list would change, row by row, with its faults; nothing is changed',
        tags,
        body: StaffList,
        response: { 200: StaffPlan },
      },
    },
    (request) =>
      acting(sessions, request, 'security', (actor) =>
        database.withActor(actor, async (tx) => {
          const plan = await planOf(tx, request.body as StaffList);
          await record(tx, { action: 'read_accounts' });
          return planView(plan, languageOf(request.headers['accept-language']));
        }),
      ),
  );

  app.post(
    '/staff-lists',
    {
      schema: {
        operationId: 'applyStaffList',
        summary:
          'Carry a staff list out: accounts with one-time passwords, posts, last days; whole or not at all',
        tags,
        headers: WritingHeaders,
        body: ApplyStaffList,
        response: { 200: StaffDone, ...refusals('conflict') },
      },
    },
    (request, reply) =>
      acting(sessions, request, 'security', (actor) =>
        write(request, reply, actor, async (tx) => {
          const { plan, ...list } = request.body as Static<typeof ApplyStaffList>;
          return { status: 200, body: await applyList(tx, list, plan) };
        }),
      ),
  );
}
