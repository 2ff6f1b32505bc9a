import type { FastifyRequest } from 'fastify';
import { sql } from '../../../server/database/sql.ts';
import { Problem, type Text } from '../../../server/errors.ts';
import { isId } from '../../../server/ids.ts';
import type { Services } from '../../identity/services.ts';
import { formFault, isSignedBy, wrongSignature } from './signature/judge.ts';
import { messageOf } from './signature/message.ts';
import { type GivenSignature, readSignature, textParameter } from './signature/read.ts';

/** A system whose request was signed by one of its secrets. */
export interface CallingSystem {
  id: string;
  name: string;
  source: string;
  lo: number;
  hi: number;
}

interface Known extends Omit<CallingSystem, 'id'> {
  secrets: string[];
}

const words = {
  none: {
    zh: '请求须签名：请带上 Signature-Input 和 Signature 各一个签名（RFC 9421），写法见 docs/interface.md',
    en: 'The request must be signed: one signature in Signature-Input and Signature (RFC 9421); docs/interface.md shows how',
  },
  unknown: {
    zh: 'keyid 不是在用的系统编号',
    en: 'keyid is not the id of a system in use',
  },
  replayed: {
    zh: '这个签名已用过：每次请求都要换新的 nonce 重新签名',
    en: 'This signature was used before: sign each request with a nonce of its own',
  },
  source: {
    zh: '这个系统不是该来源的系统',
    en: 'This system is not one of that source',
  },
} as const satisfies Record<string, Text>;

/**
 * Finds out which system calls, and that it signed this very request, just now and for the first time. What is refused is
 * on record where a system is named.
 * @param body the bytes of the body; undefined for a request that has none
 * @throws Problem signature-refused, saying what to mend
 */
export async function callingSystem(
  { database, vault, clock, refusals }: Services,
  request: FastifyRequest,
  body: Buffer | undefined,
): Promise<CallingSystem> {
  const given = readSignature(fieldOf(request, 'signature-input'), fieldOf(request, 'signature'));
  if (!given) throw refused(words.none);
  const message = messageOf(
    request.method,
    request.raw.url ?? '',
    request.headers.host ?? '',
    (name) => fieldOf(request, name),
  );
  const now = clock();
  const id = textParameter(given.input, 'keyid') ?? '';
  const known = isId(id) ? await secretsOf(id) : undefined;
  if (!known) throw refused(words.unknown);
  const secrets = known.secrets.map((sealed) => vault.open(sealed));
  const fault =
    formFault(message, body, given, now) ??
    (isSignedBy(message, given, secrets) ? undefined : wrongSignature) ??
    (await usedBefore(id, given));
  if (fault) {
    await refusals.note(`system ${id}`, { ...about(request, id), reason: 'signature-refused' });
    throw refused(fault);
  }
  const { name, source, lo, hi } = known;
  return { id, name, source, lo, hi };

  async function secretsOf(system: string): Promise<Known | undefined> {
    const [row] = await database.gate(
      sql<Known>`select name, source, lo, hi, secrets from gate_system_secrets(${system}, ${now})`,
    );
    return row;
  }

  async function usedBefore(system: string, { input }: GivenSignature): Promise<Text | undefined> {
    const nonce = textParameter(input, 'nonce') ?? '';
    const [taken] = await database.gate(
      sql<{ first: boolean }>`select gate_system_enter(${system}, ${nonce}, ${now}) as first`,
    );
    return taken?.first ? undefined : words.replayed;
  }
}

/**
 * Refuses a system that speaks for another source than the one that the path names; on record.
 * @throws Problem forbidden
 */
export async function requireSource(
  { refusals }: Services,
  request: FastifyRequest,
  system: CallingSystem,
  source: string,
): Promise<void> {
  if (system.source === source) return;
  await refusals.note(`system ${system.id}`, { ...about(request, system.id), reason: 'forbidden' });
  throw new Problem('forbidden', { detail: words.source });
}

const refused = (detail: Text): Problem => new Problem('signature-refused', { detail });

function about(request: FastifyRequest, system: string) {
  const schema = request.routeOptions.schema as { operationId?: string } | undefined;
  return {
    action: 'refused',
    account: null,
    category: 'system',
    subject: system,
    operation: schema?.operationId,
  } as const;
}

function fieldOf(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}
