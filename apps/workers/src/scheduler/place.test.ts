import { shortage } from '@nephos/core'
import { describe, expect, test } from 'vitest'
import { makeHostState as host, makeRequest, testNow } from '../testing/host-state.ts'
import type { FilterContext } from './filters/filter.ts'
import { filtersOf } from './filters/index.ts'
import { withInstance } from './host-state.ts'
import { type PlacementPolicy, place } from './place.ts'
import type { PlacementRequest } from './request.ts'

const context: FilterContext = {
  now: testNow,
  serviceDownTime: 60,
  maxInstancesPerHost: 50,
  maxIoOpsPerHost: 8,
  isolatedHosts: [],
  isolatedImages: [],
  aggregateKeys: new Set(),
}
const multipliers = {
  ram: 1,
  cpu: 1,
  disk: 1,
  'io-ops': -1,
  'soft-affinity': 1,
  'soft-anti-affinity': 1,
  'build-failures': -1_000_000,
  'num-instances': 0,
}
const policy: PlacementPolicy = { filters: filtersOf([]), multipliers, subsetSize: 1 }
const small = makeRequest()
const put = (
  hosts: Parameters<typeof place>[1],
  request: PlacementRequest = small,
  own: Partial<PlacementPolicy> = {},
) => place(request, hosts, context, { ...policy, ...own })
const chosen = (...call: Parameters<typeof put>) => put(...call).chosen?.name

test('the capacity is what is not reserved, times the ratio', () => {
  expect(host('a').capacity).toEqual({ vcpus: 16, ramMib: 5376, diskGib: 40 })
  expect(host('a', { reservedRamMib: 9999 }).capacity.ramMib).toBe(0)
})

describe('the choice', () => {
  test('the host with the most room wins, and instances spread', () => {
    expect(
      chosen([
        host('a'),
        host('b', { usedRamMib: 1024 }),
        host('c', { ramMib: 8192, vcpus: 8, diskGib: 80 }),
      ]),
    ).toBe('c')
    let hosts = [host('a'), host('b')]
    const order: string[] = []
    for (let count = 0; count < 4; count++) {
      const { chosen: best } = put(hosts)
      order.push(best!.name)
      hosts = hosts.map((candidate) => (candidate === best ? withInstance(candidate, small) : candidate))
    }
    expect(order).toEqual(['a', 'b', 'a', 'b'])
  })

  test('of equals the one with fewer instances, then the first by name', () => {
    expect(chosen([host('b'), host('a', { instanceCount: 1 })])).toBe('b')
    expect(chosen([host('b'), host('a')])).toBe('a')
  })

  test('a multiplier below zero fills hosts up; an aggregate may set its own', () => {
    const hosts = [host('empty'), host('half', { usedRamMib: 2048 })]
    expect(chosen(hosts)).toBe('empty')
    expect(chosen(hosts, small, { multipliers: { ...multipliers, ram: -1 } })).toBe('half')
    const stacking = { id: 's', name: 's', metadata: { ram_weight_multiplier: '-1' } }
    expect(chosen(hosts.map((each) => ({ ...each, aggregates: [stacking] })))).toBe('half')
  })

  test.each([
    ['build-failures', { failedBuilds: 1 }],
    ['io-ops', { ioOps: 2 }],
  ])('%s push a host back', (weigher, fields) => {
    const { chosen: best, report } = put([host('a', fields), host('b')])
    expect(best?.name).toBe('b')
    const row = report.rows.find(({ host: name }) => name === 'a')!
    expect(row.weights[report.weighers.indexOf(weigher)]).toBeLessThan(0)
  })

  test('num-instances counts once its multiplier is set', () => {
    const hosts = [host('a', { instanceCount: 3 }), host('b', { instanceCount: 1, usedRamMib: 512 })]
    expect(chosen(hosts)).toBe('a')
    const own = { ...multipliers, ram: 0, cpu: 0, disk: 0, 'num-instances': -1 }
    expect(chosen(hosts, small, { multipliers: own })).toBe('b')
  })

  test('soft policies prefer and never refuse', () => {
    const group = (name: string) => ({ id: 'g', policy: name, maxPerHost: 1, members: new Map([['a', 2]]) })
    const hosts = [host('a', { usedRamMib: 512 }), host('b')]
    expect(
      chosen(hosts, makeRequest({ group: group('soft-affinity') }), {
        multipliers: { ...multipliers, 'soft-affinity': 9 },
      }),
    ).toBe('a')
    expect(
      chosen(
        [host('a'), host('b', { usedRamMib: 512 })],
        makeRequest({ group: group('soft-anti-affinity') }),
        { multipliers: { ...multipliers, 'soft-anti-affinity': 9 } },
      ),
    ).toBe('b')
    expect(chosen([host('a')], makeRequest({ group: group('soft-anti-affinity') }))).toBe('a')
  })

  test('with a subset size, one of the best', () => {
    const hosts = [host('a'), host('b', { usedRamMib: 512 }), host('c', { usedRamMib: 4000 })]
    const seen = new Set(Array.from({ length: 200 }, () => chosen(hosts, small, { subsetSize: 2 })))
    expect([...seen].sort()).toEqual(['a', 'b'])
  })
})

