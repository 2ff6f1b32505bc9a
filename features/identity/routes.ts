import type { FastifyInstance } from 'fastify';
import { oneAccountRoutes } from './routes/account.ts';
import { accountRoutes } from './routes/accounts.ts';
import { ownSessionRoutes } from './routes/own-sessions.ts';
import { postRoutes } from './routes/posts.ts';
import { secondFactorRoutes } from './routes/second-factor.ts';
import { signInRoutes } from './routes/sign-in.ts';
import { singleSignOnRoutes } from './routes/single-sign-on.ts';
import type { Services } from './services.ts';
import { staffRoutes } from './staff/routes.ts';

/** Who is there: signing in, one's own sessions and second factor, and the security administrator's desk. */
export function identityRoutes(app: FastifyInstance, services: Services): void {
  signInRoutes(app, services);
  singleSignOnRoutes(app, services);
  secondFactorRoutes(app, services);
  ownSessionRoutes(app, services);
  accountRoutes(app, services);
  oneAccountRoutes(app, services);
  postRoutes(app, services);
  staffRoutes(app, services);
}
