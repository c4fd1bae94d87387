import AxeBuilder from '@axe-core/playwright'
import { until } from '@nephos/testbed'
import type { Browser, Page } from '@playwright/test'
import {
  adminApi,
  emptyProject,
  makeNetwork,
  makeTenant,
  settled,
  type Tenant,
  theCloud,
  tinyImage,
} from '../support/cloud.ts'
import { chooseAction, expect, freshness, signInAs, test } from '../support/test.ts'

/** Every page in both themes for people who do not see or point well, and on the width of a phone. */
let tenant: Tenant
let page: Page
const ids = {
  instance: '',
  failed: '',
  network: '',
  subnet: '',
  router: '',
  outside: '',
  floatingIp: '',
  image: '',
  operation: '',
  host: '',
  aggregate: '',
  volume: '',
  snapshot: '',
  backup: '',
  backend: '',
  type: '',
  security: '',
  qos: '',
  addresses: '',
  group: '',
  project: '',
  user: '',
}
let flavorId = ''

test.beforeAll(async ({ browser }) => {
  test.setTimeout(240_000)
  tenant = await makeTenant('accessibility')
  const admin = await adminApi()
  const target = { type: 'system' } as const
  await admin.identity.assignments.grant.mutate({ userId: tenant.user.id, role: 'admin', target })
  const limits = { ram: -1, cores: -1 }
  await admin.identity.quotas.update.mutate({ projectId: tenant.project.id, limits })
  const size = { vcpus: 512, ramMib: 1_048_576, diskGib: 1 }
  ;({ id: flavorId } = await admin.compute.flavors.create.mutate({
    name: `huge-${tenant.project.name}`,
    ...size,
  }))

  const { api } = tenant
  ids.image = await tinyImage(api)
  ids.network = await makeNetwork(api, 'web', '10.82.0.0/24')
  const [subnet] = (await api.network.networks.show.query({ id: ids.network })).subnets
  ids.subnet = subnet!.id
  const outside = await admin.network.networks.create.mutate({
    name: `outside-${tenant.project.name}`,
    external: true,
    subnet: { cidr: '198.51.100.0/24', enableDhcp: false },
  })
  ids.outside = outside.id
  const gateway = { networkId: ids.outside }
  ids.router = (
    await api.network.routers.create.mutate({ name: 'edge', gateway, subnetIds: [ids.subnet] })
  ).id
  ids.floatingIp = (await api.network.floatingIps.create.mutate({ networkId: ids.outside })).id
  await api.compute.keyPairs.create.mutate({ name: 'laptop' })
  ids.security = (await api.network.securityGroups.create.mutate({ name: 'frontend' })).id
  ids.qos = (await api.network.qosPolicies.create.mutate({ name: 'steady' })).id
  ids.addresses = (
    await api.network.addressGroups.create.mutate({ name: 'offices', addresses: ['192.0.2.0/24'] })
  ).id
  ids.group = (await api.compute.serverGroups.create.mutate({ name: 'database', policy: 'soft-affinity' })).id
  const common = { imageId: ids.image, networkIds: [ids.network], keyName: 'laptop' }
  const [running, failed] = await Promise.all([
    api.compute.instances.create.mutate({
      name: 'web-1',
      flavorId: '42',
      serverGroupId: ids.group,
      ...common,
    }),
    api.compute.instances.create.mutate({ name: 'too-large', flavorId, ...common }),
  ])
  ids.instance = running.instances[0]!.id
  ids.failed = failed.instances[0]!.id
  ids.operation = failed.instances[0]!.operationId
  await settled(api, [ids.instance, ids.failed])
  ids.volume = (await api.volume.volumes.create.mutate({ name: 'orders', sizeGib: 1 })).volume.id
  ids.host = (await admin.compute.hosts.list.query({})).items[0]!.id
  ids.aggregate = (
    await admin.compute.aggregates.create.mutate({
      name: `fast-disks-${tenant.project.name}`,
      metadata: { instance_type: 'm1.nano,m1.micro,m1.tiny', ram_weight_multiplier: '-1' },
    })
  ).id
  await admin.compute.aggregates.addHost.mutate({ id: ids.aggregate, hostId: ids.host })
  ids.backend = (await admin.volume.backends.list.query({})).items[0]!.id
  ids.type = (await api.volume.types.showDefault.query({})).id
  await volumeRests(api, ids.volume)
  ids.snapshot = (
    await api.volume.snapshots.create.mutate({ volumeId: ids.volume, name: 'before-upgrade' })
  ).snapshot.id
  await until(
    'the snapshot is there',
    async () => (await api.volume.snapshots.show.query({ id: ids.snapshot })).status === 'available',
    { timeoutMs: 60_000 },
  )
  ids.backup = (await api.volume.backups.create.mutate({ volumeId: ids.volume, name: 'monday' })).backup.id
  await until(
    'the backup is made',
    async () => (await api.volume.backups.show.query({ id: ids.backup })).status === 'available',
    { timeoutMs: 60_000 },
  )
  ids.project = tenant.project.id
  ids.user = tenant.user.id

  page = await openPage(browser)
  await signInAs(page, { name: tenant.user.name, password: tenant.password })
})

