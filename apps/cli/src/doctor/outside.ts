import type { NephosConfig } from '@nephos/config'
import { describeDoor, type HostDoor } from '../cloud/doors.ts'
import { freeRange } from '../cloud/external-range.ts'
import type { Drivers } from '../cloud/probe.ts'
import { type Check, limited, ok } from './check.ts'

/**
 * Whether floating IPs are reached from this machine.
 * @param doors what runs says about them
 * @param taken ranges of this machine
 */
export function outsideCheck(
  config: Pick<NephosConfig, 'externalDoor' | 'externalInterfaces'>,
  { network }: Pick<Drivers, 'network'>,
  doors: readonly HostDoor[],
  taken: readonly string[],
): Check {
  const name = 'Floating IPs'
  if (network.driver === 'simulated') return ok(name, 'simulated, as the networks are')
  const closed = doors.find(({ open }) => !open)
  if (closed)
    return limited(
      name,
      describeDoor(closed),
      'give the external network a range that this machine does not have; docs/operations.md explains',
    )
  if (doors.length > 0) return ok(name, doors.map(describeDoor).join('; '))
  if (config.externalInterfaces.length > 0)
    return ok(name, `physical networks are reached by ${config.externalInterfaces.join(', ')}`)
  if (config.externalDoor === 'off')
    return limited(name, 'not reached from this machine: NEPHOS_EXTERNAL_DOOR is off', 'set it to auto')
  const range = freeRange(taken)
  return range
    ? ok(name, `a new cloud takes them from ${range}, reached from this machine`)
    : limited(
        name,
        'this machine has all ranges that a new cloud would try',
        'make an external network with a range of your own',
      )
}
