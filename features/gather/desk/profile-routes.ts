import type { FastifyInstance } from 'fastify';
import type { Static } from 'typebox';
import { refusals, WritingHeaders } from '../../../server/http/described.ts';
import { record } from '../../audit/queries.ts';
import { acting } from '../../identity/gatekeeper.ts';
import { ProfileList, ProfileSaved, SaveProfile } from '../contract.ts';
import { lineOf, ownProfiles, saveProfile } from './profiles.ts';
import { type DeskServices, sourceOf } from './services.ts';

const tags = ['gather'];

/** Profiles of one's own department: those that are shipped, and the county's own. */
export function profileRoutes(app: FastifyInstance, services: DeskServices): void {
  const { database, sessions, dictionary, shipped, write } = services;
  app.get(
    '/gather/profiles',
    {
      schema: {
        operationId: 'listGatherProfiles',
        summary:
          'Profiles by which files of one’s own department are read: shipped ones, and the county’s own',
        tags,
        response: { 200: ProfileList },
      },
    },
    (request) =>
      acting(sessions, request, 'gather', async (actor, session) => {
        const source = sourceOf(actor, session);
        const own = await database.withActor(actor, (tx) => ownProfiles(tx, dictionary));
        const fitting = [...own, ...shipped].filter((one) => one.source === source);
        return { items: fitting.map(lineOf) };
      }),
  );

  app.post(
    '/gather/profiles',
    {
      schema: {
        operationId: 'saveGatherProfile',
        summary:
          'Save a profile of one’s own department, or the next version of one; faults name their column',
        tags,
        headers: WritingHeaders,
        body: SaveProfile,
        response: { 201: ProfileSaved, ...refusals('not-found') },
      },
    },
    (request, reply) =>
      acting(sessions, request, 'gather', async (actor, session) => {
        const source = sourceOf(actor, session);
        const { key, draft } = request.body as Static<typeof SaveProfile>;
        return write(request, reply, actor, async (tx) => {
          const saved = await saveProfile(tx, dictionary, { source, key, draft });
          const name = `${saved.key}.v${saved.version}`;
          await record(tx, { action: 'save_profile', detail: name });
          return { status: 201, body: { key: name, version: saved.version } };
        });
      }),
  );
}
