import { isUniqueViolation, newId, type Prisma } from '@nephos/db'
import { mutate, type Services, systemCtx } from '../../kernel/index.ts'
import { hostChanged, hostSelect } from './row.ts'

/** What a worker says about its host. RAM in MiB, disk in GiB. */
export interface HostReport {
  name: string
  zone: string
  /** Given by the compute worker. */
  inventory?: { vcpus: number; ramMib: number; diskGib: number; facts: Prisma.InputJsonObject }
  computeDriver?: string
  /** Given by the network worker. */
  networkDriver?: string
  /** Where other hosts reach it; null: nowhere. Given by the network worker. */
  underlayIp?: string | null
  /** What its network can do, kept in the facts as `network`. Given by the network worker. */
  networkFacts?: Prisma.InputJsonObject
}

/** How much of a host is promised, as its configuration has it. */
const initialShares = (config: Services['config'], ramMib: number) => ({
  reservedRamMib: Math.min(Math.floor(config.reservedHostMemoryMb / (config.hosts ?? 1)), ramMib),
  vcpuRatio: config.cpuAllocationRatio,
  ramRatio: config.ramAllocationRatio,
  diskRatio: config.diskAllocationRatio,
})

/**
 * Makes the host known, or brings what is known up to date; each worker role reports its own part. Ratios and what the
 * host keeps for itself come from its configuration once, at its first inventory; from then on they are what
 * administrators make them. `enabled`, maintenance and the usage stay.
 * @returns the host's id
 */
export async function registerHost(services: Services, report: HostReport): Promise<string> {
  const { config } = services
  const { inventory } = report
  const part: Prisma.HostUncheckedUpdateInput & Partial<Prisma.HostUncheckedCreateInput> = {
    ownZone: report.zone,
    ...(inventory && {
      vcpus: inventory.vcpus,
      ramMib: inventory.ramMib,
      diskGib: inventory.diskGib,
    }),
    ...(report.computeDriver !== undefined && { computeDriver: report.computeDriver }),
    ...(report.networkDriver !== undefined && { networkDriver: report.networkDriver }),
    ...(report.underlayIp !== undefined && { underlayIp: report.underlayIp }),
  }
  const write = () =>
    mutate(systemCtx(services, `worker on ${report.name}`), async (tx) => {
      const known = await tx.db.host.findUnique({
        where: { name: report.name },
        select: {
          id: true,
          ramMib: true,
          facts: true,
          aggregates: { where: { aggregate: { zone: { not: null } } }, take: 1 },
        },
      })
      // Each role reports its own part of the facts, and keeps the other's.
      const { network, ...others } = (known?.facts ?? {}) as Prisma.InputJsonObject
      const networkPart = report.networkFacts ?? network
      if (inventory || report.networkFacts)
        part.facts = { ...(inventory?.facts ?? others), ...(networkPart && { network: networkPart }) }
      // A zone that administrators gave it by an aggregate is stronger than its own.
      if (!known?.aggregates.length) part.zone = report.zone
      if (inventory && !known?.ramMib) Object.assign(part, initialShares(config, inventory.ramMib))
      const record = known
        ? await tx.db.host.update({
            where: { id: known.id },
            data: { ...part, generation: { increment: 1 } },
            select: hostSelect,
          })
        : await tx.db.host.create({
            data: { ...(part as Partial<Prisma.HostUncheckedCreateInput>), id: newId(), name: report.name },
            select: hostSelect,
          })
      hostChanged(tx, known ? 'updated' : 'created', record, config.serviceDownTime)
      return record.id
    })
  try {
    return await write()
  } catch (error) {
    // The other role of the same host was first.
    if (isUniqueViolation(error)) return write()
    throw error
  }
}
