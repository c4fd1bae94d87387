import type { Ctx, Json, MutationTx } from '../../kernel/index.ts'
import { type ActionAccepted, type ActionPlan, beginAction } from './act.ts'
import { type InstanceImage, insertInstanceImage } from './image-of-instance.ts'
import { checkQuiesce } from './quiesce.ts'
import type { InstanceRecord } from './row.ts'
import { requireOwnRoot } from './volume-root.ts'

/** What an action that makes an image answers. */
export interface ImageAccepted extends ActionAccepted {
  /** The new image: queued now, then saving, then active; gone again if the work fails. */
  imageId: string
}

/**
 * Accepts an action that copies the disk of an instance to an image, and makes the image in the same transaction.
 * @param imageOf what the image is called, from the instance
 * @throws NephosError not_found, conflict, quota_exceeded
 */
export async function beginImage(
  ctx: Ctx,
  plan: Omit<ActionPlan, 'alongside'> & { saga: 'instance-image' | 'instance-backup' | 'instance-shelve' },
  imageOf: (record: InstanceRecord) => InstanceImage,
): Promise<ImageAccepted> {
  let imageId = ''
  const accepted = await beginAction(ctx, {
    ...plan,
    alongside: async (tx, record) => {
      await requireOwnRoot(tx.db, record.id, 'be copied to an image')
      // A shelved instance is powered off before it is copied.
      if (plan.saga !== 'instance-shelve') await checkFrozen(tx, record)
      const wanted = imageOf(record)
      const image = await insertInstanceImage(tx, record, wanted)
      imageId = image.id
      return { input: { imageId, image: wanted as unknown as Json } }
    },
  })
  return { ...accepted, imageId }
}

async function checkFrozen({ db }: MutationTx, { id, vmState }: InstanceRecord): Promise<void> {
  const { imageProperties } = await db.instance.findUniqueOrThrow({
    where: { id },
    select: { imageProperties: true },
  })
  checkQuiesce({ vmState, imageProperties })
}
