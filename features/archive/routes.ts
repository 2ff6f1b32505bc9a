import type { FastifyInstance } from 'fastify';
import type { Services } from '../identity/services.ts';
import { accessRoutes } from './access/routes.ts';
import { bulkRoutes } from './bulk/routes.ts';
import { shapes } from './categories.ts';
import type { Dictionary } from './dictionary.ts';
import { documentRoutes } from './documents/routes.ts';
import { exportRoutes } from './export/routes.ts';
import { CountyDictionaries } from './items/county-dictionaries.ts';
import { itemRoutes } from './items/routes.ts';
import type { RightsRules } from './rights/contract.ts';
import { rightsRoutes } from './rights/routes.ts';
import { bookRoutes } from './routes/book.ts';
import { changeRoutes } from './routes/changes.ts';
import { dictionaryRoutes } from './routes/dictionary.ts';
import { draftRoutes } from './routes/drafts.ts';
import { fileRoutes } from './routes/files.ts';
import { lifeRoutes } from './routes/life.ts';
import { linkRoutes } from './routes/links.ts';
import { listRoutes } from './routes/lists.ts';
import { lookRoutes } from './routes/looks.ts';
import { pastRoutes } from './routes/past.ts';
import { pointRoutes } from './routes/points.ts';
import { revealRoutes } from './routes/reveals.ts';
import { searchRoutes } from './routes/search.ts';

/** Everything the archive answers: five categories of record, alike but for their items. */
export function archiveRoutes(
  app: FastifyInstance,
  services: Services,
  dictionary: Dictionary,
  rights: RightsRules,
): void {
  const dictionaries = new CountyDictionaries(dictionary, services.database);
  app.addHook('onClose', () => dictionaries.close());
  const archive = { ...services, dictionary, dictionaries };
  exportRoutes(app, archive);
  bulkRoutes(app, archive);
  for (const shape of Object.values(shapes)) {
    listRoutes(app, archive, shape);
    fileRoutes(app, archive, shape);
    changeRoutes(app, archive, shape);
    lookRoutes(app, archive, shape);
    // Where all items lie in the group `file` nothing is sealed.
    if (shape.groups.length > 1) revealRoutes(app, archive, shape);
  }
  linkRoutes(app, archive);
  lifeRoutes(app, archive);
  pastRoutes(app, archive);
  pointRoutes(app, archive);
  searchRoutes(app, archive);
  bookRoutes(app, archive);
  dictionaryRoutes(app, archive);
  itemRoutes(app, archive);
  draftRoutes(app, archive);
  documentRoutes(app, archive);
  rightsRoutes(app, archive, rights);
  accessRoutes(app, archive);
}
