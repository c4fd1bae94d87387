import type { Db, Tx } from '@nephos/db'
import { conflict } from '../../kernel/index.ts'

/**
 * The only host from which volumes (and those that snapshots are of) are reached, where their back ends are not reached
 * from others; null: any host does.
 * @throws NephosError conflict when they are on different hosts
 */
export async function homeOfVolumes(
  db: Db | Tx,
  { volumeIds, snapshotIds }: { volumeIds: readonly string[]; snapshotIds: readonly string[] },
): Promise<string | null> {
  if (volumeIds.length + snapshotIds.length === 0) return null
  const volumes = await db.volume.findMany({
    where: {
      OR: [{ id: { in: [...volumeIds] } }, { snapshots: { some: { id: { in: [...snapshotIds] } } } }],
      backendId: { not: null },
    },
    select: { backend: { select: { hostName: true, abilities: true } } },
  })
  const homes = volumes.flatMap(({ backend }) =>
    backend && (backend.abilities as { acrossHosts?: unknown } | null)?.acrossHosts !== true
      ? [backend.hostName]
      : [],
  )
  const [home = null] = homes
  const other = homes.find((host) => host !== home)
  if (other === undefined) return home
  throw conflict(`The volumes are on ${home} and ${other}, and reached from there only.`, {
    remedy: 'Choose volumes of one host, or of a type that is reached over the network.',
  })
}
