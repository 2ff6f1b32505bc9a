import type { Actor, Database, Tx } from '../../../server/database/actor.ts';
import { type Sql, sql } from '../../../server/database/sql.ts';
import { Problem } from '../../../server/errors.ts';
import { levelOf } from '../../area/queries.ts';
import { underPost } from '../../identity/actor.ts';
import type { RoleKey } from '../../identity/contract.ts';
import type { ItemGroup } from '../../identity/roles.ts';
import { type CategoryShape, shapes } from '../categories.ts';
import type { CategoryKey } from '../contract.ts';
import type {
  AccessGroup,
  AccessOfAccount,
  AccessToRecord,
  GroupReach,
  Reach,
  Why,
} from './contract.ts';

/** A post in force, with its holder. */
export interface PostInForce {
  post: string;
  account: string;
  username: string;
  name: string;
  active: boolean;
  role: RoleKey;
  department: string | null;
  code: string;
  area: string;
  level: number;
  lo: number;
  hi: number;
  since: string;
  until: string | null;
}

/** Where the record lies: all that the security administrator learns of it. */
export interface Place {
  category: CategoryKey;
  id: string;
  area: { code: string; name: string; level: ReturnType<typeof levelOf> };
  at: number;
}

/** Finds where a record lies. @throws Problem not-found outside the administrator's area */
export async function placeOf(tx: Tx, category: CategoryKey, id: string): Promise<Place> {
  const row = await tx.first(
    sql<{ at: number | null }>`select gate_record_area(${category}, ${id}) as at`,
  );
  if (typeof row?.at !== 'number') throw new Problem('not-found');
  const area = await tx.first(sql<{ code: string; name: string; level: number }>`
    select a.code, case when a.level = 6 then concat_ws(' ', v.name, a.name) else a.name end as name, a.level
      from area a left join area v on v.code = a.parent
     where a.lo = ${row.at} and a.level >= 5 order by a.level desc limit 1`);
  return {
    category,
    id,
    at: row.at,
    area: {
      code: area?.code ?? String(row.at),
      name: area?.name ?? '',
      level: levelOf(area?.level ?? 5),
    },
  };
}

/** Posts in force of one account that touch the administrator's area: inside it, or above it too. */
export async function postsOf(tx: Tx, account: string): Promise<PostInForce[]> {
  const posts = await tx.rows(
    sql<PostInForce>`select * from gate_posts_in_force(${account}, null, ${tx.actor.day})`,
  );
  const reach = tx.actor.post;
  // A post of the county beside is no business of this administrator's, and sees none of the records here.
  return posts.filter(({ lo, hi }) => reach !== null && lo < reach.hi && hi > reach.lo);
}

/** Posts in force whose area holds the place, from the smallest up. */
export function postsOver(tx: Tx, place: Place): Promise<PostInForce[]> {
  return tx.rows(
    sql<PostInForce>`select * from gate_posts_in_force(null, ${place.at}, ${tx.actor.day})`,
  );
}

/** By post, what it reaches of the record. */
export type Reached = ReadonlyMap<string, GroupReach[]>;

/**
 * Asks the gate, for each post, what it lets through of the record. The rights come from the function that makes
 * every actor; the answer is that of the tables' own policies under that actor's settings, and is compared with
 * what row security then shows of the record itself, so that the explanation cannot say otherwise than the gate does.
 * @throws Error when the two disagree: a fault to be mended, not an answer
 */
export async function reachOf(
  database: Database,
  administrator: Actor,
  place: Place,
  posts: readonly PostInForce[],
): Promise<Reached> {
  const shape = shapes[place.category];
  const question = questionOf(shape, place);
  const known = new Map<string, GroupReach[]>();
  const reached = new Map<string, GroupReach[]>();
  await database.asOthers(administrator, async (ask) => {
    for (const post of posts) {
      const rights = [post.role, post.department, post.lo, post.hi].join();
      let groups = known.get(rights);
      if (!groups) {
        const other = actorOf(post, administrator.now);
        const atOnce = (await ask(other, [], question))[0] ?? {};
        const forPurpose = (await ask(other, [place.id], question))[0] ?? {};
        groups = groupsOf(shape).map((group) => {
          const reach = reachIn(group, atOnce, forPurpose);
          return { group, reach, why: whyOf(post, place, group) };
        });
        known.set(rights, groups);
      }
      reached.set(post.post, groups);
    }
  });
  return reached;
}

