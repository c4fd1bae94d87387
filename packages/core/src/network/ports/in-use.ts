import type { Db, Prisma, Tx } from '@nephos/db'
import { dhcpOwner } from './owners.ts'

/** Who uses a network or subnet. `instances` names at most ten of them. */
export interface PortsInUse {
  ports: number
  instances: string[]
  moreInstances: number
}

const named = 10

/** Counts the ports of a network, without the one of DHCP, and names their instances. */
export async function portsInUse(
  db: Db | Tx,
  where: Prisma.PortWhereInput,
  networkId: string,
): Promise<PortsInUse> {
  const inUse = { AND: [{ networkId, deviceOwner: { not: dhcpOwner } }, where] }
  const ports = await db.port.count({ where: inUse })
  if (ports === 0) return { ports: 0, instances: [], moreInstances: 0 }
  const ofPorts = { ports: { some: inUse } }
  const [instances, count] = await Promise.all([
    db.instance.findMany({ where: ofPorts, select: { name: true }, orderBy: { name: 'asc' }, take: named }),
    db.instance.count({ where: ofPorts }),
  ])
  return { ports, instances: instances.map(({ name }) => name), moreInstances: count - instances.length }
}

/** "3 ports of the instances web-1, web-2 use it" */
export function describeUse({ ports, instances, moreInstances }: PortsInUse): string {
  const some = `${ports} ${ports === 1 ? 'port' : 'ports'}`
  const verb = ports === 1 ? 'uses' : 'use'
  if (instances.length === 0) return `${some} ${verb} it`
  const more = moreInstances > 0 ? ` and ${moreInstances} more` : ''
  const noun = instances.length + moreInstances === 1 ? 'instance' : 'instances'
  return `${some} (${noun} ${instances.join(', ')}${more}) ${verb} it`
}
