import type { QueryClient } from '@tanstack/react-query';
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router';
import { readAccessSearch } from '../features/archive/ui/console/accessSearch.ts';
import { readBulkSearch } from '../features/archive/ui/console/bulk/search.ts';
import { readFilters } from '../features/archive/ui/console/filters.ts';
import { readRegisterSearch } from '../features/archive/ui/console/life/registerSearch.ts';
import { readAuditSearch } from '../features/audit/ui/console/filters.ts';
import { readReviewSearch } from '../features/gather/ui/console/review/search.ts';
import { readAccountFilters } from '../features/identity/ui/console/accountFilters.ts';
import { ApiError } from './api.ts';
import { dictionaryQuery } from './dictionary.tsx';
import { NotFound, PageError } from './layout/Plain.tsx';
import { Shell } from './layout/Shell.tsx';
import { Loading } from './parts/Feedback.tsx';
import { sessionQuery } from './session.tsx';
import { WorkbenchPage } from './workbench/WorkbenchPage.tsx';

const rootRoute = createRootRouteWithContext<{ client: QueryClient }>()({
  component: Outlet,
  notFoundComponent: NotFound,
});

const signIn = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sign-in',
  validateSearch: (search: Record<string, unknown>): { next?: string; refused?: string } => ({
    ...(typeof search.next === 'string' ? { next: search.next } : {}),
    ...(typeof search.refused === 'string' ? { refused: search.refused } : {}),
  }),
  component: lazyRouteComponent(
    () => import('../features/identity/ui/console/SignInPage.tsx'),
    'SignInPage',
  ),
});

const toTheDoor = (from: string) =>
  redirect({ to: '/sign-in', search: { next: from === '/' ? undefined : from } });

/** Everything behind the door: signed in, with the dictionary at hand where it is needed. */
const inside = createRoute({
  getParentRoute: () => rootRoute,
  id: 'inside',
  beforeLoad: async ({ context, location }) => {
    try {
      const session = await context.client.ensureQueryData(sessionQuery);
      if (session.stage !== 'open') throw toTheDoor(location.href);
      if (session.abilities.readArchive) {
        await context.client.ensureQueryData(dictionaryQuery);
      }
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) throw toTheDoor(location.href);
      throw error;
    }
  },
  component: Shell,
  errorComponent: (props) => (
    <main>
      <PageError {...props} />
    </main>
  ),
});

const workbench = createRoute({
  getParentRoute: () => inside,
  path: '/',
  component: WorkbenchPage,
});

const book = createRoute({
  getParentRoute: () => inside,
  path: '/areas/$code',
  component: lazyRouteComponent(
    () => import('../features/archive/ui/console/life/Book.tsx'),
    'Book',
  ),
});

const split = createRoute({
  getParentRoute: () => inside,
  path: '/areas/$code/split',
  component: lazyRouteComponent(
    () => import('../features/area/ui/console/split/SplitPage.tsx'),
    'SplitPage',
  ),
});

const map = createRoute({
  getParentRoute: () => inside,
  path: '/map',
  validateSearch: (search: Record<string, unknown>): { area?: string } =>
    typeof search.area === 'string' ? { area: search.area } : {},
  component: lazyRouteComponent(
    () => import('../features/area/ui/console/map/MapPage.tsx'),
    'MapPage',
  ),
});

const register = createRoute({
  getParentRoute: () => inside,
  path: '/register',
  validateSearch: readRegisterSearch,
  component: lazyRouteComponent(
    () => import('../features/archive/ui/console/life/RegisterPage.tsx'),
    'RegisterPage',
  ),
});

const review = createRoute({
  getParentRoute: () => inside,
  path: '/gather/review',
  validateSearch: readReviewSearch,
  component: lazyRouteComponent(
    () => import('../features/gather/ui/console/review/ReviewPage.tsx'),
    'ReviewPage',
  ),
});

const lists = () => import('../features/archive/ui/console/lists.tsx');
const files = () => import('../features/archive/ui/console/files.tsx');