/** Why one account sees the record, or does not. */
export function ofAccount(
  account: { id: string; username: string; name: string; active: boolean },
  place: Place,
  posts: readonly PostInForce[],
  reached: Reached,
): AccessOfAccount {
  const explained = posts.map((post) => ({
    post: {
      id: post.post,
      role: post.role,
      department: post.department,
      area: areaOf(post),
      from: post.since,
      until: post.until,
    },
    inside: holds(post, place),
    groups: reached.get(post.post) ?? [],
  }));
  return {
    account,
    record: recordOf(place),
    posts: explained,
    overall: groupsOf(shapes[place.category]).map((group) => ({
      group,
      reach: account.active
        ? best(explained.flatMap(({ groups }) => groups.filter((one) => one.group === group)))
        : 'no',
    })),
  };
}

/** Who sees the record: posts that reach anything of it, and how many accounts by group. */
export function toRecord(
  place: Place,
  posts: readonly PostInForce[],
  reached: Reached,
): AccessToRecord {
  const seeing = posts.filter(
    (post) => post.active && reached.get(post.post)?.some(({ reach }) => reach !== 'no'),
  );
  const byAccount = Map.groupBy(seeing, ({ account }) => account);
  const bestOf = (held: readonly PostInForce[], group: AccessGroup): Reach =>
    best(
      held.flatMap(({ post }) => (reached.get(post) ?? []).filter((one) => one.group === group)),
    );
  return {
    record: recordOf(place),
    counts: groupsOf(shapes[place.category]).map((group) => {
      const reaches = [...byAccount.values()].map((held) => bestOf(held, group));
      return {
        group,
        open: reaches.filter((reach) => reach === 'open').length,
        purpose: reaches.filter((reach) => reach === 'purpose').length,
      };
    }),
    holders: seeing.map((post) => ({
      account: { id: post.account, username: post.username, name: post.name },
      role: post.role,
      department: post.department,
      area: areaOf(post),
      groups: reached.get(post.post) ?? [],
    })),
  };
}

const groupsOf = (shape: CategoryShape): AccessGroup[] => ['list', ...shape.groups];

const tableOf = (shape: CategoryShape, group: AccessGroup): string =>
  group === 'list' ? shape.key : `${shape.key}_${group}`;

/** For each group: what the policies say (`may`), and whether a row is then seen (`seen`). Nothing of the row. */
function questionOf(shape: CategoryShape, { id, at }: Place): Sql<Record<string, boolean>> {
  const county = Math.floor(at / 1e9);
  return sql<Record<string, boolean>>`select ${sql.join(
    groupsOf(shape).flatMap((group) => {
      const table = tableOf(shape, group);
      return [
        sql`policy_admits(${table}, ${at}::bigint, ${id}::uuid) as ${sql.ref(`${group}_may`)}`,
        sql`exists (select from ${sql.table(table)} where county = ${county} and id = ${id}) as ${sql.ref(`${group}_seen`)}`,
      ];
    }),
  )}`;
}

function reachIn(
  group: AccessGroup,
  atOnce: Record<string, boolean>,
  forPurpose: Record<string, boolean>,
): Reach {
  for (const answer of [atOnce, forPurpose]) {
    const [may, seen] = [answer[`${group}_may`], answer[`${group}_seen`]];
    // A record always has its row in the list; a group's row may be missing, which must not be told.
    if ((seen && !may) || (group === 'list' && may && !seen))
      throw new Error(`policy_admits and row security disagree on ${group}`);
  }
  if (atOnce[`${group}_may`]) return 'open';
  return forPurpose[`${group}_may`] ? 'purpose' : 'no';
}

const holds = (post: PostInForce, { at }: Place): boolean => post.lo <= at && at < post.hi;

const sensitive: readonly ItemGroup[] = [
  'identity',
  'health',
  'ethnic',
  'welfare',
  'minor',
  'economy',
];

function whyOf(post: PostInForce, place: Place, group: AccessGroup): Why {
  const { admin } = underPost(rightsHolder(post), new Date(0));
  if (admin !== null) return 'administrator';
  if (!holds(post, place)) return 'area';
  const byDepartment =
    post.role === 'department_officer' ? group !== 'list' : sensitive.includes(group as ItemGroup);
  return post.department !== null && byDepartment ? 'department' : 'role';
}

const rightsHolder = ({ post: id, role, department, lo, hi }: PostInForce) => ({
  id,
  role,
  department,
  lo,
  hi,
});

function actorOf(post: PostInForce, now: Date): Actor {
  const { account, username } = post;
  return { tokenHash: Buffer.alloc(0), account, username, ...underPost(rightsHolder(post), now) };
}

const areaOf = ({ code, area, level }: PostInForce) => ({
  code,
  name: area,
  level: levelOf(level),
});

const recordOf = ({ category, area }: Place) => ({ category, area });

function best(groups: readonly { reach: Reach }[]): Reach {
  const reaches = groups.map(({ reach }) => reach);
  if (reaches.includes('open')) return 'open';
  return reaches.includes('purpose') ? 'purpose' : 'no';
}