test.afterAll(async () => {
  await page?.close()
  await tenant.api.volume.backups.delete.mutate({ id: ids.backup })
  await tenant.api.volume.volumes.delete.mutate({ id: ids.volume, cascade: true })
  await emptyProject(tenant)
  const admin = await adminApi()
  await admin.network.networks.delete.mutate({ id: ids.outside })
  await admin.compute.flavors.delete.mutate({ id: flavorId })
  await admin.compute.aggregates.removeHost.mutate({ id: ids.aggregate, hostId: ids.host })
  await admin.compute.aggregates.delete.mutate({ id: ids.aggregate })
})

const volumeRests = (api: Tenant['api'], id: string) =>
  until(
    'the volume is there',
    async () => (await api.volume.volumes.show.query({ id })).status === 'available',
    { timeoutMs: 60_000 },
  )

/** A page whose theme follows what it is told. axe wants a context of its own. */
async function openPage(browser: Browser): Promise<Page> {
  const context = await browser.newContext({ baseURL: theCloud().webUrl, reducedMotion: 'reduce' })
  await context.addInitScript(() => localStorage.setItem('theme', 'system'))
  return context.newPage()
}

/**
 * No serious defect in the page, or in the part of it that `part` selects. Everything is looked for in one theme, and
 * what depends on colours in the other, too.
 */
async function check(part?: string) {
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme })
    const axe = new AxeBuilder({ page })
    if (part) axe.include(part)
    if (colorScheme === 'light') axe.withRules(['color-contrast', 'link-in-text-block'])
    const { violations } = await axe.analyze()
    const serious = violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) =>
        nodes.map(({ target, any }) => `${id}: ${target.join(' ')} ${any[0]?.message ?? ''}`),
      )
    expect.soft(serious, `${colorScheme} theme`).toEqual([])
  }
}

async function checkPhone() {
  const desktop = page.viewportSize()!
  await page.setViewportSize({ width: 390, height: 844 })
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
  expect.soft(wide, 'pixels that stick out at a width of 390').toBeLessThanOrEqual(0)
  await page.setViewportSize(desktop)
}

test('the login', async ({ browser }) => {
  const inside = page
  page = await openPage(browser)
  await page.goto('/login')
  await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible()
  await check()
  await checkPhone()
  await page.close()
  page = inside
})

