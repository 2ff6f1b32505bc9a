// The floors of ARCHITECTURE.md: imports run downward only. Unresolvable imports are the type
// check's business.
// A feature that is not named here is a practice, on floor 4.
const floors = [
  // 1: where, who, what was seen; jobs is the window on the queue of server/jobs and knows identity
  ['area', 'identity', 'audit', 'jobs'],
  ['archive', 'gather'], // 2: what is so, and how it comes in
  ['matters'], // 3: the engine of states, deadlines, notices
  null, // 4: the practices, one folder each
  ['insight'], // 5: indicators and dashboards
];
const named = floors.flatMap((names) => names ?? []).join('|');
const folderOf = (names) =>
  names ? `^features/(${names.join('|')})/` : `^features/(?!(?:${named})/)([^/]+)/`;

const tests = '\\.test\\.tsx?$';
// The composition roots: they know every feature, and put the application together.
const roots = '^server/((main|app|cli|kinds)\\.ts$|commands/)';

const noFloorUp = floors.slice(0, -1).map((names, at) => ({
  name: `floor-${at + 1}-imports-downward`,
  comment: `Floor ${at + 1} imports nothing of the floors above it.`,
  severity: 'error',
  from: { path: folderOf(names) },
  to: { path: floors.slice(at + 1).map(folderOf) },
}));

const neighbours = floors
  .map((names, at) => ({ names, at }))
  // Area, identity and audit are one floor in the strict sense: no act without who, where and a record.
  .filter(({ names, at }) => (names === null || names.length > 1) && at > 0)
  .map(({ names, at }) => ({
    name: `floor-${at + 1}-neighbours-by-contract`,
    comment: `Features of floor ${at + 1} know each other's contract.ts at most.`,
    severity: 'error',
    // Gather writes into the archive by the archive's own rules, and knows it whole; the archive knows nothing of it.
    from: { path: folderOf(names), pathNot: '^features/gather/' },
    to: { path: folderOf(names), pathNot: ['^features/$1/', '^features/[^/]+/contract[.]ts$'] },
  }));

module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      comment: 'No file reaches itself through its imports.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'floor-0-imports-no-feature',
      comment: 'server/ knows no feature, but for the composition roots.',
      severity: 'error',
      from: { path: '^server/', pathNot: [roots, tests] },
      to: { path: '^features/' },
    },
    {
      name: 'composition-roots-are-on-top',
      comment: 'Only composition roots, tests and tools import a composition root.',
      severity: 'error',
      from: { path: '^(server|features|console|field)/', pathNot: [roots, tests] },
      to: { path: roots },
    },
    ...noFloorUp,
    ...neighbours,
    {
      name: 'pages-know-contracts-only',
      comment:
        'Pages talk to the server over its API: they import contracts, not what is behind them.',
      severity: 'error',
      from: { path: '^(console|field)/|^features/[^/]+/ui/' },
      to: { path: ['^(server|db)/', '/queries', '^features/[^/]+/(routes|jobs)[.]'] },
    },
    {
      name: 'server-knows-no-pages',
      comment: 'The server side imports no page.',
      severity: 'error',
      from: { path: '^(server|db)/|^features/', pathNot: '^features/[^/]+/ui/' },
      to: { path: '^(console|field)/|^features/[^/]+/ui/' },
    },
    {
      name: 'only-tests-import-tests',
      comment: 'What runs in production imports no test, benchmark or drill.',
      severity: 'error',
      from: { path: '^(server|features|console|field)/', pathNot: tests },
      to: { path: ['^(tests|bench|drills)/', tests] },
    },
  ],
  options: {
    includeOnly: '^(server|features|console|field|db|bench|drills|tests)/',
    exclude: '(^|/)(node_modules|dist)/|\\.gen\\.ts$',
    doNotFollow: 'node_modules',
    parser: 'swc',
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.json'],
      conditionNames: ['import', 'node', 'default'],
      exportsFields: ['exports'],
    },
  },
};
