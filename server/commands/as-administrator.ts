import type pg from 'pg';
import type { RoleKey } from '../../features/identity/contract.ts';
import { Sessions } from '../../features/identity/sessions.ts';
import { type Clock, dayOf } from '../clock.ts';
import { hashToken, newToken } from '../crypto.ts';
import { openDatabase, type Tx } from '../database/actor.ts';
import { type Reach, withClient } from '../database/connect.ts';

/** Under whose post a command acts. */
export interface Acting {
  role: RoleKey;
  /** Left out: the one who holds the post, when there is only one. */
  username?: string | undefined;
}

interface Holder {
  account: string;
  username: string;
  post: string;
}

/**
 * Runs `work` in one transaction under an administrator's post, as a request of theirs would be: the same gate, the
 * same policies. It stands in their name, beside an entry that says that the command line acted.
 * @throws Error naming whom to choose from
 */
export async function asAdministrator<T>(
  reach: Pick<Reach, 'owner' | 'server'>,
  clock: Clock,
  acting: Acting,
  work: (tx: Tx) => Promise<T>,
): Promise<T> {
  const hash = hashToken(newToken());
  const holder = await withClient(reach.owner, async (client) => {
    const chosen = await holderOf(client, acting, dayOf(clock()));
    await openSession(client, hash, chosen, clock());
    return chosen;
  });
  const database = openDatabase(reach.server, 1);
  try {
    const sessions = new Sessions(database, clock);
    const session = await sessions.find(hash);
    const post = session.posts.find(({ id }) => id === holder.post) ?? null;
    return await database.withActor(sessions.actor(session, post), work);
  } finally {
    await database.close();
    await withClient(reach.owner, (client) =>
      client.query('delete from session where token_hash = $1', [hash]),
    );
  }
}

/** The account with the widest post of the role that is in force. */
async function holderOf(
  client: pg.Client,
  { role, username }: Acting,
  day: string,
): Promise<Holder> {
  const { rows } = await client.query<Holder>(
    `select distinct on (a.username) a.id as account, a.username, p.id as post
       from account a join post p on p.account = a.id
      where a.active and p.role = $1 and post_in_force(p.since, p.until, $2::date)
        and ($3::text is null or a.username = $3)
      order by a.username, p.hi - p.lo desc, p.id`,
    [role, day, username ?? null],
  );
  const [only] = rows;
  if (only && rows.length === 1) return only;
  throw new Error(
    only
      ? `请用 --as 指明以谁的名义 · say with --as in whose name: ${rows.map((one) => one.username).join(', ')}`
      : `没有在任的这种管理员${username === undefined ? '' : `：${username}`} · nobody ${username === undefined ? '' : `named "${username}" `}holds the post ${role} today`,
  );
}

async function openSession(
  client: pg.Client,
  hash: Buffer,
  { account, post }: Holder,
  now: Date,
): Promise<void> {
  await client.query('begin');
  await client.query(
    `insert into session (token_hash, account, post, created_at, seen_at, expires_at, idle, stage, strong, method)
     values ($1, $2, $3, $4, $4, $4::timestamptz + interval '15 minutes', interval '15 minutes', 'open', true, 'command')`,
    [hash, account, post, now],
  );
  await client.query(`select session_note($1, $2, 'act_by_command')`, [hash, now]);
  await client.query('commit');
}