const pages: [name: string, path: () => string, heading: string | RegExp][] = [
  ['overview', () => '/', /^accessibility-/],
  ['instances', () => '/instances', 'Instances'],
  ['an empty search', () => '/instances?q=nothing-has-this-name', 'Instances'],
  ['create instance', () => '/instances/new', 'Create instance'],
  ['an instance', () => `/instances/${ids.instance}`, 'web-1'],
  ['its metrics', () => `/instances/${ids.instance}?tab=metrics`, 'web-1'],
  ['its console log', () => `/instances/${ids.instance}?tab=console`, 'web-1'],
  ['its operations', () => `/instances/${ids.instance}?tab=operations`, 'web-1'],
  ['its networking', () => `/instances/${ids.instance}?tab=networking`, 'web-1'],
  ['an instance in error', () => `/instances/${ids.failed}`, 'too-large'],
  ['images', () => '/images', 'Images'],
  ['upload image', () => '/images/new', 'Upload image'],
  ['import image', () => '/images/new?from=address', 'Import image'],
  ['image catalogue', () => '/images/catalogue', 'Image catalogue'],
  ['share image', () => `/images/${ids.image}?panel=image-share&of=${ids.image}`, 'Share image'],
  ['copy to stores', () => `/images/${ids.image}?panel=image-copy&of=${ids.image}`, 'Copy to stores'],
  ['copy to hosts', () => `/images/${ids.image}?panel=image-warm&of=${ids.image}`, 'Copy to hosts'],
  ['an image', () => `/images/${ids.image}`, 'nephos-tiny'],
  ['volumes', () => '/volumes', 'Volumes'],
  ['create volume', () => '/volumes/new', 'Create volume'],
  ['a volume', () => `/volumes/${ids.volume}`, 'orders'],
  ['attach volume', () => `/volumes/${ids.volume}?panel=volume-attach&of=${ids.volume}`, 'Attach volume'],
  [
    'delete volume',
    () => `/volumes/${ids.volume}?panel=volume-delete&of=${ids.volume}`,
    'Delete this volume?',
  ],
  ['volume snapshots', () => '/volume-snapshots', 'Volume snapshots'],
  ['a snapshot', () => `/volume-snapshots/${ids.snapshot}`, 'before-upgrade'],
  ['volume backups', () => '/volume-backups', 'Volume backups'],
  ['a backup', () => `/volume-backups/${ids.backup}`, 'monday'],
  ['volume transfers', () => '/volumes/transfers', 'Volume transfers'],
  ['networks', () => '/networks', 'Networks'],
  ['create network', () => '/networks/new', 'Create network'],
  ['a network', () => `/networks/${ids.network}`, 'web'],
  ['its ports', () => `/networks/${ids.network}?tab=ports`, 'web'],
  [
    'edit subnet',
    () => `/networks/${ids.network}?tab=subnets&panel=subnet-edit&of=${ids.subnet}`,
    'Edit subnet',
  ],
  ['edit network', () => `/networks/${ids.network}?panel=network-edit&of=${ids.network}`, 'Edit network'],
  ['routers', () => '/routers', 'Routers'],
  ['create router', () => '/routers?panel=router-new', 'Create router'],
  ['a router', () => `/routers/${ids.router}`, 'edge'],
  ['set gateway', () => `/routers/${ids.router}?panel=router-gateway&of=${ids.router}`, /gateway/i],
  ['floating IPs', () => '/floating-ips', 'Floating IPs'],
  [
    'associate a floating IP',
    () => `/floating-ips?panel=floating-ip-associate&of=${ids.floatingIp}`,
    'Associate floating IP',
  ],
  [
    'port forwardings',
    () => `/floating-ips?panel=floating-ip-forwardings&of=${ids.floatingIp}`,
    'Port forwardings',
  ],
  ['topology', () => '/topology', 'Topology'],
  ['topology as a list', () => '/topology?view=list', 'Topology'],
  [
    'reachability',
    () => `/reachability?from=outside&to=instance:${ids.instance}&protocol=tcp&port=22`,
    'Reachability',
  ],
  ['key pairs', () => '/key-pairs', 'Key pairs'],
  ['create key pair', () => '/key-pairs?new=create', 'Create key pair'],
  ['security groups', () => '/security-groups', 'Security groups'],
  ['create security group', () => '/security-groups?panel=security-group-new', 'Create security group'],
  ['a security group', () => `/security-groups/${ids.security}`, 'frontend'],
  [
    'add rule',
    () => `/security-groups/${ids.security}?panel=security-rule-new&of=${ids.security}`,
    'Add rule',
  ],
  ['QoS policies', () => '/qos-policies', 'QoS policies'],
  ['create QoS policy', () => '/qos-policies?panel=qos-policy-new', 'Create QoS policy'],
  ['a QoS policy', () => `/qos-policies/${ids.qos}`, 'steady'],
  [
    'limits of a QoS policy',
    () => `/qos-policies/${ids.qos}?panel=qos-policy-limits&of=${ids.qos}`,
    'Change limits',
  ],
  ['address groups', () => '/address-groups', 'Address groups'],
  ['an address group', () => `/address-groups/${ids.addresses}`, 'offices'],
  ['share network', () => `/networks/${ids.network}?panel=network-share&of=${ids.network}`, 'Share network'],
  ['tags', () => `/networks/${ids.network}?panel=tags&of=network%20${ids.network}`, 'Tags'],
  ['server groups', () => '/server-groups', 'Server groups'],
  ['create server group', () => '/server-groups?panel=server-group-new', 'Create server group'],
  ['a server group', () => `/server-groups/${ids.group}`, 'database'],
  ['operations', () => '/operations', 'Operations'],
  ['a failed operation', () => `/operations/${ids.operation}`, /./],
  ['account', () => '/account', 'Account'],
  ['hosts', () => '/admin/hosts', 'Hosts'],
  ['a host', () => `/admin/hosts/${ids.host}`, /./],
  ['migrations', () => '/admin/migrations', 'Migrations'],
  ['the plan of a drain', () => `/admin/hosts/${ids.host}?panel=host-drain&of=${ids.host}`, /^Drain: /],
  ['host aggregates', () => '/admin/aggregates', 'Host aggregates'],
  ['an aggregate', () => `/admin/aggregates/${ids.aggregate}`, /^fast-disks-/],
  [
    'set metadata',
    () => `/admin/aggregates/${ids.aggregate}?panel=aggregate-metadata&of=${ids.aggregate}`,
    'Set metadata',
  ],
  ['availability zones', () => '/admin/zones', 'Availability zones'],
  ['flavors', () => '/admin/flavors', 'Flavors'],
  ['a flavor', () => '/admin/flavors/42', 'm1.nano'],
  ['volume types', () => '/admin/volume-types', 'Volume types'],
  ['a volume type', () => `/admin/volume-types/${ids.type}`, 'standard'],
  ['create QoS spec', () => '/admin/volume-types/qos?panel=volume-qos-new', 'Create QoS spec'],
  ['storage back ends', () => '/admin/volume-backends', 'Storage back ends'],
  ['a back end', () => `/admin/volume-backends/${ids.backend}`, /@/],
  ['projects', () => '/admin/projects', 'Projects'],
  ['a project', () => `/admin/projects/${ids.project}`, /./],
  ['users', () => '/admin/users', 'Users'],
  ['a user', () => `/admin/users/${ids.user}`, /./],
  ['audit log', () => '/admin/audit', 'Audit log'],
]
// What surrounds a page is the same everywhere, but a panel lies beside it.
const whole = [
  'overview',
  'create key pair',
  'the plan of a drain',
  'create server group',
  'set metadata',
  'edit subnet',
  'edit network',
  'create router',
  'set gateway',
  'associate a floating IP',
  'port forwardings',
  'share network',
  'tags',
  'share image',
  'copy to stores',
  'copy to hosts',
  'attach volume',
  'delete volume',
  'create QoS spec',
]
for (const [name, path, heading] of pages)
  test(name, async () => {
    await page.goto(path())
    await expect(page.getByRole('heading', { name: heading }).first()).toBeVisible()
    await expect(page.locator('main [aria-busy="true"]')).toHaveCount(0)
    await check(whole.includes(name) ? undefined : 'main')
    await checkPhone()
  })