const residents = createRoute({
  getParentRoute: () => inside,
  path: '/residents',
  validateSearch: readFilters,
  component: lazyRouteComponent(lists, 'ResidentsPage'),
});
const households = createRoute({
  getParentRoute: () => inside,
  path: '/households',
  validateSearch: readFilters,
  component: lazyRouteComponent(lists, 'HouseholdsPage'),
});
const housing = createRoute({
  getParentRoute: () => inside,
  path: '/housing',
  validateSearch: readFilters,
  component: lazyRouteComponent(lists, 'HousingPage'),
});
const premises = createRoute({
  getParentRoute: () => inside,
  path: '/premises',
  validateSearch: readFilters,
  component: lazyRouteComponent(lists, 'PremisesPage'),
});
const organisations = createRoute({
  getParentRoute: () => inside,
  path: '/organisations',
  validateSearch: readFilters,
  component: lazyRouteComponent(lists, 'OrganisationsPage'),
});

const resident = createRoute({
  getParentRoute: () => inside,
  path: '/residents/$id',
  component: lazyRouteComponent(files, 'ResidentPage'),
});
const household = createRoute({
  getParentRoute: () => inside,
  path: '/households/$id',
  component: lazyRouteComponent(files, 'HouseholdPage'),
});
const house = createRoute({
  getParentRoute: () => inside,
  path: '/housing/$id',
  component: lazyRouteComponent(files, 'HousePage'),
});
const premise = createRoute({
  getParentRoute: () => inside,
  path: '/premises/$id',
  component: lazyRouteComponent(files, 'PremisePage'),
});
const organisation = createRoute({
  getParentRoute: () => inside,
  path: '/organisations/$id',
  component: lazyRouteComponent(files, 'OrganisationPage'),
});

const bulkStart = createRoute({
  getParentRoute: () => inside,
  path: '/bulk-edit',
  validateSearch: readBulkSearch,
  component: lazyRouteComponent(
    () => import('../features/archive/ui/console/bulk/BulkStartPage.tsx'),
    'BulkStartPage',
  ),
});
const bulk = createRoute({
  getParentRoute: () => inside,
  path: '/bulk-edit/$id',
  component: lazyRouteComponent(
    () => import('../features/archive/ui/console/bulk/BulkPage.tsx'),
    'BulkPage',
  ),
});

