import { completeAttachment, dropAttachment, mutate, rollDetach, systemCtx } from '@nephos/core'
import type { ComputeDeps } from '../deps.ts'
import { type AttachedVolume, attachmentSelect, disconnectVolume } from '../volumes/connect.ts'

/** Work on an attachment that shows no sign of life for so long, in ms, and has no operation any more, is dead. */
const idleMs = 60_000

/**
 * Settles attachments of this host's instances whose work has ended without them: a volume that the guest has is
 * attached, any other is let go of. A host that an instance has left is shut out of its volumes.
 */
export async function reconcileVolumes(deps: ComputeDeps): Promise<void> {
  await settleLeft(deps)
  await leaveOthers(deps)
}

async function settleLeft(deps: ComputeDeps): Promise<void> {
  const { services, hostName, driver, log } = deps
  const left = await services.db.volumeAttachment.findMany({
    where: {
      status: { in: ['reserved', 'attaching', 'detaching'] },
      updatedAt: { lt: new Date(Date.now() - idleMs) },
      // What is being built, moved or deleted has its volumes from that work.
      instance: { host: { name: hostName }, taskState: null, vmState: { notIn: ['building', 'error'] } },
    },
    select: attachmentSelect,
  })
  for (const attachment of left) {
    const { id, instanceId, volumeId } = attachment
    if (!instanceId || (await isBusy(deps, instanceId))) continue
    const has = (await driver.volumes.plugged(instanceId, [volumeId]))?.includes(volumeId)
    // Of a machine that is off nobody knows; what is set aside for it is cheap to ask for again, and a detach as well.
    if (has) {
      await mutate(ctxOf(deps), async (tx) => {
        await rollDetach(tx, id)
        await completeAttachment(tx, id)
      })
    } else {
      await disconnectVolume(deps, attachment)
      await mutate(ctxOf(deps), (tx) => dropAttachment(tx, id))
    }
    log.warn({ instanceId, volumeId, has }, 'an attachment was settled whose work had ended')
  }
}

const isBusy = async ({ services: { db } }: ComputeDeps, instanceId: string): Promise<boolean> =>
  (await db.operation.count({
    where: {
      resourceType: 'instance',
      resourceId: instanceId,
      status: { in: ['queued', 'running', 'undoing'] },
    },
  })) > 0

/** An instance that is elsewhere, and does not move, needs nothing here. */
async function leaveOthers(deps: ComputeDeps): Promise<void> {
  const { services, hostName, log } = deps
  const found: AttachedVolume[] = await services.db.volumeAttachment.findMany({
    where: {
      OR: [{ hostName }, { standbyHost: hostName }],
      instance: {
        taskState: null,
        OR: [{ hostId: null }, { host: { name: { not: hostName } } }],
        migrations: { none: { endedAt: null } },
      },
    },
    select: attachmentSelect,
  })
  for (const attachment of found) {
    if (!attachment.instanceId || (await isBusy(deps, attachment.instanceId))) continue
    await disconnectVolume(deps, attachment)
    const { instanceId, volumeId } = attachment
    log.warn({ instanceId, volumeId }, 'this host let go of a volume whose instance is elsewhere')
  }
}

const ctxOf = ({ services, hostName }: ComputeDeps) => systemCtx(services, `compute on ${hostName}`)
