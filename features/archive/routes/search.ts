import type { FastifyInstance } from 'fastify';
import type { Static } from 'typebox';
import type { Actor } from '../../../server/database/actor.ts';
import { type Range, rangeOf, within } from '../../area/queries.ts';
import { record } from '../../audit/queries.ts';
import { acting, archivePosts } from '../../identity/gatekeeper.ts';
import { SearchPage, SearchQuery } from '../contract.ts';
import { numberIn, type Probe, parseQuery } from '../search/query.ts';
import { areaNamed, type RankedHit, searchArchive, type Within } from '../search.ts';
import type { ArchiveServices } from './archive-services.ts';

/** One box for all: names, pinyin, initials, phone tails, addresses, a citizen id. */
export function searchRoutes(
  app: FastifyInstance,
  { database, sessions, vault }: ArchiveServices,
): void {
  app.get(
    '/search',
    {
      schema: {
        operationId: 'search',
        summary: 'Search within all of one’s posts',
        tags: ['archive'],
        querystring: SearchQuery,
        response: { 200: SearchPage },
      },
    },
    (request) =>
      acting(sessions, request, 'archive', async (actor, session) => {
        const { q, area, category, limit = 20 } = request.query as Static<typeof SearchQuery>;
        const posts = archivePosts(sessions, session).filter(({ post }) => meets(post, area));
        // One range a transaction: each post is asked for itself, and the hits are merged (DESIGN.md, rule 2).
        const found = await Promise.all(
          posts.map(({ actor }) => searchPost(actor, q, area, { category, limit })),
        );
        const best = found.flat().sort((a, b) => a.rank - b.rank);
        const seen = new Set<string>();
        const items = best.filter(({ id }) => !seen.has(id) && seen.add(id)).slice(0, limit);
        const number = numberIn(q);
        if (number !== undefined) await recordFinding(actor, number, items);
        return { items: items.map(({ rank: _rank, ...hit }) => hit), next: null, total: null };
      }),
  );

  /** Who types a whole identity number or phone is on record with whom it led to, under the acting post. */
  async function recordFinding(
    actor: Actor,
    item: 'citizen_id' | 'phone',
    hits: readonly RankedHit[],
  ): Promise<void> {
    await database.withActor(actor, async (tx) => {
      const look = { action: 'find_by_number', category: 'resident', item } as const;
      if (hits.length === 0) return record(tx, look);
      for (const { category, id, area } of hits)
        await record(tx, { ...look, category, subject: id, area: rangeOf(area.code).lo });
    });
  }

  async function searchPost(
    actor: Actor,
    q: string,
    area: string | undefined,
    wanted: Omit<Within, 'range'>,
  ): Promise<RankedHit[]> {
    const range = within(actor.scope ?? { lo: 0, hi: 1 }, area);
    const [first, ...rest] = q.trim().split(/\s+/);
    if (first && rest.length > 0 && /\p{Script=Han}/u.test(first))
      return searchWithArea(actor, first, rest.join(' '), q, { range, ...wanted });
    return one(actor, parseQuery(q, vault.blind, wanted.category), { range, ...wanted });
  }

  /** 彭里 张: when the first word names an area of the scope, the others are looked for there. */
  async function searchWithArea(
    actor: Actor,
    first: string,
    rest: string,
    whole: string,
    wanted: Within,
  ): Promise<RankedHit[]> {
    const { range } = wanted;
    const { named } = await database.readTogether(actor, (tx) => ({ named: areaNamed(tx, first) }));
    if (!named || named.lo >= range.hi || named.hi <= range.lo)
      return one(actor, parseQuery(whole, vault.blind, wanted.category), wanted);
    return one(actor, parseQuery(rest, vault.blind, wanted.category), {
      ...wanted,
      range: { lo: Math.max(named.lo, range.lo), hi: Math.min(named.hi, range.hi) },
    });
  }

  async function one(actor: Actor, words: Probe[][], wanted: Within): Promise<RankedHit[]> {
    if (words.length === 0) return [];
    const { hits } = await database.readTogether(
      actor,
      (tx) => ({ hits: searchArchive(tx, words, wanted) }),
      { replan: true },
    );
    return hits;
  }
}

function meets(post: Range, area: string | undefined): boolean {
  if (area === undefined) return true;
  const wished = rangeOf(area);
  return post.lo < wished.hi && post.hi > wished.lo;
}
