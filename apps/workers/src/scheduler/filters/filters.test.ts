import { schedulerFilters } from '@nephos/config'
import { parseHostQuery } from '@nephos/core'
import { describe, expect, test } from 'vitest'
import { makeHostState as host, makeRequest as request, testNow } from '../../testing/host-state.ts'
import type { HostState } from '../host-state.ts'
import type { FilterContext } from './filter.ts'
import { filtersOf } from './index.ts'
import { specMatcher } from './spec-match.ts'

const filters = filtersOf(schedulerFilters)
const circumstances: FilterContext = {
  now: testNow,
  serviceDownTime: 60,
  maxInstancesPerHost: 50,
  maxIoOpsPerHost: 8,
  isolatedHosts: [],
  isolatedImages: [],
  aggregateKeys: new Set(),
}
const inAggregate = (metadata: Record<string, string>) => ({
  aggregates: [{ id: 'g', name: 'g', metadata }],
})

/** What one filter says of one host: null when it has nothing to say, true, or why not. */
function verdict(
  name: string,
  one: HostState,
  asked = request(),
  context: Partial<FilterContext> = {},
): null | true | string {
  const aggregateKeys = new Set(one.aggregates.flatMap(({ metadata }) => Object.keys(metadata)))
  const filter = filters.find((candidate) => candidate.name === name)!
  const check = filter.prepare(asked, { ...circumstances, aggregateKeys, ...context })
  if (!check) return null
  expect(check.need).not.toBe('')
  expect(check.have(one)).not.toBe('')
  return check.passes(one) ? true : check.reason(one)
}

describe('compute', () => {
  test('up until the time without a heartbeat is over', () => {
    expect(verdict('compute', host('a', {}, 60))).toBe(true)
    expect(verdict('compute', host('a', {}, 61))).toBe('no heartbeat for 61 s')
    expect(verdict('compute', host('a', { services: [] }))).toBe('its compute worker is not running')
  })
  test('enabled and not under maintenance', () => {
    expect(verdict('compute', host('a', { enabled: false, disabledReason: 'new disk' }))).toBe(
      'disabled: new disk',
    )
    expect(verdict('compute', host('a', { maintenance: true }))).toBe('under maintenance')
  })
})

test.each([
  ['vcpus', { usedVcpus: 15 }, { usedVcpus: 16 }, '0 vCPUs free, 1 vCPUs needed'],
  ['ram', { usedRamMib: 5376 - 512 }, { usedRamMib: 5376 - 511 }, '511 MiB free, 512 MiB needed'],
  ['disk', { usedDiskGib: 39 }, { usedDiskGib: 40 }, '0 GiB free, 1 GiB needed'],
])('%s: exactly enough passes, one less does not', (name, exact, short, reason) => {
  expect(verdict(name, host('a', exact))).toBe(true)
  expect(verdict(name, host('a', short))).toBe(reason)
})

test('availability zone: only when one is asked for', () => {
  expect(verdict('availability-zone', host('a'))).toBeNull()
  expect(verdict('availability-zone', host('a'), request({ zone: 'nova' }))).toBe(true)
  expect(verdict('availability-zone', host('a'), request({ zone: 'edge' }))).toBe('in zone nova, edge needed')
})

test('requested host and hosts tried before', () => {
  expect(verdict('requested-host', host('a'))).toBeNull()
  expect(verdict('requested-host', host('a'), request({ host: 'a' }))).toBe(true)
  expect(verdict('requested-host', host('a'), request({ host: 'b' }))).toBe('b was asked for')
  expect(verdict('retry', host('a'))).toBeNull()
  expect(verdict('retry', host('a'), request({ excludedHosts: ['b'] }))).toBe(true)
  expect(verdict('retry', host('a'), request({ excludedHosts: ['b', 'a'] }))).toMatch(/tried before/)
})

describe('capabilities', () => {
  const one = host('a', { facts: { cpuModel: 'EPYC', accelerator: 'kvm', features: { avx: true } } })
  test.each([
    ['accelerator', 's== kvm', true],
    ['accelerator', 'kvm', true],
    ['accelerator', 'tcg', 'accelerator is kvm, tcg needed'],
    ['cpu_model', '<in> EPY', true],
    ['features:avx', 'true', true],
    ['free_ram_mb', '>= 5376', true],
    ['free_ram_mb', '>= 5377', 'free_ram_mb is 5376, >= 5377 needed'],
    ['gpu', '>= 1', 'gpu is unknown, >= 1 needed'],
  ])('%s %s', (name, spec, expected) => {
    expect(verdict('capabilities', one, request({ extraSpecs: { [`capabilities:${name}`]: spec } }))).toBe(
      expected,
    )
  })
  test('other extra specs are none of its business', () => {
    expect(verdict('capabilities', one, request({ extraSpecs: { 'hw:cpu_cores': '2' } }))).toBeNull()
  })
})

