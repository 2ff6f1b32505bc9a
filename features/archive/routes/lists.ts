import type { FastifyInstance } from 'fastify';
import type { Static } from 'typebox';
import type { Actor } from '../../../server/database/actor.ts';
import { Problem } from '../../../server/errors.ts';
import { refusals } from '../../../server/http/described.ts';
import { type Range, rangeOf, within } from '../../area/queries.ts';
import { acting, archivePosts } from '../../identity/gatekeeper.ts';
import { type Beside, besideNames, hiddenTags } from '../beside.ts';
import type { CategoryShape } from '../categories.ts';
import {
  HouseholdRow,
  HousingRow,
  ListQuery,
  OrganisationRow,
  PremisesRow,
  page,
  ResidentRow,
} from '../contract.ts';
import type { Dictionary } from '../dictionary.ts';
import { exactTotal, keptTotal, type Place, pageOf } from '../list.ts';
import { type ListedRow, present } from '../rows.ts';
import { type ArchiveServices, plural } from './archive-services.ts';

const rows = {
  resident: ResidentRow,
  household: HouseholdRow,
  housing: HousingRow,
  premises: PremisesRow,
  organisation: OrganisationRow,
};

/** A kept total is one or a few rows up to this width of scope: a township. */
const cheapWidth = 1_000_000;

/** GET /households and its siblings. */
export function listRoutes(
  app: FastifyInstance,
  services: ArchiveServices,
  shape: CategoryShape,
): void {
  const { sessions, cursors, dictionary } = services;
  app.get(
    shape.path,
    {
      schema: {
        operationId: `list${plural(shape.key)}`,
        summary: 'Records of the category within the acting post’s scope',
        tags: ['archive'],
        querystring: ListQuery,
        response: { 200: page(rows[shape.key]), ...refusals('bad-cursor', 'outside-scope') },
      },
    },
    (request) =>
      acting(sessions, request, 'archive', async (actor, session) => {
        const query = request.query as Static<typeof ListQuery>;
        const limit = query.limit ?? 20;
        const after =
          query.cursor === undefined
            ? undefined
            : readPlace(cursors.read(shape.path, query.cursor));
        const actors =
          query.posts === 'all'
            ? archivePosts(sessions, session).map(({ actor: one }) => one)
            : [actor];
        const spans = spansOf(showing(dictionary, actors, query.tag), query.area);
        const items: { row: ListedRow; beside: Beside }[] = [];
        const exact = query.count === 'exact';
        let total: number | null = 0;
        for (const { actor: one, range } of spans) {
          const wanted = after && after[0] >= range.hi ? 0 : limit + 1 - items.length;
          if (wanted <= 0 && !exact) continue;
          const here = await readSpan(
            services,
            shape,
            one,
            range,
            query,
            after && after[0] >= range.lo ? after : undefined,
            Math.max(0, wanted),
          );
          const beside = besideNames(dictionary, one);
          items.push(...here.items.map((row) => ({ row, beside })));
          total = total === null || here.total === null ? null : total + here.total;
        }
        const shown = items.slice(0, limit);
        const last = items.length > limit ? shown.at(-1)?.row : undefined;
        return {
          items: shown.map(({ row, beside }) =>
            present[shape.key](row as never, beside, actor.day),
          ),
          next: last ? cursors.write(shape.path, [last.area, last.sort_key, last.id]) : null,
          total: exact || (spans.length === 1 && after === undefined) ? total : null,
        };
      }),
  );
}

/** One post's part of a page, with its total where that is cheap or was asked for. */
async function readSpan(
  { database }: ArchiveServices,
  of: CategoryShape,
  actor: Actor,
  range: Range,
  query: ListQuery,
  after: Place | undefined,
  limit: number,
): Promise<{ items: ListedRow[]; total: number | null }> {
  const cheap = range.hi - range.lo <= cheapWidth && query.cursor === undefined;
  const page = await database.readTogether<{ items: ListedRow[]; total: number | null }>(
    actor,
    (tx) => ({
      items: pageOf(tx, of, range, query, after, limit),
      total:
        cheap && query.count !== 'exact' ? keptTotal(tx, of, range, query) : Promise.resolve(null),
    }),
  );
  if (query.count !== 'exact') return page;
  // It asks for the kept count and, when there is none, counts: more than one round trip.
  const total = await database.withActor(actor, (tx) => exactTotal(tx, of, range, query));
  return { items: page.items, total };
}

/** The posts under which people may be listed by the tag. @throws Problem forbidden when there is none */
function showing(dictionary: Dictionary, actors: Actor[], tag: string | undefined): Actor[] {
  if (tag === undefined) return actors;
  const those = actors.filter((actor) => !hiddenTags(dictionary, actor).has(tag));
  if (those.length > 0) return those;
  throw new Problem('forbidden', {
    detail: {
      zh: '当前岗位不能按此标签列出名单',
      en: 'The acting post may not list people by this tag',
    },
  });
}

/** Each post's part of the wished area, in order of area; a post inside another adds nothing. */
function spansOf(actors: Actor[], area: string | undefined): { actor: Actor; range: Range }[] {
  const wished = area === undefined ? undefined : rangeOf(area);
  const spans = actors
    .flatMap((actor) => (actor.scope ? [{ actor, scope: actor.scope }] : []))
    .filter(({ scope }) => !wished || (scope.lo < wished.hi && scope.hi > wished.lo))
    .map(({ actor, scope }) => ({ actor, range: within(scope, area) }))
    .sort((a, b) => a.range.lo - b.range.lo || b.range.hi - a.range.hi);
  if (spans.length === 0) throw new Problem('outside-scope');
  let reached = 0;
  return spans.filter(({ range }) => {
    const adds = range.hi > reached;
    reached = Math.max(reached, range.hi);
    return adds;
  });
}

function readPlace(place: unknown[]): Place {
  const [area, sortKey, id] = place;
  if (typeof area === 'number' && typeof sortKey === 'string' && typeof id === 'string')
    return [area, sortKey, id];
  throw new Problem('bad-cursor');
}
