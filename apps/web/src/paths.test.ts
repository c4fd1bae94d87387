import { expect, test } from 'vitest'
import { paths, safeReturn } from './paths.ts'

const id = '0198-ab'

/** Every function of the builder called with an id, so that a new or changed URL shows in the diff of the snapshot. */
const collect = (tree: object, prefix = ''): [string, string][] =>
  Object.entries(tree).flatMap(([name, value]) =>
    typeof value === 'function'
      ? [[prefix + name, value.length > 0 ? value(id) : value()] as [string, string]]
      : collect(value as object, `${prefix}${name}.`),
  )

test('every URL of the dashboard', () => {
  const { login, ...rest } = paths
  expect(Object.fromEntries(collect(rest))).toMatchInlineSnapshot(`
    {
      "account": "/account",
      "addressGroup": "/address-groups/0198-ab",
      "addressGroups": "/address-groups",
      "admin.aggregate": "/admin/aggregates/0198-ab",
      "admin.aggregates": "/admin/aggregates",
      "admin.audit": "/admin/audit",
      "admin.flavor": "/admin/flavors/0198-ab",
      "admin.flavors": "/admin/flavors",
      "admin.host": "/admin/hosts/0198-ab",
      "admin.hosts": "/admin/hosts",
      "admin.migrations": "/admin/migrations",
      "admin.project": "/admin/projects/0198-ab",
      "admin.projects": "/admin/projects",
      "admin.user": "/admin/users/0198-ab",
      "admin.users": "/admin/users",
      "admin.volumeBackend": "/admin/volume-backends/0198-ab",
      "admin.volumeBackends": "/admin/volume-backends",
      "admin.volumeQos": "/admin/volume-types/qos",
      "admin.volumeType": "/admin/volume-types/0198-ab",
      "admin.volumeTypes": "/admin/volume-types",
      "admin.zones": "/admin/zones",
      "api.console": "/api/instances/0198-ab/console",
      "api.events": "/api/events?after=0198-ab",
      "api.imageFile": "/api/images/0198-ab/file",
      "api.imageUpload": "/api/images/0198-ab/uploads/undefined",
      "api.imageUploadFinish": "/api/images/0198-ab/uploads/undefined/finish",
      "api.metrics": "/api/metrics",
      "api.trpc": "/api/trpc",
      "audit": "/audit",
      "consoleSocket": "/console?token=0198-ab",
      "floatingIps": "/floating-ips",
      "image": "/images/0198-ab",
      "imageCatalogue": "/images/catalogue",
      "imageNew": "/images/new",
      "images": "/images",
      "instance": "/instances/0198-ab",
      "instanceConsole": "/instances/0198-ab/console/undefined",
      "instanceNew": "/instances/new",
      "instances": "/instances",
      "keyPairNew": "/key-pairs?new=0198-ab",
      "keyPairs": "/key-pairs",
      "network": "/networks/0198-ab",
      "networkNew": "/networks/new",
      "networks": "/networks",
      "operation": "/operations/0198-ab",
      "operations": "/operations",
      "overview": "/",
      "qosPolicies": "/qos-policies",
      "qosPolicy": "/qos-policies/0198-ab",
      "reachability": "/reachability",
      "router": "/routers/0198-ab",
      "routers": "/routers",
      "securityGroup": "/security-groups/0198-ab",
      "securityGroups": "/security-groups",
      "serverGroup": "/server-groups/0198-ab",
      "serverGroups": "/server-groups",
      "topology": "/topology?view=0198-ab",
      "volume": "/volumes/0198-ab",
      "volumeBackup": "/volume-backups/0198-ab",
      "volumeBackups": "/volume-backups",
      "volumeNew": "/volumes/new",
      "volumeSnapshot": "/volume-snapshots/0198-ab",
      "volumeSnapshots": "/volume-snapshots",
      "volumeTransfers": "/volumes/transfers",
      "volumes": "/volumes",
    }
  `)
})

test('queries are encoded and empty ones left out', () => {
  expect(paths.instances({ status: 'ERROR', search: 'a b&c' })).toBe('/instances?status=ERROR&search=a+b%26c')
  expect(paths.instances({ search: '' })).toBe('/instances')
  expect(paths.instance('x/../y', 'console')).toBe('/instances/x%2F..%2Fy?tab=console')
  expect(paths.instance('x', 'console', 'serial')).toBe('/instances/x?tab=console&console=serial')
  expect(paths.instanceConsole('x/y', 'screen')).toBe('/instances/x%2Fy/console/screen')
  expect(paths.api.events(0)).toBe('/api/events?after=0')
})

test('the login remembers where one wanted to go', () => {
  expect(paths.login('/instances?q=a')).toBe('/login?next=%2Finstances%3Fq%3Da')
  expect(paths.login('/')).toBe('/login')
})

test('after signing in nobody is sent to another site', () => {
  expect(safeReturn('/instances?q=a')).toBe('/instances?q=a')
  for (const next of [null, '', 'https://evil.example', '//evil.example', '/\\evil.example', '/login?next=/'])
    expect(safeReturn(next)).toBe('/')
})