test.each([
  ['= 4', '4', true],
  ['= 4', '5', true],
  ['= 4', '3', false],
  ['== 4', '4.0', true],
  ['!= 4', '4', false],
  ['<= 4', '5', false],
  ['s!= a', 'b', true],
  ['s>= b', 'a', false],
  ['<all-in> aes avx', 'mmx avx aes', true],
  ['<all-in> aes avx', 'avx', false],
  ['<or> a <or> b', 'b', true],
  ['<or> a <or> b', 'c', false],
  ['plain text', 'plain text', true],
  ['>= many', '3', false],
])('the operator %s on %s', (spec, have, expected) => {
  expect(specMatcher(spec)(have)).toBe(expected)
})

describe('image properties', () => {
  const image = (imageProperties: Record<string, string>) => request({ imageProperties })
  const real = host('a', {
    computeDriver: 'qemu',
    facts: { architecture: 'x64', accelerator: 'kvm', uefi: false },
  })
  test.each([
    [{ hw_architecture: 'x86_64' }, true],
    [{ architecture: 'aarch64' }, 'has x86_64, aarch64 needed'],
    [{ img_hv_type: 'kvm' }, true],
    [{ hypervisor_type: 'xen' }, 'has qemu or kvm, xen needed'],
    [{ hw_vm_mode: 'hvm' }, true],
    [{ vm_mode: 'xen' }, 'has hvm, xen needed'],
    [{ os_distro: 'debian' }, null],
  ])('%j', (properties, expected) => {
    expect(verdict('image-properties', real, image(properties))).toBe(expected)
  })
  test('firmware that the host lacks', () => {
    const uefi = request({ machine: { firmware: 'uefi', cpuLimits: null } })
    expect(verdict('image-properties', real, uefi)).toMatch(/no UEFI firmware/)
    expect(verdict('image-properties', host('b', { facts: { uefi: true } }), uefi)).toBe(true)
  })
})

describe('server groups', () => {
  const group = (policy: string, members: [string, number][], maxPerHost = 1) =>
    request({ group: { id: 'g', policy, maxPerHost, members: new Map(members) } })
  test('affinity: with the others, or anywhere while there are none', () => {
    expect(verdict('server-group-affinity', host('a'), group('affinity', []))).toBeNull()
    expect(verdict('server-group-affinity', host('a'), group('affinity', [['a', 2]]))).toBe(true)
    expect(verdict('server-group-affinity', host('a'), group('affinity', [['b', 1]]))).toMatch(/elsewhere/)
  })
  test('anti-affinity: fewer than may be on one host', () => {
    const name = 'server-group-anti-affinity'
    expect(verdict(name, host('a'), group('anti-affinity', [['b', 5]]))).toBe(true)
    expect(verdict(name, host('a'), group('anti-affinity', [['a', 1]]))).toMatch(/has 1 members/)
    expect(verdict(name, host('a'), group('anti-affinity', [['a', 1]], 2))).toBe(true)
    expect(verdict(name, host('a'), group('anti-affinity', [['a', 2]], 2))).toMatch(/2 allowed/)
  })
  test('soft policies refuse nothing', () => {
    for (const name of ['server-group-affinity', 'server-group-anti-affinity'])
      expect(verdict(name, host('a'), group(`soft-anti-affinity`, [['a', 9]]))).toBeNull()
  })
})

test('same and different host hints', () => {
  expect(verdict('same-host', host('a'))).toBeNull()
  expect(verdict('same-host', host('a'), request({ sameHosts: new Set(['a', 'b']) }))).toBe(true)
  expect(verdict('same-host', host('a'), request({ sameHosts: new Set() }))).toMatch(/none of the instances/)
  expect(verdict('different-host', host('a'))).toBeNull()
  expect(verdict('different-host', host('a'), request({ differentHosts: new Set(['b']) }))).toBe(true)
  expect(verdict('different-host', host('a'), request({ differentHosts: new Set(['a']) }))).toMatch(/apart/)
})

