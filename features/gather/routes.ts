import multipart from '@fastify/multipart';
import type { FastifyInstance } from 'fastify';
import type { Dictionary } from '../archive/dictionary.ts';
import type { Services } from '../identity/services.ts';
import { batchRoutes } from './desk/batch-routes.ts';
import { fileRoutes } from './desk/file-routes.ts';
import { profileRoutes } from './desk/profile-routes.ts';
import { qualityRoutes } from './desk/quality-routes.ts';
import { rejectedRoutes } from './desk/rejected-routes.ts';
import type { DeskServices } from './desk/services.ts';
import type { Profile } from './rows.ts';

/** The desk of the departments' data. The reader of forms is in force for these routes alone. */
export function gatherRoutes(
  app: FastifyInstance,
  services: Services,
  dictionary: Dictionary,
  shipped: readonly Profile[],
): void {
  const desk: DeskServices = { ...services, dictionary, shipped };
  app.register(async (own) => {
    await own.register(multipart);
    fileRoutes(own, desk);
    batchRoutes(own, desk);
    rejectedRoutes(own, desk);
    profileRoutes(own, desk);
    qualityRoutes(own, desk);
  });
}
