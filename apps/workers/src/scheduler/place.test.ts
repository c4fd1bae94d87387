import { describe, expect, test } from 'vitest'
import { type HostState, hostState, withInstance } from './host-state.ts'
import { place } from './place.ts'
import { shortage } from './shortage.ts'

const now = Date.UTC(2026, 0, 1)
const context = { now, serviceDownTime: 60 }
const small = { vcpus: 1, ramMib: 512, diskGib: 1, zone: null, excludedHosts: [] as string[] }

function host(name: string, fields: Partial<Parameters<typeof hostState>[0]> = {}, silence = 0): HostState {
  return hostState({
    id: name,
    name,
    zone: 'nova',
    enabled: true,
    disabledReason: null,
    generation: 0,
    vcpus: 4,
    ramMib: 4096,
    diskGib: 40,
    reservedVcpus: 0,
    reservedRamMib: 512,
    reservedDiskGib: 0,
    vcpuRatio: 4,
    ramRatio: 1.5,
    diskRatio: 1,
    usedVcpus: 0,
    usedRamMib: 0,
    usedDiskGib: 0,
    instanceCount: 0,
    computeDriver: 'simulated',
    networkDriver: 'simulated',
    facts: null,
    createdAt: new Date(now),
    updatedAt: new Date(now),
    services: [
      { role: 'compute', lastSeenAt: new Date(now - silence * 1000), pid: 1, version: '1' },
      { role: 'network', lastSeenAt: new Date(now), pid: 2, version: '1' },
    ],
    ...fields,
  })
}

const verdictOf = (hosts: HostState[], filter: string, request = small) =>
  place(request, hosts, context).table[0]?.verdicts.find((verdict) => verdict.filter === filter)

test('the capacity is what is not reserved, times the ratio', () => {
  expect(host('a').capacity).toEqual({ vcpus: 16, ramMib: 5376, diskGib: 40 })
  expect(host('a', { reservedRamMib: 9999 }).capacity.ramMib).toBe(0)
})

describe('each filter', () => {
  test('compute: enabled and heard of', () => {
    expect(verdictOf([host('a', {}, 60)], 'compute')).toMatchObject({ pass: true, have: 'up' })
    expect(verdictOf([host('a', {}, 61)], 'compute')).toMatchObject({
      pass: false,
      have: 'down',
      reason: 'no heartbeat for 61 s',
    })
    expect(verdictOf([host('a', { services: [] })], 'compute')).toMatchObject({ pass: false, have: 'down' })
    expect(verdictOf([host('a', { enabled: false, disabledReason: 'new disk' })], 'compute')).toMatchObject({
      pass: false,
      have: 'disabled',
      reason: 'disabled: new disk',
    })
  })

  test('amounts: exactly enough passes, one less does not', () => {
    for (const [filter, exact, short] of [
      ['vcpus', { usedVcpus: 15 }, { usedVcpus: 16 }],
      ['ram', { usedRamMib: 5376 - 512 }, { usedRamMib: 5376 - 511 }],
      ['disk', { usedDiskGib: 39 }, { usedDiskGib: 40 }],
    ] as const) {
      expect(verdictOf([host('a', exact)], filter)).toMatchObject({ pass: true })
      expect(verdictOf([host('a', short)], filter)).toMatchObject({ pass: false })
    }
    expect(verdictOf([host('a', { usedRamMib: 5000 })], 'ram')).toEqual({
      filter: 'ram',
      pass: false,
      have: 376,
      need: 512,
      reason: '376 MiB free, 512 MiB needed',
    })
  })

  test('availability zone: only when one is asked for', () => {
    expect(verdictOf([host('a')], 'availability-zone')).toMatchObject({ pass: true, need: 'any' })
    expect(verdictOf([host('a')], 'availability-zone', { ...small, zone: 'nova' } as never)).toMatchObject({
      pass: true,
    })
    expect(verdictOf([host('a')], 'availability-zone', { ...small, zone: 'edge' } as never)).toMatchObject({
      pass: false,
      have: 'nova',
      need: 'edge',
    })
  })
})

describe('the choice', () => {
  test('the host with the most room wins, and instances spread', () => {
    let hosts = [
      host('a'),
      host('b', { usedRamMib: 1024 }),
      host('c', { ramMib: 8192, vcpus: 8, diskGib: 80 }),
    ]
    expect(place(small, hosts, context).chosen?.name).toBe('c')
    hosts = [host('a'), host('b')]
    const order: string[] = []
    for (let count = 0; count < 4; count++) {
      const { chosen } = place(small, hosts, context)
      order.push(chosen!.name)
      hosts = hosts.map((candidate) => (candidate === chosen ? withInstance(candidate, small) : candidate))
    }
    expect(order).toEqual(['a', 'b', 'a', 'b'])
  })

  test('a host that fails one filter is never chosen, however roomy', () => {
    const roomy = host('roomy', { ramMib: 1_000_000, enabled: false })
    const { chosen, table } = place(small, [roomy, host('a')], context)
    expect(chosen?.name).toBe('a')
    expect(table.find((row) => row.host === 'roomy')).toMatchObject({ total: null, weights: [] })
    expect(table.find((row) => row.host === 'a')?.weights.map(({ weigher }) => weigher)).toEqual([
      'ram',
      'cpu',
      'disk',
    ])
  })

  test('without any host there is a table and a reason', () => {
    const none = place(small, [], context)
    expect(none).toEqual({ chosen: null, table: [] })
    expect(shortage(none.table)).toBe('no host has joined the cloud yet')
    const full = place(small, [host('a', { usedRamMib: 5376 }), host('b', {}, 90)], context)
    expect(full.chosen).toBeNull()
    expect(shortage(full.table)).toBe(
      'not enough hosts that are up and enabled (b: no heartbeat for 90 s), not enough RAM (a: 0 MiB free, 512 MiB needed)',
    )
  })
})
