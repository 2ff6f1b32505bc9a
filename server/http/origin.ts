import type { FastifyInstance } from 'fastify';
import { Problem } from '../errors.ts';

/** Refuses writing calls that a browser sends on behalf of another site: the cookie alone is not enough. */
export function refuseForeignOrigins(app: FastifyInstance): void {
  app.addHook('onRequest', async (request) => {
    if (request.method === 'GET' || request.method === 'HEAD') return;
    const origin = request.headers.origin;
    if (origin === undefined) return;
    if (URL.canParse(origin) && new URL(origin).host === request.headers.host) return;
    throw new Problem('foreign-origin');
  });
}
