import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { demoPassword } from '../../features/identity/demo.ts';
import { hashPassword } from '../../features/identity/passwords.ts';
import { withClient } from '../../server/database/connect.ts';
import { newId } from '../../server/ids.ts';
import type { Looked, LookerTask } from './looker.ts';
import type { GatherSite } from './site.ts';

/** An official who opens files while departments' files are gathered. */
export interface Looking {
  start(): void;
  stop(): Promise<Looked>;
  close(): void;
}

const username = 'bench-city';

/** Starts a server and an official's browser, each in a process of its own, on an installation with households. */
export async function openLooking(site: GatherSite): Promise<Looking> {
  const paths = await withClient(site.installation.reach.owner, async (client) => {
    await client.query(
      'insert into account (id, username, name, password_hash, created_at) values ($1, $2, $2, $3, now())',
      [newId(), username, await hashPassword(demoPassword)],
    );
    await client.query(
      `insert into post (id, account, role, area, lo, hi, since, created_at)
       select $1, a.id, 'village_cadre', r.code, r.lo, r.hi, current_date - 1, now() from account a, area r
        where a.username = $2 and r.code = '3308'`,
      [newId(), username],
    );
    const { rows } = await client.query<{ id: string }>(
      'select id from household order by md5(id::text) limit 1000',
    );
    return rows.map(({ id }) => `/households/${id}`);
  });
  const server = fork(join(import.meta.dirname, '../site/serve.ts'), { env: site.env });
  const { port } = await message<{ port: number }>(server);
  const looker = fork(join(import.meta.dirname, 'looker.ts'), { serialization: 'advanced' });
  const tell = (task: LookerTask): boolean => looker.send(task);
  tell({ port, cookie: await signIn(port), paths });
  return {
    start: () => void tell('look'),
    async stop() {
      const looked = message<Looked>(looker);
      tell('tell');
      const found = await looked;
      if (found.failures > 0) throw new Error(`${found.failures} of ${found.count} files failed`);
      return found;
    },
    close() {
      looker.disconnect();
      server.disconnect();
    },
  };
}

function message<T>(child: ChildProcess): Promise<T> {
  return new Promise((done, fail) => {
    child.once('message', (told) => done(told as T));
    child.once('exit', () => fail(new Error('a process of the bench ended')));
  });
}

async function signIn(port: number): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${port}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username, password: demoPassword }),
  });
  if (answer.status !== 201) throw new Error(`sign-in: ${answer.status}`);
  return (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
}
