import { expect, test } from 'vitest'
import {
  amountsOf,
  basesFirst,
  defaultFlavor,
  defaultNetwork,
  equivalentCurl,
  exceeded,
  type Flavor,
  type Image,
  type Network,
  ownFirst,
  suggestName,
  whyNoNetwork,
  whyTooSmall,
} from './choices.ts'

const flavor = (rest: Partial<Flavor>): Flavor =>
  ({ id: 'f', name: 'f', vcpus: 1, ramMib: 512, diskGib: 1, disabled: false, ...rest }) as Flavor
const image = (rest: Partial<Image>): Image =>
  ({ id: 'i', name: 'Debian', minRamMib: 0, minDiskGib: 0, virtualSize: null, ...rest }) as Image
const network = (rest: Partial<Network>): Network =>
  ({ id: 'n', status: 'ACTIVE', shared: false, subnets: [{ used: 1, total: 10 }], ...rest }) as Network

test('copies of instances are offered after the images that they were made from', () => {
  const image = (name: string, properties: Record<string, string> = {}) => ({ name, properties })
  const found = basesFirst([
    image('web-daily', { image_type: 'backup' }),
    image('debian'),
    image('copy', { image_type: 'snapshot' }),
    image('tiny'),
  ])
  expect(found.map(({ name }) => name)).toEqual(['debian', 'tiny', 'web-daily', 'copy'])
})

test('external networks come after those that instances join', () => {
  const found = ownFirst([
    { external: true },
    { external: false, name: 'db' },
    { external: false, name: 'web' },
  ])
  expect(found).toEqual([
    { external: false, name: 'db' },
    { external: false, name: 'web' },
    { external: true },
  ])
})

test('the smallest flavor that the image runs on is chosen', () => {
  const flavors = [flavor({ id: 's', ramMib: 64 }), flavor({ id: 'm', disabled: true }), flavor({ id: 'l' })]
  expect(defaultFlavor(flavors, image({ minRamMib: 128 }))?.id).toBe('l')
  expect(defaultFlavor(flavors, undefined)?.id).toBe('s')
  expect(defaultFlavor(flavors, image({ minRamMib: 4096 }))).toBeUndefined()
})

test('why an image does not run on a flavor', () => {
  expect(whyTooSmall(flavor({ ramMib: 64 }), image({ minRamMib: 128 }))).toBe(
    'Debian needs 128 MiB of memory; this has 64.',
  )
  expect(whyTooSmall(flavor({}), image({ virtualSize: 2 * 1024 ** 3 }))).toContain('larger than 1 GiB')
  expect(whyTooSmall(flavor({ diskGib: 0 }), image({ virtualSize: 2 * 1024 ** 3, minDiskGib: 2 }))).toBeNull()
})

test('an own network comes before a shared one, and one that gives no address is not chosen', () => {
  const shared = network({ id: 'shared', shared: true })
  expect(defaultNetwork([shared, network({ id: 'own' })])?.id).toBe('own')
  expect(defaultNetwork([network({ subnets: [] }), shared])?.id).toBe('shared')
  expect(whyNoNetwork(network({ subnets: [{ used: 10, total: 10 }] as Network['subnets'] }))).toBe(
    'It has no free address.',
  )
})

test('what would be exceeded', () => {
  const amounts = amountsOf(flavor({ vcpus: 2, ramMib: 1024 }), 1, 3)
  expect(amounts).toEqual({ instances: 3, cores: 6, ram: 3072, ports: 3 })
  const quotas = [
    { resource: 'instances', used: 8, limit: 10 },
    { resource: 'cores', used: 0, limit: -1 },
    { resource: 'networks', used: 5, limit: 1 },
  ] as Parameters<typeof exceeded>[0]
  expect(exceeded(quotas, amounts)).toEqual(['instances'])
})

test('the equivalent call survives quotes', () => {
  const curl = equivalentCurl('http://x', 'compute.instances.create', { name: "it's" })
  expect(curl).toContain('http://x/trpc/compute.instances.create')
  expect(curl).toContain(`-d '{"json":{"name":"it'\\''s"}}'`)
})

test('a suggested name is a host name', () => {
  expect(suggestName(() => 0)).toBe('calm-cirrus-10')
  for (let turn = 0; turn < 50; turn++) expect(suggestName()).toMatch(/^[a-z]+-[a-z]+-\d\d$/)
})