test('what opens over a page', async () => {
  await page.goto('/instances')
  await expect(freshness(page)).toHaveText('Live')
  await page.getByRole('button', { name: 'Actions of web-1' }).click()
  await expect(page.getByRole('menu')).toBeVisible()
  await check('[role=menu]')
  await page.getByRole('menuitem', { name: 'Delete' }).click()
  await expect(page.getByRole('dialog', { name: 'Delete this instance?' })).toBeVisible()
  await check('[role=dialog]')
  await page.getByRole('button', { name: 'Keep' }).click()
  await page.keyboard.press('Control+k')
  await page.keyboard.type('web')
  await expect(page.getByRole('option', { name: /web-1/ })).toBeVisible()
  await check('[role=dialog]')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: /^Operations/ }).click()
  await expect(page.getByRole('dialog', { name: 'Operations' })).toBeVisible()
  await check('[role=dialog]')
})

test('a list can be used with the keyboard alone', async () => {
  await page.goto('/instances?sort=name')
  await expect(page.getByRole('row')).toHaveCount(3)
  await page.keyboard.press('j')
  await expect(page.getByRole('row').nth(1)).toBeFocused()
  await page.keyboard.press('x')
  await expect(page.getByRole('region', { name: 'Selected instances' })).toContainText('1 instance selected')
  await page.keyboard.press('j')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(/web-1|too-large/)
  await page.keyboard.press('g')
  await page.keyboard.press('n')
  await expect(page.getByRole('heading', { name: 'Networks', level: 1 })).toBeVisible()
})

test('a resize: its dialog, what waits to be confirmed, and its place among the migrations', async () => {
  await page.goto(`/instances/${ids.instance}`)
  await chooseAction(page, 'web-1', 'Resize and move', 'Migrate')
  await expect(page.getByRole('dialog', { name: 'Migrate web-1' })).toBeVisible()
  await check('[role=dialog]')
  await page.keyboard.press('Escape')
  await chooseAction(page, 'web-1', 'Resize and move', 'Resize')
  const dialog = page.getByRole('dialog', { name: 'Resize web-1' })
  await dialog.getByRole('radio', { name: 'm1.micro' }).click()
  await expect(dialog.getByRole('region', { name: 'What changes' })).toBeVisible()
  await check('[role=dialog]')
  await dialog.getByRole('button', { name: 'Resize' }).click()
  await expect(page.getByRole('note')).toContainText('resized from m1.nano to m1.micro', { timeout: 120_000 })
  await check('main')
  await checkPhone()
  await page.goto('/admin/migrations')
  await expect(page.getByRole('row').filter({ hasText: 'web-1' }).first()).toContainText('To be confirmed')
  await check('main')
  await checkPhone()
  await tenant.api.compute.instances.revertResize.mutate({ id: ids.instance })
  await settled(tenant.api, [ids.instance])
})
