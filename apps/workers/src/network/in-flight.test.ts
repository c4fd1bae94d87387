import { expect, test } from 'vitest'
import { InFlight, keepingPorts } from './in-flight.ts'
import { network, port, withPorts } from './testing/specs.ts'

test('ports are held as long as the work on them goes on, also when it fails', async () => {
  const flights = new InFlight()
  let end = () => {}
  const first = flights.during(['a', 'b'], () => new Promise<void>((resolve) => (end = resolve)))
  const second = flights.during(['b'], () => Promise.reject(new Error('no')))
  expect([...flights.now()].sort()).toEqual(['a', 'b'])
  await expect(second).rejects.toThrow('no')
  expect([...flights.now()].sort()).toEqual(['a', 'b'])
  end()
  await first
  expect(flights.now().size).toBe(0)
})

test('what is being wired stays, what is being taken away does not come back', () => {
  const base = network(7)
  const [kept, coming, going] = [port(base, 11), port(base, 12), port(base, 13)]
  const read = withPorts(base, [kept, going])
  const applied = withPorts(base, [kept, coming])
  const found = keepingPorts(read, applied, new Set([coming.portId, going.portId]))
  expect(found.ports.map(({ portId }) => portId)).toEqual([kept.portId, coming.portId])
  expect(found.leases.map(({ ip }) => ip).sort()).toEqual([...kept.ips, ...coming.ips].sort())
  expect(keepingPorts(read, applied, new Set())).toBe(read)
  expect(keepingPorts(read, undefined, new Set([going.portId])).ports).toEqual([kept])
})
