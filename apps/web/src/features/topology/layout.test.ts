import { expect, test } from 'vitest'
import { type Box, layoutTopology, mostOpen, sizes } from './layout.ts'
import { countWords, membersOf, type Topology } from './row.ts'

const network = (id: string, external = false): Topology['networks'][number] => ({
  id,
  name: id,
  status: 'ACTIVE',
  external,
  shared: false,
  own: true,
  subnets: [{ id: `${id}-subnet`, name: '', cidr: '10.0.0.0/24', gatewayIp: '10.0.0.1' }],
})
const instance = (id: string, networks: string[], vmState = 'active') =>
  ({
    id,
    name: id,
    status: 'ACTIVE',
    vmState,
    taskState: null,
    powerState: 1,
    updatedAt: new Date(0),
    ports: networks.map((networkId) => ({
      id: `${id}-${networkId}`,
      networkId,
      status: 'ACTIVE',
      addresses: ['10.0.0.5'],
      floatingIps: [],
    })),
  }) as Topology['instances'][number]
const router = (id: string, networks: string[], outer: string | null) =>
  ({
    id,
    name: id,
    status: 'ACTIVE',
    gateway: outer && { networkId: outer, fixedIps: [{ ipAddress: '172.24.4.9' }] },
    interfaces: networks.map((networkId) => ({
      portId: `${id}-${networkId}`,
      networkId,
      status: 'ACTIVE',
      fixedIps: [{ ipAddress: '10.0.0.1' }],
    })),
  }) as unknown as Topology['routers'][number]

const whole: Topology = {
  networks: [network('public', true), network('lone'), network('red'), network('blue')],
  routers: [router('edge', ['red', 'blue'], 'public')],
  instances: [
    ...Array.from({ length: 50 }, (_, index) => instance(`i${index}`, ['red'])),
    instance('both', ['red', 'blue'], 'error'),
    instance('nowhere', []),
  ],
  truncated: { networks: false, routers: false, instances: false },
}
const small = (_: string, count: number) => count <= mostOpen

const overlap = (a: Box, b: Box) =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height

test('everything has a place of its own, what leads outside above what it leads to', () => {
  const { boxes, lines } = layoutTopology(whole, small)
  expect(boxes.map(({ id }) => id)).toEqual([
    'network-public',
    'router-edge',
    'network-red',
    'network-blue',
    'network-lone',
    'loose',
  ])
  for (const [index, box] of boxes.entries())
    for (const other of boxes.slice(index + 1))
      expect(overlap(box, other), `${box.id} ${other.id}`).toBe(false)
  expect(lines).toEqual([
    { id: 'edge-gateway', from: 'network-public', to: 'router-edge', label: '172.24.4.9', up: true },
    { id: 'edge-red', from: 'router-edge', to: 'network-red', label: '10.0.0.1', up: true },
    { id: 'edge-blue', from: 'router-edge', to: 'network-blue', label: '10.0.0.1', up: true },
  ])
  const at = (id: string) => boxes.find((box) => box.id === id)!
  expect(at('router-edge').x).toBe((at('network-red').x + at('network-blue').x) / 2)
  for (const { from, to } of lines) expect(at(from).y + at(from).height).toBeLessThan(at(to).y)
})

test('a network with many instances is closed, and shows those in trouble all the same', () => {
  const [closed, open] = [layoutTopology(whole, small), layoutTopology(whole, () => true)].map(
    ({ boxes }) => boxes.find(({ id }) => id === 'network-red')!,
  )
  expect(closed!.height).toBe(sizes.header + sizes.line + sizes.row + sizes.foot + sizes.pad)
  // An open one scrolls beyond some rows.
  expect(open!.height).toBe(sizes.header + sizes.line + sizes.rows * sizes.row + sizes.foot + sizes.pad)
})

test('many networks and routers still do not overlap', () => {
  const names = Array.from({ length: 30 }, (_, index) => `n${index}`)
  const many = {
    ...whole,
    networks: [network('public', true), ...names.map((name) => network(name))],
    routers: names.map((name) => router(`r-${name}`, [name, 'n0'], 'public')),
  }
  const { boxes } = layoutTopology(many, small)
  expect(boxes).toHaveLength(62)
  for (const [index, box] of boxes.entries())
    for (const other of boxes.slice(index + 1))
      expect(overlap(box, other), `${box.id} ${other.id}`).toBe(false)
})

test('an instance is on each of its networks, and counted by its state', () => {
  const members = membersOf(whole.instances)
  expect(members.get('red')).toHaveLength(51)
  expect(members.get('blue')!.map((one) => one.instance.name)).toEqual(['both'])
  expect(countWords(members.get('red')!, ({ vmState }) => vmState)).toBe('50 active, 1 error')
})
