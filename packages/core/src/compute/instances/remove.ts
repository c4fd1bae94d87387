import { heldByResizes, type MutationTx, returnQuota } from '../../kernel/index.ts'
import { releaseInstancePorts } from '../../network/ports/release-instance-ports.ts'
import { releaseVolumesOf } from '../../volume/attachments/of-instance.ts'
import { releaseInstanceAllocations } from '../placement/release.ts'
import { instanceChanged } from './changed.ts'
import { dropImage } from './drop-image.ts'
import type { InstanceRecord } from './row.ts'

/**
 * Removes everything that the database holds of an instance: ports with their addresses, allocation, quota, the row.
 * Its operations and the audit log stay. Nothing of it may be left on a host. Does nothing the second time.
 */
export async function removeInstance(
  tx: MutationTx,
  record: InstanceRecord,
  serviceDownTime: number,
): Promise<void> {
  await releaseInstanceAllocations(tx, record.id, serviceDownTime)
  const ports = await releaseInstancePorts(tx, record.id)
  await releaseVolumesOf(tx, record.id)
  await tx.db.scheduleAttempt.deleteMany({ where: { instanceId: record.id } })
  const [resize] = await heldByResizes(tx.db, record.id)
  // Only whoever really removed the row gives the quota back.
  const { count } = await tx.db.instance.deleteMany({ where: { id: record.id } })
  if (count === 0) return
  // Nobody could bring the instance back from it any more.
  if (record.shelvedImageId) await dropImage(tx, record.shelvedImageId)
  instanceChanged(tx, 'deleted', record)
  await returnQuota(tx.db, record.projectId, {
    instances: 1,
    cores: record.vcpus + (resize?.cores ?? 0),
    ram: record.ramMib + (resize?.ram ?? 0),
    ports,
  })
}
