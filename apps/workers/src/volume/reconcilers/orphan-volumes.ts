import type { VolumeDeps } from '../deps.ts'

/**
 * Removes what a back end still has of volumes that were deleted, once it was seen twice. What the cloud never knew, or
 * does not know any more without having deleted it (a database that was restored), is only told of: bytes of people are
 * not thrown away on a guess.
 */
export function removeOrphanVolumes({ services, backends, log, lock }: VolumeDeps): () => Promise<void> {
  let seen = new Set<string>()
  const told = new Set<string>()
  return async () => {
    const orphans = new Set<string>()
    for (const { id: backendId, driver } of backends.working()) {
      const ids = await driver.list()
      const known = await services.db.volume.findMany({
        where: { id: { in: ids } },
        select: { id: true, backendId: true, migrationStatus: true },
      })
      for (const volumeId of ids) {
        const volume = known.find(({ id }) => id === volumeId)
        if (volume?.backendId === backendId || volume?.migrationStatus === 'migrating') continue
        const key = `${backendId} ${volumeId}`
        orphans.add(key)
        if (!seen.has(key)) continue
        // A volume that is on another back end by now was moved there.
        const deleted =
          volume ??
          (await services.db.operation.findFirst({
            where: { resourceType: 'volume', resourceId: volumeId, kind: 'volume-delete' },
            select: { id: true },
          }))
        if (!deleted) {
          if (!told.has(key))
            log.warn({ volumeId, backendId }, 'there is a volume that the cloud does not know')
          told.add(key)
          continue
        }
        await lock.run(volumeId, () =>
          driver.delete({ volumeId, sizeBytes: 0, place: null, secret: null, passphrase: null }),
        )
        log.warn({ volumeId, backendId }, 'removed what was left of a deleted volume')
        orphans.delete(key)
      }
    }
    seen = orphans
  }
}