describe('aggregates', () => {
  test('extra specs of the flavor match their metadata; free names only where an aggregate has them', () => {
    const ssd = host('a', inAggregate({ ssd: 'true, fast' }))
    const spec = (extraSpecs: Record<string, string>) => request({ extraSpecs })
    const scoped = spec({ 'aggregate_instance_extra_specs:ssd': 'fast' })
    expect(verdict('aggregate-extra-specs', ssd, scoped)).toBe(true)
    expect(verdict('aggregate-extra-specs', host('b'), scoped)).toBe('no aggregate with ssd fast')
    expect(verdict('aggregate-extra-specs', ssd, spec({ ssd: 'false' }))).toBe('no aggregate with ssd false')
    expect(verdict('aggregate-extra-specs', ssd, spec({ colour: 'red' }))).toBeNull()
  })
  test('kept for projects', () => {
    const kept = host('a', inAggregate({ filter_tenant_id: 'p1, p2', filter_tenant_id3: 'p3' }))
    for (const [projectId, expected] of [
      ['p2', true],
      ['p3', true],
      ['p9', 'kept for other projects'],
    ] as const)
      expect(verdict('aggregate-tenants', kept, request({ projectId }))).toBe(expected)
    expect(
      verdict('aggregate-tenants', host('b'), request({ projectId: 'p9' }), {
        aggregateKeys: new Set(['filter_tenant_id']),
      }),
    ).toBe(true)
    expect(verdict('aggregate-tenants', host('b'))).toBeNull()
  })
  test('kept for images', () => {
    const kept = host('a', inAggregate({ os_distro: 'windows', rack: '7' }))
    const image = (imageProperties: Record<string, string>) => request({ imageProperties })
    expect(verdict('aggregate-image-properties', kept, image({ os_distro: 'windows' }))).toBe(true)
    expect(verdict('aggregate-image-properties', kept, image({}))).toBe(
      'kept for images with another os_distro',
    )
    expect(verdict('aggregate-image-properties', host('a', inAggregate({ rack: '7' })))).toBeNull()
  })
  test('kept for flavors', () => {
    const kept = host('a', inAggregate({ instance_type: 'm1.small,m1.large' }))
    expect(verdict('aggregate-flavors', kept, request({ flavorName: 'm1.large' }))).toBe(true)
    expect(verdict('aggregate-flavors', kept, request({ flavorName: 'm1.tiny' }))).toMatch(
      /kept for the flavor/,
    )
  })
})

test('isolated hosts run isolated images, and others do not', () => {
  const isolated = { isolatedHosts: ['a'], isolatedImages: ['i'] }
  const of = (name: string, imageId: string) =>
    verdict('isolated-hosts', host(name), request({ imageId }), isolated)
  expect([of('a', 'i'), of('b', 'x')]).toEqual([true, true])
  expect([of('a', 'x'), of('b', 'i')]).toEqual([
    'isolated, the image is not isolated',
    'not isolated, the image is isolated',
  ])
  expect(verdict('isolated-hosts', host('a'))).toBeNull()
})

test('limits of instances and of work under way, and those of aggregates', () => {
  expect(verdict('num-instances', host('a', { instanceCount: 49 }))).toBe(true)
  expect(verdict('num-instances', host('a', { instanceCount: 50 }))).toBe('has 50 instances, 50 allowed')
  expect(
    verdict(
      'num-instances',
      host('a', { instanceCount: 5, ...inAggregate({ max_instances_per_host: '5' }) }),
    ),
  ).toMatch(/5 allowed/)
  expect(verdict('io-ops', host('a', { ioOps: 7 }))).toBe(true)
  expect(verdict('io-ops', host('a', { ioOps: 8 }))).toMatch(/8 allowed/)
  expect(verdict('io-ops', host('a', { ioOps: 8, ...inAggregate({ max_io_ops_per_host: '9' }) }))).toBe(true)
})

describe('the query of the hints', () => {
  const one = host('a', { usedRamMib: 376 })
  test.each([
    ['[">=", "$free_ram_mb", 5000]', true],
    ['[">", "$free_ram_mb", 5000]', false],
    ['["in", "$host", "b", "a"]', true],
    ['["and", ["=", "$host", "a"], ["not", ["<", "$vcpus_total", 4]]]', true],
    ['["or", ["=", "$host", "b"], ["=", "$num_instances", 1]]', false],
    ['["=", "$no_such_thing", "x"]', false],
  ])('%s', (query, passes) => {
    const answer = verdict('json', one, request({ query: parseHostQuery(query) }))
    expect(answer === true).toBe(passes)
  })
  test.each([
    ['nonsense', /not JSON/],
    ['{"a":1}', /is a list/],
    ['["like", "$host", "a"]', /which there is not/],
    ['["=", "$host", ["a"]]', /compares texts and numbers/],
    [`${'["not",'.repeat(9)}["=",1,1]${']'.repeat(9)}`, /too large/],
    [`["or"${',["=",1,1]'.repeat(70)}]`, /too large/],
  ])('refuses %s', (query, message) => {
    expect(() => parseHostQuery(query)).toThrow(message)
  })
})
