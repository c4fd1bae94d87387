// The grid of the house as rules: an import may only lead downwards. docs/architecture.md has the picture.

/** What each place may import from other places. */
const grid = {
  'packages/config': [],
  'packages/tracing': [],
  'packages/db': [],
  'packages/jobs': ['packages/db', 'packages/tracing'],
  'packages/core': ['packages/db', 'packages/jobs', 'packages/config', 'packages/tracing'],
  'packages/api': ['packages/core'],
  'packages/testbed': ['packages/api'],
  'apps/api': ['packages/api', 'packages/core', 'packages/config'],
  'apps/workers': ['packages/core', 'packages/jobs', 'packages/config'],
  // It also sets the database up (src/setup.ts).
  'apps/cli': ['packages/config', 'packages/core', 'packages/db', 'packages/jobs'],
  // Its server side; the browser's side has rules of its own below.
  'apps/web': ['packages/api', 'packages/core', 'packages/config'],
  e2e: ['packages/testbed'],
  bench: ['packages/testbed'],
}

const places = Object.keys(grid)
const anyOf = (paths) => `^(${paths.join('|')})/`
/** Tests and what is made for tests may use every layer below, to prepare and to look. */
const tests = String.raw`\.test\.tsx?$|/src/testing/|(^|/)vitest\.[a-z.]*ts$`

const layers = places.map((place) => {
  const refused = places.filter((other) => other !== place && !grid[place].includes(other))
  return {
    name: `${place.replace('/', '-')}-looks-down`,
    comment: `${place} may import ${grid[place].join(', ') || 'nothing else of ours'}.`,
    severity: 'error',
    from: { path: `^${place}/`, pathNot: tests },
    to: { path: anyOf(refused) },
  }
})

const browser = { path: '^apps/web/src/', pathNot: `^apps/web/src/(server|app/api|app/healthz)/|${tests}` }

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...layers,
    {
      name: 'tests-look-down',
      comment: 'Tests of a package may not know the apps, nor tests of one app another app.',
      severity: 'error',
      from: { path: tests, pathNot: '^(apps|e2e|bench)/' },
      to: { path: '^(apps|e2e|bench)/' },
    },
    {
      name: 'browser-knows-types-of-the-api',
      comment: 'In the browser, tRPC is known by its types alone.',
      severity: 'error',
      from: browser,
      to: { path: '^packages/api/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'browser-knows-states-and-errors',
      comment:
        'Of the domain the browser knows what is pure: the state tables, the arithmetic of addresses, and types.',
      severity: 'error',
      from: browser,
      to: {
        path: '^packages/core/',
        pathNot:
          '^packages/core/src/((compute|image|volume)/states|volume/types/limit-keys|compute/machine/keys|image/properties/known|compute/aggregates/keys|kernel/errors|network/addresses/(ipv4|ipv6|ip))\\.ts$',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'browser-has-no-configuration',
      comment: 'The configuration holds secrets.',
      severity: 'error',
      from: browser,
      to: { path: '^packages/config/' },
    },
    {
      name: 'drivers-know-no-database',
      comment: 'A driver does what it is told to this host; it does not know the cloud.',
      severity: 'error',
      from: { path: '^apps/workers/src/[^/]+/drivers/', pathNot: tests },
      to: { path: '^packages/(db|jobs)/' },
    },
    {
      name: 'no-circles',
      comment: 'Two files that need each other are one file, or three.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'everything-resolves',
      comment: 'An import that leads nowhere is not checked by any rule.',
      severity: 'error',
      from: { path: anyOf(places) },
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)((node_modules|dist|\\.next|gen|test-results)/|next-env\\.d\\.ts$)' },
    tsPreCompilationDeps: 'specify',
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.json'],
      mainFields: ['module', 'main', 'types'],
    },
  },
}
