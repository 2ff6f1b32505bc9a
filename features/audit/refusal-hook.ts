import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Actor } from '../../server/database/actor.ts';
import { Problem } from '../../server/errors.ts';
import { isId } from '../../server/ids.ts';
import { tokenHashOf } from '../identity/gatekeeper.ts';
import type { Services } from '../identity/services.ts';
import type { Sessions } from '../identity/sessions.ts';
import { type Refusal, reasonOf } from './refusals.ts';

/**
 * Puts every request that the gate refuses on record before it is answered. It stands in the way of errors only:
 * a request that succeeds meets nothing of it.
 */
export function recordRefusals(api: FastifyInstance, services: Services): void {
  const { refusals } = services;
  api.setErrorHandler(async (error, request) => {
    const reason = reasonOf(error, paramsOf(request));
    if (reason !== undefined)
      await note(services, request, reason).catch((failed: Error) =>
        request.log.error({ name: failed.name, stack: failed.stack }, 'a refusal is not on record'),
      );
    // On to the handler that answers it.
    throw error;
  });
  const settling = setInterval(() => void refusals.settle().catch(() => {}), 15_000).unref();
  api.addHook('onClose', async () => {
    clearInterval(settling);
    await refusals.settle(true);
  });
}

async function note(
  { sessions, refusals }: Services,
  request: FastifyRequest,
  reason: string,
): Promise<void> {
  const caller = await callerOf(sessions, request);
  // Nobody is signed in: nobody was refused.
  if (!caller) return;
  const { account, post, tokenHash } = caller;
  await refusals.note(tokenHash.toString('base64'), {
    action: 'refused',
    account,
    post,
    ...wantedBy(request),
    ...(reason === 'wrong-purpose' ? { purpose: undefined } : {}),
    reason,
  });
}

async function callerOf(sessions: Sessions, request: FastifyRequest): Promise<Actor | undefined> {
  try {
    return sessions.actor(await sessions.find(tokenHashOf(request)));
  } catch (error) {
    if (error instanceof Problem) return undefined;
    throw error;
  }
}

type Wanted = Pick<Refusal, 'operation' | 'category' | 'subject' | 'item' | 'purpose'>;

/** What the request was about, as far as its address and form tell. */
function wantedBy(request: FastifyRequest): Wanted {
  const { id, code } = paramsOf(request);
  const given = { ...fieldsOf(request.query), ...fieldsOf(request.body) };
  const schema = request.routeOptions.schema as { operationId?: string } | undefined;
  return {
    operation: schema?.operationId,
    category: categoryOf(request.routeOptions.url ?? ''),
    subject: typeof id === 'string' && isId(id) ? id : undefined,
    item: keyOf(given.item) ?? areaOf(code) ?? areaOf(given.area),
    purpose: keyOf(given.purpose),
  };
}

const categories: Record<string, string> = {
  residents: 'resident',
  households: 'household',
  housing: 'housing',
  premises: 'premises',
  organisations: 'organisation',
  accounts: 'account',
  posts: 'post',
  jobs: 'job',
  areas: 'area',
};

const categoryOf = (url: string): string | undefined =>
  categories[url.replace('/api/v1/', '').split('/')[0] ?? ''];

const paramsOf = (request: FastifyRequest): Record<string, unknown> => fieldsOf(request.params);

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

/** A key of a catalogue, or nothing: no words of a form come into the record. */
function keyOf(value: unknown): string | undefined {
  return typeof value === 'string' && /^[a-z][a-z0-9_]{0,39}$/.test(value) ? value : undefined;
}

function areaOf(value: unknown): string | undefined {
  return typeof value === 'string' && /^\d{2,15}$/.test(value) ? value : undefined;
}
