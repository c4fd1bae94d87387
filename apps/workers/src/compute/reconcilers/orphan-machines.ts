import type { ComputeDeps } from '../deps.ts'

/**
 * Makes the reconciler that destroys machines of this host whose instance is gone, or is on another host, in two
 * rounds after each other: what is just being made or removed is left alone.
 */
export function orphanMachines({ services, driver, hostName, log }: ComputeDeps): () => Promise<string[]> {
  let suspects = new Set<string>()
  return async () => {
    const machines = (await driver.list()).map(({ instanceId }) => instanceId)
    const owned = await services.db.instance.findMany({
      where: { id: { in: machines }, host: { name: hostName } },
      select: { id: true },
    })
    // A move keeps what it has on both of its hosts until it is over.
    const openMoves = await services.db.migration.findMany({
      where: {
        instanceId: { in: machines },
        endedAt: null,
        OR: [
          { sourceHost: hostName },
          { destHost: hostName, status: { notIn: ['cancelling', 'failing', 'accepted'] } },
        ],
      },
      select: { instanceId: true },
    })
    const known = new Set([...owned.map(({ id }) => id), ...openMoves.map(({ instanceId }) => instanceId)])
    const orphans = machines.filter((id) => !known.has(id))
    const destroyed: string[] = []
    for (const id of orphans.filter((orphan) => suspects.has(orphan))) {
      log.warn({ instanceId: id }, 'a machine without an instance is destroyed')
      await driver.destroy(id)
      destroyed.push(id)
    }
    suspects = new Set(orphans.filter((id) => !destroyed.includes(id)))
    return destroyed
  }
}
