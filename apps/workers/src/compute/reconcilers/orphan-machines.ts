import type { ComputeDeps } from '../deps.ts'

interface Strays {
  /** Ids of instances that are on another host, and have no part of a move here. */
  elsewhere: string[]
  /** Ids of machines whose instance is deleted: rows come before machines, and go after them. */
  deleted: string[]
  /** Ids of machines whose instance is on no host. */
  unplaced: string[]
}

/** Machines of this host that no instance of this host stands for. */
async function findStrays({ services: { db }, driver, hostName }: ComputeDeps): Promise<Strays> {
  const machines = (await driver.list()).map(({ instanceId }) => instanceId)
  if (machines.length === 0) return { elsewhere: [], deleted: [], unplaced: [] }
  // A move keeps what it has on both of its hosts until it is over. It is read first: when it ends in between, its
  // instance is found where it has come to. An evacuation has given up what is on the host that was lost.
  const openMoves = await db.migration.findMany({
    where: {
      instanceId: { in: machines },
      endedAt: null,
      OR: [
        { sourceHost: hostName, kind: { not: 'evacuation' } },
        { destHost: hostName, status: { notIn: ['cancelling', 'failing', 'accepted'] } },
      ],
    },
    select: { instanceId: true },
  })
  const moving = new Set(openMoves.map(({ instanceId }) => instanceId))
  const found = await db.instance.findMany({
    where: { id: { in: machines } },
    select: { id: true, host: { select: { name: true } } },
  })
  const hosts = new Map(found.map(({ id, host }) => [id, host?.name ?? null]))
  const strays = machines.filter((id) => !moving.has(id) && hosts.get(id) !== hostName)
  return {
    elsewhere: strays.filter((id) => hosts.get(id)),
    deleted: strays.filter((id) => !hosts.has(id)),
    unplaced: strays.filter((id) => hosts.get(id) === null),
  }
}

/**
 * Destroys machines whose instance is on another host or deleted: this host was lost and the instance was evacuated or
 * deleted meanwhile, or it left something behind. Called before this host takes on any work.
 * @returns ids of their instances
 */
export async function destroyLeftBehind(deps: ComputeDeps): Promise<string[]> {
  return destroyLost(deps, await findStrays(deps))
}

async function destroyLost(deps: ComputeDeps, { elsewhere, deleted }: Strays): Promise<string[]> {
  return [
    ...(await destroy(deps, elsewhere, 'a machine is destroyed whose instance is on another host')),
    ...(await destroy(deps, deleted, 'a machine is destroyed whose instance is deleted')),
  ]
}

async function destroy({ driver, log }: ComputeDeps, ids: string[], why: string): Promise<string[]> {
  const destroyed: string[] = []
  for (const id of ids) {
    log.warn({ instanceId: id }, why)
    await driver.destroy(id).then(
      () => destroyed.push(id),
      (err: unknown) => log.error({ err, instanceId: id }, 'it could not be destroyed'),
    )
  }
  return destroyed
}

/**
 * Makes the reconciler that destroys machines of this host which are not its own any more: at once where the instance
 * is on another host or deleted, and in two rounds after each other where it is on no host, as it may just be coming.
 */
export function orphanMachines(deps: ComputeDeps): () => Promise<string[]> {
  let suspects = new Set<string>()
  return async () => {
    const strays = await findStrays(deps)
    const left = await destroyLost(deps, strays)
    const known = strays.unplaced.filter((id) => suspects.has(id))
    const destroyed = await destroy(deps, known, 'a machine is destroyed whose instance is on no host')
    suspects = new Set(strays.unplaced.filter((id) => !destroyed.includes(id)))
    return [...left, ...destroyed]
  }
}
