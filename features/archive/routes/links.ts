import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import { EditingHeaders, refusals, WritingHeaders } from '../../../server/http/described.ts';
import { versionOf } from '../../../server/http/writing.ts';
import { acting } from '../../identity/gatekeeper.ts';
import { NewHousingLink, NewMember, NewPremisesLink } from '../contract.ts';
import { InBuilding, putInBuilding } from '../in-building.ts';
import { joinHousehold, leaveHousehold, linkHousing, linkPremises } from '../links.ts';
import { type ArchiveServices, IdParams } from './archive-services.ts';

const tags = ['archive'];
const MemberParams = Type.Object({
  id: Type.String({ format: 'uuid' }),
  resident: Type.String({ format: 'uuid' }),
});
const Leaving = Type.Object({ reason: Type.String({ minLength: 1, maxLength: 200 }) });

/** Who lives where, in which dwelling, and who runs which premises. */
export function linkRoutes(app: FastifyInstance, services: ArchiveServices): void {
  const { sessions, write } = services;

  app.post(
    '/households/:id/members',
    {
      schema: {
        operationId: 'addMember',
        summary: 'Let a resident live in the household',
        tags,
        params: IdParams,
        headers: WritingHeaders,
        body: NewMember,
        response: { 204: Type.Null(), ...refusals('conflict') },
      },
    },
    (request, reply) =>
      acting(sessions, request, 'write-files', (actor) =>
        write(request, reply, actor, async (tx) => {
          const { id } = request.params as Static<typeof IdParams>;
          await joinHousehold(tx, services, { ...(request.body as Static<typeof NewMember>), id });
          return { status: 204 };
        }),
      ),
  );

  app.delete(
    '/households/:id/members/:resident',
    {
      schema: {
        operationId: 'endMember',
        summary: 'A resident no longer lives in the household',
        tags,
        params: MemberParams,
        headers: WritingHeaders,
        body: Leaving,
        response: { 204: Type.Null() },
      },
    },
    (request, reply) =>
      acting(sessions, request, 'write-files', (actor) =>
        write(request, reply, actor, async (tx) => {
          const { id, resident } = request.params as Static<typeof MemberParams>;
          await leaveHousehold(
            tx,
            services,
            id,
            resident,
            (request.body as Static<typeof Leaving>).reason,
          );
          return { status: 204 };
        }),
      ),
  );

  app.post(
    '/households/:id/housing',
    {
      schema: {
        operationId: 'linkHousing',
        summary: 'Tie the household to a dwelling',
        tags,
        params: IdParams,
        headers: WritingHeaders,
        body: NewHousingLink,
        response: { 204: Type.Null(), ...refusals('conflict') },
      },
    },
    (request, reply) =>
      acting(sessions, request, 'write-files', (actor) =>
        write(request, reply, actor, async (tx) => {
          await linkHousing(
            tx,
            (request.params as Static<typeof IdParams>).id,
            request.body as Static<typeof NewHousingLink>,
          );
          return { status: 204 };
        }),
      ),
  );

  app.put(
    '/housing/:id/building',
    {
      schema: {
        operationId: 'putInBuilding',
        summary: 'Say which building the dwelling is a part of; If-Match holds the version read',
        tags,
        params: IdParams,
        headers: EditingHeaders,
        body: InBuilding,
        response: {
          200: Type.Object({ id: Type.String(), version: Type.Integer() }),
          ...refusals('lost-update', 'version-needed'),
        },
      },
    },
    (request, reply) =>
      acting(sessions, request, 'write-files', (actor) => {
        const { id } = request.params as Static<typeof IdParams>;
        const version = versionOf(request);
        return write(request, reply, actor, async (tx) => {
          const next = await putInBuilding(
            tx,
            id,
            version,
            request.body as Static<typeof InBuilding>,
          );
          return { status: 200, body: { id, version: next }, version: next };
        });
      }),
  );

  app.post(
    '/premises/:id/people',
    {
      schema: {
        operationId: 'linkPremisesPerson',
        summary: 'Name a resident as legal person or operator',
        tags,
        params: IdParams,
        headers: WritingHeaders,
        body: NewPremisesLink,
        response: { 204: Type.Null(), ...refusals('conflict') },
      },
    },
    (request, reply) =>
      acting(sessions, request, 'write-files', (actor) =>
        write(request, reply, actor, async (tx) => {
          await linkPremises(
            tx,
            (request.params as Static<typeof IdParams>).id,
            request.body as Static<typeof NewPremisesLink>,
          );
          return { status: 204 };
        }),
      ),
  );
}
