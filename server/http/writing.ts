import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Vault } from '../crypto.ts';
import type { Actor, Database, Tx } from '../database/actor.ts';
import { sql } from '../database/sql.ts';
import { Problem } from '../errors.ts';

/** What a writing route answers. */
export interface Answer {
  status: number;
  body?: unknown;
  /** Version of the record after the write. */
  version?: number;
  location?: string;
}

/**
 * Runs a writing call in one transaction. With an Idempotency-Key the answer is kept in the same
 * transaction: a replay is answered alike and writes nothing (DESIGN.md, rule 4).
 * @param options.subjects records for which the gate opens closed groups, or how they are found out
 * @throws Problem key-reused when the key came with another request before
 */
export function createWriter(database: Database, vault: Vault) {
  return async function write(
    request: FastifyRequest,
    reply: FastifyReply,
    actor: Actor,
    work: (tx: Tx) => Promise<Answer>,
    options: { subjects?: readonly string[] | (() => Promise<readonly string[]>) } = {},
  ): Promise<FastifyReply> {
    const key = idempotencyKeyOf(request);
    const { subjects = [] } = options;
    const opened = { subjects: typeof subjects === 'function' ? await subjects() : subjects };
    const attempt = (): Promise<Answer> =>
      database.withActor(
        actor,
        key === undefined ? work : (tx) => once(tx, vault, key, fingerprintOf(request), work),
        opened,
      );
    for (let again = 2; ; again--) {
      try {
        return send(reply, await attempt());
      } catch (error) {
        // Two writers waited for each other; this one was rolled back and nothing of it was done.
        if ((error as { code?: string }).code !== deadlock || again === 0) throw error;
      }
    }
  };
}

export type Writer = ReturnType<typeof createWriter>;

const deadlock = '40P01';

async function once(
  tx: Tx,
  vault: Vault,
  key: string,
  fingerprint: Buffer,
  work: (tx: Tx) => Promise<Answer>,
): Promise<Answer> {
  // Two replays at once: the second waits here until the first has committed, and finds its receipt.
  const [, kept] = await Promise.all([
    tx.first(
      sql`select pg_advisory_xact_lock(hashtextextended(${`${tx.actor.account} ${key}`}, 0))`,
    ),
    receipt(tx, vault, key, fingerprint),
  ]);
  if (kept) return kept;
  const answer = await work(tx);
  await keep(tx, vault, key, fingerprint, answer);
  return answer;
}

/**
 * The key of a writing call. A route that takes a file looks at it before it reads the file.
 * @throws Problem invalid
 */
export function idempotencyKeyOf(request: FastifyRequest): string | undefined {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return undefined;
  if (typeof key === 'string' && /^[\x21-\x7e]{1,100}$/.test(key)) return key;
  throw new Problem('invalid', {
    errors: [
      {
        field: 'Idempotency-Key',
        code: 'pattern',
        message: {
          zh: 'Idempotency-Key：应为 1 至 100 个可见字符',
          en: 'Idempotency-Key: 1 to 100 visible characters',
        },
      },
    ],
  });
}

function fingerprintOf(request: FastifyRequest): Buffer {
  return createHash('sha256')
    .update(`${request.method} ${request.url}\n${request.headers['if-match'] ?? ''}\n`)
    .update(JSON.stringify(request.body ?? null))
    .digest();
}

interface Receipt {
  fingerprint: Buffer;
  status: number;
  headers: string;
  body: Buffer;
}

async function receipt(
  tx: Tx,
  vault: Vault,
  key: string,
  fingerprint: Buffer,
): Promise<Answer | undefined> {
  const kept = await tx.first(
    sql<Receipt>`select fingerprint, status, headers, body from request_receipt where account = ${tx.actor.account} and key = ${key}`,
  );
  if (!kept) return undefined;
  if (!kept.fingerprint.equals(fingerprint)) throw new Problem('key-reused');
  return {
    status: kept.status,
    ...JSON.parse(kept.headers),
    body: JSON.parse(vault.openBytes(kept.body).toString('utf8')),
  };
}

async function keep(
  tx: Tx,
  vault: Vault,
  key: string,
  fingerprint: Buffer,
  answer: Answer,
): Promise<void> {
  const { status, body, ...headers } = answer;
  const sealed = vault.sealBytes(Buffer.from(JSON.stringify(body ?? null)));
  await tx.count(sql`insert into request_receipt (account, key, fingerprint, status, headers, body, at)
    values (${tx.actor.account}, ${key}, ${fingerprint}, ${status}, ${JSON.stringify(headers)}, ${sealed}, ${tx.actor.now})`);
}

function send(reply: FastifyReply, answer: Answer): FastifyReply {
  if (answer.version !== undefined) reply.header('etag', `"${answer.version}"`);
  if (answer.location !== undefined) reply.header('location', answer.location);
  return reply.code(answer.status).send(answer.body ?? undefined);
}

/**
 * The version an edit was made upon, from If-Match.
 * @throws Problem version-needed when it is missing, invalid when it is no version
 */
export function versionOf(request: FastifyRequest): number {
  const header = request.headers['if-match'];
  if (header === undefined) throw new Problem('version-needed');
  const found = /^(?:W\/)?"(\d{1,9})"$/.exec(header);
  if (found) return Number(found[1]);
  throw new Problem('invalid', {
    errors: [
      {
        field: 'If-Match',
        code: 'pattern',
        message: {
          zh: 'If-Match：应为读取时 ETag 的值，如 "3"',
          en: 'If-Match: the ETag that was read, such as "3"',
        },
      },
    ],
  });
}