const mySignIns = createRoute({
  getParentRoute: () => inside,
  path: '/my-sign-ins',
  component: lazyRouteComponent(
    () => import('../features/identity/ui/console/OwnSessionsPage.tsx'),
    'OwnSessionsPage',
  ),
});
const staffList = createRoute({
  getParentRoute: () => inside,
  path: '/accounts/import',
  component: lazyRouteComponent(
    () => import('../features/identity/ui/console/staff/StaffPage.tsx'),
    'StaffPage',
  ),
});
const accounts = createRoute({
  getParentRoute: () => inside,
  path: '/accounts',
  validateSearch: readAccountFilters,
  component: lazyRouteComponent(
    () => import('../features/identity/ui/console/AccountsPage.tsx'),
    'AccountsPage',
  ),
});
const account = createRoute({
  getParentRoute: () => inside,
  path: '/accounts/$id',
  component: lazyRouteComponent(
    () => import('../features/identity/ui/console/AccountPage.tsx'),
    'AccountPage',
  ),
});
const access = createRoute({
  getParentRoute: () => inside,
  path: '/access',
  validateSearch: readAccessSearch,
  component: lazyRouteComponent(
    () => import('../features/archive/ui/console/AccessPage.tsx'),
    'AccessPage',
  ),
});
const systems = createRoute({
  getParentRoute: () => inside,
  path: '/gather/systems',
  component: lazyRouteComponent(
    () => import('../features/gather/ui/console/interface/SystemsPage.tsx'),
    'SystemsPage',
  ),
});
const otherSystem = createRoute({
  getParentRoute: () => inside,
  path: '/gather/systems/$id',
  component: lazyRouteComponent(
    () => import('../features/gather/ui/console/interface/SystemPage.tsx'),
    'SystemPage',
  ),
});
const audit = createRoute({
  getParentRoute: () => inside,
  path: '/audit',
  validateSearch: readAuditSearch,
  component: lazyRouteComponent(
    () => import('../features/audit/ui/console/AuditPage.tsx'),
    'AuditPage',
  ),
});
const jobs = createRoute({
  getParentRoute: () => inside,
  path: '/jobs',
  component: lazyRouteComponent(
    () => import('../features/jobs/ui/console/JobsPage.tsx'),
    'JobsPage',
  ),
});
const gather = createRoute({
  getParentRoute: () => inside,
  path: '/gather',
  component: lazyRouteComponent(
    () => import('../features/gather/ui/console/GatherPage.tsx'),
    'GatherPage',
  ),
});
const batch = createRoute({
  getParentRoute: () => inside,
  path: '/gather/batches/$number',
  component: lazyRouteComponent(
    () => import('../features/gather/ui/console/BatchPage.tsx'),
    'BatchPage',
  ),
});
const newProfile = createRoute({
  getParentRoute: () => inside,
  path: '/gather/profiles/new',
  validateSearch: (search: Record<string, unknown>): { file?: string } =>
    typeof search.file === 'string' ? { file: search.file } : {},
  component: lazyRouteComponent(
    () => import('../features/gather/ui/console/WizardPage.tsx'),
    'WizardPage',
  ),
});
const quality = createRoute({
  getParentRoute: () => inside,
  path: '/gather/quality',
  validateSearch: (search: Record<string, unknown>): { area?: string; source?: string } => ({
    ...(typeof search.area === 'string' ? { area: search.area } : {}),
    ...(typeof search.source === 'string' ? { source: search.source } : {}),
  }),
  component: lazyRouteComponent(
    () => import('../features/gather/ui/console/QualityPage.tsx'),
    'QualityPage',
  ),
});
const items = createRoute({
  getParentRoute: () => inside,
  path: '/items',
  component: lazyRouteComponent(
    () => import('../features/archive/ui/console/items/ItemsPage.tsx'),
    'ItemsPage',
  ),
});
const system = createRoute({
  getParentRoute: () => inside,
  path: '/system',
  component: lazyRouteComponent(() => import('./system/SystemPage.tsx'), 'SystemPage'),
});

const nowhere = createRoute({
  getParentRoute: () => inside,
  path: '$',
  component: NotFound,
});

const tree = rootRoute.addChildren([
  signIn,
  inside.addChildren([
    workbench,
    book,
    split,
    map,
    register,
    review,
    residents,
    households,
    housing,
    premises,
    organisations,
    resident,
    household,
    house,
    premise,
    organisation,
    bulkStart,
    bulk,
    mySignIns,
    accounts,
    staffList,
    account,
    access,
    systems,
    otherSystem,
    audit,
    jobs,
    gather,
    batch,
    newProfile,
    quality,
    items,
    system,
    nowhere,
  ]),
]);

/** All text: read as numbers, as the router would, area codes and phones are no longer what they were. */
const readSearch = (search: string): Record<string, string> =>
  Object.fromEntries(new URLSearchParams(search));

function writeSearch(search: Record<string, unknown>): string {
  const given = Object.entries(search).filter(([, value]) => value !== undefined);
  const written = new URLSearchParams(given.map(([name, value]) => [name, String(value)]));
  return given.length > 0 ? `?${written}` : '';
}

/** The routes of the console. Filters stand in the address as plain text, area codes too. */
export function makeRouter(client: QueryClient) {
  return createRouter({
    routeTree: tree,
    context: { client },
    defaultPreload: 'intent',
    defaultPreloadStaleTime: 0,
    defaultErrorComponent: PageError,
    defaultPendingComponent: () => <Loading rows={8} />,
    defaultPendingMs: 300,
    scrollRestoration: true,
    parseSearch: readSearch,
    stringifySearch: writeSearch,
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
