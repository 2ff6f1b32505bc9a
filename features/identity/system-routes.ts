import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import { sql } from '../../server/database/sql.ts';
import { acting } from './gatekeeper.ts';
import type { Services } from './services.ts';

const About = Type.Object({
  name: Type.String(),
  version: Type.String(),
  demo: Type.Boolean({ description: 'All people and households are made up' }),
  singleSignOn: Type.Union(
    [
      Type.Object({
        label: Type.String({ description: 'Words on the button; empty for the usual ones' }),
      }),
      Type.Null(),
    ],
    { description: 'Whether there is single sign-on' },
  ),
  accounts: Type.Optional(
    Type.Array(Type.Object({ username: Type.String(), label: Type.String() })),
  ),
});

const Instant = Type.String({ format: 'date-time' });
const Backup = Type.Object(
  {
    last: Type.Union(
      [
        Type.Object({
          name: Type.String(),
          at: Instant,
          bytes: Type.Integer({ description: 'Read' }),
          sealedBytes: Type.Integer({ description: 'Written, compressed and sealed' }),
        }),
        Type.Null(),
      ],
      { description: 'The newest backup made here' },
    ),
    archive: Type.Union(
      [
        Type.Object({
          folder: Type.String(),
          lastSegment: Type.Union([Type.String(), Type.Null()]),
          lastAt: Type.Union([Instant, Type.Null()]),
          waiting: Type.Integer({ description: 'Segments of the log not yet in the archive' }),
          waitingSince: Type.Union([Instant, Type.Null()]),
          failure: Type.Union([Type.String(), Type.Null()], {
            description: 'Why the archive takes nothing at present',
          }),
        }),
        Type.Null(),
      ],
      { description: 'The continuous archive; null without MINQING_ARCHIVE' },
    ),
  },
  { description: 'What there is against the loss of the disk' },
);

const System = Type.Object({
  backup: Backup,
  version: Type.String(),
  demo: Type.Boolean(),
  startedAt: Type.String({ format: 'date-time' }),
  database: Type.Object({ version: Type.String(), sizeBytes: Type.Integer() }),
  areas: Type.Integer(),
});

/** What anyone may know of this installation, and the system administrator's page. */
export function systemRoutes(
  app: FastifyInstance,
  { database, sessions, clock, singleSignOn }: Services,
  about: {
    backup: () => Static<typeof Backup>;
    version: string;
    demo: boolean;
    demoAccounts: readonly { username: string; label: string }[];
  },
): void {
  const startedAt = clock().toISOString();

  app.get(
    '/about',
    {
      schema: {
        operationId: 'getAbout',
        summary: 'Name and version; in the demo its accounts',
        tags: ['system'],
        security: [],
        response: { 200: About },
      },
    },
    () => ({
      name: '民情 Minqing',
      version: about.version,
      demo: about.demo,
      singleSignOn: singleSignOn && { label: singleSignOn.settings.label },
      ...(about.demo
        ? { accounts: about.demoAccounts.map(({ username, label }) => ({ username, label })) }
        : {}),
    }),
  );

  app.get(
    '/system',
    {
      schema: {
        operationId: 'getSystem',
        summary: 'State of the installation, for the system administrator',
        tags: ['system'],
        response: { 200: System },
      },
    },
    (request) =>
      acting(sessions, request, 'system', (actor) =>
        database.withActor(actor, async (tx) => {
          const row = await tx.first(sql<{ version: string; size: number; areas: number }>`
            select current_setting('server_version') as version, pg_database_size(current_database()) as size,
                   (select count(*)::int from area) as areas`);
          return {
            backup: about.backup(),
            version: about.version,
            demo: about.demo,
            startedAt,
            database: { version: row?.version ?? '', sizeBytes: row?.size ?? 0 },
            areas: row?.areas ?? 0,
          };
        }),
      ),
  );
}
