import type { FastifyInstance } from 'fastify';
import type { Static } from 'typebox';
import { Problem } from '../../../server/errors.ts';
import { EditingHeaders, refusals, WritingHeaders } from '../../../server/http/described.ts';
import { versionOf } from '../../../server/http/writing.ts';
import { acting } from '../../identity/gatekeeper.ts';
import type { CategoryShape } from '../categories.ts';
import {
  EditRecord,
  FileQuery,
  HouseholdFile,
  HousingFile,
  NewRecord,
  OrganisationFile,
  PremisesFile,
  ResidentFile,
  Written,
} from '../contract.ts';
import { createRecord } from '../create.ts';
import { editRecord, groupsWritten } from '../edit.ts';
import { openFile } from '../file.ts';
import { type ArchiveServices, deskHeld, IdParams, singular } from './archive-services.ts';

const files = {
  resident: ResidentFile,
  household: HouseholdFile,
  housing: HousingFile,
  premises: PremisesFile,
  organisation: OrganisationFile,
};

/** A record's file: opened, made, edited. */
export function fileRoutes(
  app: FastifyInstance,
  services: ArchiveServices,
  shape: CategoryShape,
): void {
  const { database, sessions, dictionaries, write } = services;
  const tags = ['archive'];

  app.get(
    `${shape.path}/:id`,
    {
      schema: {
        operationId: `get${singular(shape.key)}`,
        summary: 'Open the file; on record. Supervisors state a purpose',
        tags,
        params: IdParams,
        querystring: FileQuery,
        response: { 200: files[shape.key] },
      },
    },
    (request, reply) =>
      acting(sessions, request, 'archive', async (actor) => {
        const { id } = request.params as Static<typeof IdParams>;
        const { purpose } = request.query as Static<typeof FileQuery>;
        const file = await openFile(database, dictionaries, shape, actor, { id, purpose });
        reply.header('etag', `"${file.version}"`);
        return file;
      }),
  );

  app.post(
    shape.path,
    {
      schema: {
        operationId: `add${singular(shape.key)}`,
        summary: 'Add a record to the category',
        tags,
        headers: WritingHeaders,
        body: NewRecord,
        response: { 201: Written, ...refusals('outside-scope', 'conflict') },
      },
    },
    (request, reply) =>
      acting(sessions, request, 'write-files', (actor) =>
        write(request, reply, actor, async (tx) => {
          const body = await createRecord(
            tx,
            await deskHeld(services, tx),
            shape,
            request.body as Static<typeof NewRecord>,
          );
          return {
            status: 201,
            body,
            version: body.version,
            location: `/api/v1${shape.path}/${body.id}`,
          };
        }),
      ),
  );

  app.patch(
    `${shape.path}/:id`,
    {
      schema: {
        operationId: `edit${singular(shape.key)}`,
        summary:
          'Edit items; If-Match holds the version read. Values against an authority stand beside it',
        tags,
        params: IdParams,
        headers: EditingHeaders,
        body: EditRecord,
        response: { 200: Written, ...refusals('conflict', 'lost-update', 'version-needed') },
      },
    },
    (request, reply) =>
      acting(sessions, request, 'archive', (actor) => {
        const { id } = request.params as Static<typeof IdParams>;
        if (groupsWritten(shape, actor).length === 0) throw new Problem('forbidden');
        const version = versionOf(request);
        return write(
          request,
          reply,
          actor,
          async (tx) => {
            const body = await editRecord(
              tx,
              await deskHeld(services, tx),
              shape,
              id,
              version,
              request.body as Static<typeof EditRecord>,
            );
            return { status: 200, body, version: body.version };
          },
          // The gate opens the groups that the role may reveal, for this one record.
          { subjects: [id] },
        );
      }),
  );
}
