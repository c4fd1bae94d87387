import type { Db } from '@nephos/db'

/**
 * Corrects what back ends have promised, by compare-and-set on their generation: every claim and release raises it, so
 * what was counted while one was going on is not written. @returns names of those that were corrected
 */
export async function recountBackends(db: Db): Promise<string[]> {
  const moving = await db.volume.count({ where: { migrationStatus: 'migrating' } })
  if (moving > 0) return []
  const backends = await db.volumeBackend.findMany({
    // A volume that is being extended holds more than its size says, one that moves holds its destination, too.
    where: { volumes: { none: { status: 'extending' } } },
    select: { id: true, name: true, generation: true, allocatedGib: true, volumeCount: true },
  })
  const sums = await db.volume.groupBy({ by: ['backendId'], _sum: { sizeGib: true }, _count: true })
  const corrected: string[] = []
  for (const backend of backends) {
    const sum = sums.find(({ backendId }) => backendId === backend.id)
    const actual = { allocatedGib: sum?._sum.sizeGib ?? 0, volumeCount: sum?._count ?? 0 }
    if (actual.allocatedGib === backend.allocatedGib && actual.volumeCount === backend.volumeCount) continue
    const { count } = await db.volumeBackend.updateMany({
      where: { id: backend.id, generation: backend.generation },
      data: { ...actual, generation: { increment: 1 } },
    })
    if (count === 1) corrected.push(backend.name)
  }
  return corrected
}
