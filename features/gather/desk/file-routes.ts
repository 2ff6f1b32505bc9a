import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import type { Tx } from '../../../server/database/actor.ts';
import { languageOf } from '../../../server/errors.ts';
import { refusals } from '../../../server/http/described.ts';
import { acting } from '../../identity/gatekeeper.ts';
import { Draft, FileLook, FileParams, LookAgain, Preview } from '../contract.ts';
import type { Profile } from '../rows.ts';
import { fileOf, type HandedIn, keepFile, sameBatch } from './files.ts';
import { lookAt } from './look.ts';
import { preview } from './preview.ts';
import { ownProfiles } from './profiles.ts';
import { type Received, receiveFile } from './receive.ts';
import { type DeskServices, sourceOf } from './services.ts';

const tags = ['gather'];
const Upload = Type.Object({ file: Type.String({ format: 'binary' }) });

/** Files that are handed in, and looked at before they are gathered. */
export function fileRoutes(app: FastifyInstance, services: DeskServices): void {
  uploadRoute(app, services);
  lookRoute(app, services);
  previewRoute(app, services);
}

/** What is known of a file beside its content. */
interface About {
  same: number | null;
  profiles: Profile[];
}

async function aboutFile(
  tx: Tx,
  { shipped, dictionary }: DeskServices,
  file: HandedIn,
): Promise<About> {
  const [same, own] = await Promise.all([
    sameBatch(tx, file.source, file.digest),
    ownProfiles(tx, dictionary),
  ]);
  return { same, profiles: [...own, ...shipped] };
}

function uploadRoute(app: FastifyInstance, services: DeskServices): void {
  const { database, sessions, files, dictionary } = services;
  app.post(
    '/gather/files',
    {
      schema: {
        operationId: 'handInFile',
        summary:
          'Hand in a department’s file, up to 2 GB, and be told how it is written and which profile fits; nothing is gathered yet',
        tags,
        form: Upload,
        response: {
          201: FileLook,
          ...refusals('too-large', 'unsupported-type', 'no-space', 'unavailable'),
        },
      } as object,
    },
    async (request, reply) => {
      let received: Received | undefined;
      let kept = false;
      try {
        return await acting(sessions, request, 'gather', async (actor, session) => {
          const source = sourceOf(actor, session);
          // A post that has just ended is told before the file is read.
          await database.withActor(actor, async () => {});
          // The body can be read once: when the session turns out to be stale afterwards, it is here already.
          received ??= await receiveFile(request, reply, files);
          const { id, key, name, sha256, size, lines } = received;
          const file: HandedIn = {
            id,
            source,
            file_name: name,
            file_key: key,
            digest: sha256,
            bytes: size,
            lines,
          };
          const about = await database.withActor(actor, (tx) => aboutFile(tx, services, file));
          const language = languageOf(request.headers['accept-language']);
          const look = await lookAt(
            { files, dictionary, profiles: about.profiles, language },
            file,
          );
          const content = received;
          await database.withActor(actor, (tx) => keepFile(tx, source, content));
          kept = true;
          return reply
            .code(201)
            .header('location', `/api/v1/gather/files/${id}`)
            .send({ ...look, same: about.same });
        });
      } finally {
        if (received && !kept) await files.remove([received.key]);
      }
    },
  );
}

function lookRoute(app: FastifyInstance, services: DeskServices): void {
  const { database, sessions, files, dictionary } = services;
  app.post(
    '/gather/files/:id/look',
    {
      schema: {
        operationId: 'lookAtFile',
        summary:
          'Look at one’s own file again, read as is said: encoding, separator, rows above the header',
        tags,
        params: FileParams,
        body: LookAgain,
        response: { 200: FileLook, ...refusals('not-found') },
      },
    },
    (request) =>
      acting(sessions, request, 'gather', async (actor) => {
        const { id } = request.params as Static<typeof FileParams>;
        const { format } = request.body as Static<typeof LookAgain>;
        const { file, about } = await database.withActor(actor, async (tx) => {
          const found = await fileOf(tx, id);
          return { file: found, about: await aboutFile(tx, services, found) };
        });
        const language = languageOf(request.headers['accept-language']);
        const look = await lookAt(
          { files, dictionary, profiles: about.profiles, language },
          file,
          format,
        );
        return { ...look, same: about.same };
      }),
  );
}

function previewRoute(app: FastifyInstance, services: DeskServices): void {
  const { database, sessions, files, dictionary } = services;
  app.post(
    '/gather/files/:id/preview',
    {
      schema: {
        operationId: 'previewFile',
        summary:
          'The first 50 rows of one’s own file before and after cleaning by a draft of a profile',
        tags,
        params: FileParams,
        body: Draft,
        response: { 200: Preview, ...refusals('not-found') },
      },
    },
    (request) =>
      acting(sessions, request, 'gather', async (actor) => {
        const { id } = request.params as Static<typeof FileParams>;
        const file = await database.withActor(actor, (tx) => fileOf(tx, id));
        const language = languageOf(request.headers['accept-language']);
        const draft = request.body as Draft;
        return preview(files, dictionary, file, draft, { language, now: actor.now });
      }),
  );
}
