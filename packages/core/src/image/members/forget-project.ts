import type { MutationTx } from '../../kernel/index.ts'
import { imageChanged, imageParts } from '../images/row.ts'

/** Takes back every image that was shared with a project that goes. */
export async function forgetMemberships(tx: MutationTx, projectId: string): Promise<void> {
  const images = await tx.db.image.findMany({
    where: { members: { some: { projectId } }, status: { not: 'deleted' } },
    include: imageParts,
  })
  await tx.db.imageMember.deleteMany({ where: { projectId } })
  for (const before of images)
    imageChanged(
      tx,
      'updated',
      { ...before, members: before.members.filter((one) => one.projectId !== projectId) },
      before,
    )
}
