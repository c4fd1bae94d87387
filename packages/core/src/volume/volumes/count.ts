import type { Db } from '@nephos/db'
import type { AnyQuotaResource, QuotaAmounts } from '../../kernel/quota.ts'

/** What one volume counts. */
export const volumeQuota = (typeName: string, sizeGib: number): QuotaAmounts => ({
  volumes: 1,
  gigabytes: sizeGib,
  [`volumes_${typeName}`]: 1,
  [`gigabytes_${typeName}`]: sizeGib,
})

/** What it counts that a volume has more GiB. */
export const extendQuota = (typeName: string, moreGib: number): QuotaAmounts => ({
  gigabytes: moreGib,
  [`gigabytes_${typeName}`]: moreGib,
})

/** What one snapshot counts; as in Cinder also the GiB of its volume. */
export const snapshotQuota = (typeName: string, sizeGib: number): QuotaAmounts => ({
  snapshots: 1,
  gigabytes: sizeGib,
  [`snapshots_${typeName}`]: 1,
  [`gigabytes_${typeName}`]: sizeGib,
})

/** What one backup counts. */
export const backupQuota = (sizeGib: number): QuotaAmounts => ({ backups: 1, backup_gigabytes: sizeGib })

/** One amount of a project. */
export interface CountedVolumes {
  projectId: string
  resource: AnyQuotaResource
  amount: number
}

/** What the projects have of volumes, snapshots and backups, as quotas count it. */
export async function countVolumes(db: Db): Promise<CountedVolumes[]> {
  const [types, volumes, snapshots, backups] = await Promise.all([
    db.volumeType.findMany({ select: { id: true, name: true } }),
    db.volume.groupBy({ by: ['projectId', 'typeId'], _count: true, _sum: { sizeGib: true } }),
    db.volumeSnapshot.findMany({
      select: { projectId: true, sizeGib: true, volume: { select: { type: { select: { name: true } } } } },
    }),
    db.volumeBackup.groupBy({ by: ['projectId'], _count: true, _sum: { sizeGib: true } }),
  ])
  const names = new Map(types.map(({ id, name }) => [id, name]))
  const sums = new Map<string, CountedVolumes>()
  const add = (projectId: string, amounts: QuotaAmounts) => {
    for (const [name, amount] of Object.entries(amounts)) {
      const resource = name as AnyQuotaResource
      const key = `${projectId} ${resource}`
      const sum = sums.get(key) ?? { projectId, resource, amount: 0 }
      sums.set(key, { ...sum, amount: sum.amount + (amount ?? 0) })
    }
  }
  for (const { projectId, typeId, _count, _sum } of volumes)
    add(projectId, {
      ...volumeQuota(names.get(typeId) ?? '', _sum.sizeGib ?? 0),
      volumes: _count,
      [`volumes_${names.get(typeId) ?? ''}`]: _count,
    })
  for (const { projectId, sizeGib, volume } of snapshots)
    add(projectId, snapshotQuota(volume.type.name, sizeGib))
  for (const { projectId, _count, _sum } of backups)
    add(projectId, { backups: _count, backup_gigabytes: _sum.sizeGib ?? 0 })
  return [...sums.values()]
}
