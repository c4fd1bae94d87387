/** Every URL of the dashboard. Nothing else may spell one out. */
export const paths = {
  overview: () => '/',
  /** `next`: where to go after signing in. */
  login: (next?: string) => (next && next !== '/' ? `/login?next=${encodeURIComponent(next)}` : '/login'),

  instances: (
    filter: { status?: string; search?: string; image?: string; host?: string; tag?: string } = {},
  ) => withQuery('/instances', filter),
  /** Choices made elsewhere are passed on, so that "launch from this image" opens a filled form. */
  instanceNew: (
    preset: { image?: string; network?: string; flavor?: string; key?: string; group?: string } = {},
  ) => withQuery('/instances/new', preset),
  /** `view`: of its console. */
  instance: (id: string, tab?: InstanceTab, view?: ConsoleView) =>
    withQuery(`/instances/${seg(id)}`, { tab, console: view }),

  /** A console in a window of its own. */
  instanceConsole: (id: string, kind: ConsoleView) => `/instances/${seg(id)}/console/${kind}`,
  /** Address of a console's WebSocket, at the dashboard's own origin. */
  consoleSocket: (token: string) =>
    `${globalThis.location?.origin.replace(/^http/, 'ws') ?? ''}/console?${new URLSearchParams({ token })}`,

  /** `tag`: those that have it. */
  images: (filter: { tag?: string; whose?: string } = {}) => withQuery('/images', filter),
  /** Well-known images of distributions, to add by their address. */
  imageCatalogue: () => '/images/catalogue',
  /** `image`: one that waits for its file; `from`: an address in place of a file; `catalogue`: what is filled in. */
  imageNew: (preset: { image?: string; from?: 'address'; catalogue?: string } = {}) =>
    withQuery('/images/new', preset),
  image: (id: string) => `/images/${seg(id)}`,

  volumes: (filter: { status?: string; type?: string } = {}) => withQuery('/volumes', filter),
  /** What it is to be made from, chosen elsewhere. */
  volumeNew: (preset: { image?: string; snapshot?: string; volume?: string } = {}) =>
    withQuery('/volumes/new', preset),
  volume: (id: string, tab?: VolumeTab) => withQuery(`/volumes/${seg(id)}`, { tab }),
  volumeSnapshots: () => '/volume-snapshots',
  volumeSnapshot: (id: string) => `/volume-snapshots/${seg(id)}`,
  /** `volume`: those of one. */
  volumeBackups: (filter: { volume?: string } = {}) => withQuery('/volume-backups', filter),
  volumeBackup: (id: string) => `/volume-backups/${seg(id)}`,
  volumeTransfers: () => '/volumes/transfers',

  networks: () => '/networks',
  networkNew: () => '/networks/new',
  network: (id: string, tab?: NetworkTab) => withQuery(`/networks/${seg(id)}`, { tab }),

  routers: () => '/routers',
  router: (id: string) => `/routers/${seg(id)}`,
  floatingIps: () => '/floating-ips',
  /** `view`: the list in place of the picture. */
  topology: (view?: 'list') => withQuery('/topology', { view }),
  /** Ends are `outside`, `instance:<id>`, `port:<id>` or `address:<address>`. */
  reachability: (
    question: { from?: string | null; to?: string | null; protocol?: string; port?: number | null } = {},
  ) =>
    withQuery('/reachability', {
      from: question.from ?? undefined,
      to: question.to ?? undefined,
      protocol: question.protocol,
      port: question.port?.toString(),
    }),
  securityGroups: () => '/security-groups',
  securityGroup: (id: string) => `/security-groups/${seg(id)}`,
  addressGroups: () => '/address-groups',
  addressGroup: (id: string) => `/address-groups/${seg(id)}`,

  qosPolicies: () => '/qos-policies',
  qosPolicy: (id: string) => `/qos-policies/${seg(id)}`,

  keyPairs: () => '/key-pairs',
  keyPairNew: (how?: 'create' | 'import') => withQuery('/key-pairs', { new: how ?? 'create' }),

  serverGroups: () => '/server-groups',
  serverGroup: (id: string) => `/server-groups/${seg(id)}`,

  /** `request`: the entries of one request id. */
  audit: (filter: { request?: string } = {}) => withQuery('/audit', filter),
  operations: (filter: { status?: string } = {}) => withQuery('/operations', filter),
  operation: (id: string) => `/operations/${seg(id)}`,

  account: () => '/account',

  admin: {
    hosts: () => '/admin/hosts',
    host: (id: string) => `/admin/hosts/${seg(id)}`,
    /** `host`: those from or to it. */
    migrations: (filter: { host?: string; state?: string } = {}) => withQuery('/admin/migrations', filter),
    aggregates: () => '/admin/aggregates',
    aggregate: (id: string) => `/admin/aggregates/${seg(id)}`,
    zones: () => '/admin/zones',
    flavors: () => '/admin/flavors',
    flavor: (id: string) => `/admin/flavors/${seg(id)}`,
    volumeTypes: () => '/admin/volume-types',
    volumeType: (id: string) => `/admin/volume-types/${seg(id)}`,
    volumeQos: () => '/admin/volume-types/qos',
    volumeBackends: () => '/admin/volume-backends',
    volumeBackend: (id: string) => `/admin/volume-backends/${seg(id)}`,
    projects: () => '/admin/projects',
    project: (id: string) => `/admin/projects/${seg(id)}`,
    users: () => '/admin/users',
    user: (id: string) => `/admin/users/${seg(id)}`,
    /** `request`: the entries of one request id. */
    audit: (filter: { request?: string } = {}) => withQuery('/admin/audit', filter),
  },

  api: {
    trpc: () => '/api/trpc',
    /** `after`: number of the last event that was seen. */
    events: (after?: number) => withQuery('/api/events', { after: after?.toString() }),
    console: (instanceId: string, from?: number) =>
      withQuery(`/api/instances/${seg(instanceId)}/console`, { from: from?.toString() }),
    /** New measurements of these while somebody looks; `only`: the CPU alone. */
    metrics: (of: { instances?: readonly string[]; hosts?: readonly string[]; only?: 'cpu' }) =>
      withQuery('/api/metrics', {
        instances: of.instances?.join(','),
        hosts: of.hosts?.join(','),
        only: of.only,
      }),
    imageFile: (imageId: string) => `/api/images/${seg(imageId)}/file`,
    /** An upload in parts; see `image.uploads.begin`. */
    imageUpload: (imageId: string, uploadId: string) =>
      `/api/images/${seg(imageId)}/uploads/${seg(uploadId)}`,
    imageUploadFinish: (imageId: string, uploadId: string) =>
      `/api/images/${seg(imageId)}/uploads/${seg(uploadId)}/finish`,
  },
} as const

/** Tabs of an instance's page. */
export const instanceTabs = ['overview', 'metrics', 'console', 'operations', 'networking', 'volumes'] as const
export type InstanceTab = (typeof instanceTabs)[number]

/** Views of an instance's console: what it wrote, its serial port, its screen. */
export const consoleViews = ['log', 'serial', 'screen'] as const
export type ConsoleView = (typeof consoleViews)[number]

/** Tabs of a volume's page. */
export const volumeTabs = ['overview', 'snapshots', 'attachments', 'metadata', 'operations'] as const
export type VolumeTab = (typeof volumeTabs)[number]

/** Tabs of a network's page. */
export const networkTabs = ['overview', 'subnets', 'ports'] as const
export type NetworkTab = (typeof networkTabs)[number]

const seg = encodeURIComponent

function withQuery(path: string, query: Record<string, string | undefined>): string {
  const given = Object.entries(query).filter((entry): entry is [string, string] => Boolean(entry[1]))
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given)}`
}

/** A path of this dashboard to return to after signing in, or the overview when it is anything else. */
export function safeReturn(next: string | null | undefined): string {
  if (!next?.startsWith('/') || next.startsWith('//') || next.includes('\\') || next.startsWith('/login'))
    return paths.overview()
  return next
}
