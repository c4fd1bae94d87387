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
      "admin.zones": "/admin/zones",
      "api.console": "/api/instances/0198-ab/console",
      "api.events": "/api/events?after=0198-ab",
      "api.imageFile": "/api/images/0198-ab/file",
      "api.metrics": "/api/metrics",
      "api.trpc": "/api/trpc",
      "audit": "/audit",
      "consoleSocket": "/console?token=0198-ab",
      "image": "/images/0198-ab",
      "imageNew": "/images/new?image=0198-ab",
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
      "serverGroup": "/server-groups/0198-ab",
      "serverGroups": "/server-groups",
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