describe('the report', () => {
  test('every host against every filter, with what it has and what is needed', () => {
    const { chosen: best, report } = put([host('a'), host('b', { usedRamMib: 5000 }), host('c', {}, 61)])
    expect(best?.name).toBe('a')
    expect(report).toMatchObject({
      hosts: 3,
      fits: 1,
      weighers: ['build-failures', 'ram', 'cpu', 'disk', 'io-ops'],
    })
    expect(report.filters.map(({ filter, need, passed, failed }) => [filter, need, passed, failed])).toEqual([
      ['compute', 'up', 2, 1],
      ['vcpus', 1, 3, 0],
      ['ram', 512, 2, 1],
      ['disk', 1, 3, 0],
    ])
    expect(report.rows).toEqual([
      { host: 'a', have: ['up', 16, 5376, 40], failed: [], weights: [0, 0, 0, 0, 0], total: 0 },
      {
        host: 'b',
        have: ['up', 16, 376, 40],
        failed: [{ filter: 2, reason: '376 MiB free, 512 MiB needed' }],
        weights: [],
        total: null,
      },
      {
        host: 'c',
        have: ['down', 16, 5376, 40],
        failed: [{ filter: 0, reason: 'no heartbeat for 61 s' }],
        weights: [],
        total: null,
      },
    ])
  })

  test('the tight filter is the one that alone stands in the way of most', () => {
    const { report } = put([
      host('a', { usedDiskGib: 40 }),
      host('b', { usedDiskGib: 40 }),
      host('c', { enabled: false, usedRamMib: 5376 }),
      host('d', { enabled: false, usedRamMib: 5376 }),
      host('e', { enabled: false, usedRamMib: 5376 }),
    ])
    expect(report.tight).toBe('disk')
    expect(put([host('a')]).report.tight).toBeNull()
  })

  test('of more than 100 hosts those that came furthest, and the chosen one', () => {
    const many = Array.from({ length: 150 }, (_, index) => host(`h${index}`, { usedRamMib: index }))
    const { report } = put(many)
    expect(report).toMatchObject({ hosts: 150, fits: 150 })
    expect(report.rows).toHaveLength(10)
    expect(report.rows[0]).toMatchObject({ host: 'h0' })
    const nowhere = put(
      many.map((each, index) => ({
        ...each,
        enabled: index > 140,
        usedVcpus: 99,
        free: { ...each.free, vcpus: 0 },
      })),
    )
    expect(nowhere.chosen).toBeNull()
    expect(nowhere.report.rows).toHaveLength(10)
    expect(nowhere.report.rows.filter(({ failed }) => failed.length === 1)).toHaveLength(9)
    expect(JSON.stringify(nowhere.report).length).toBeLessThan(3_000)
  })

  test('the sentence names what is short and how often, but no host', () => {
    const { report } = put([host('a', { usedRamMib: 5376 }), host('b', { usedRamMib: 5376, enabled: false })])
    expect(shortage(report)).toBe(
      'Not enough RAM (2 of 2 hosts), not enough hosts that are up and enabled (1 of 2 hosts)',
    )
    expect(shortage(put([]).report)).toBe('No host has joined the cloud yet')
  })
})
