import { beginImageDelete } from '../../image/images/delete.ts'
import { imageParts } from '../../image/images/row.ts'
import { conflict, type MutationTx } from '../../kernel/index.ts'

/**
 * Deletes an image that work on an instance made, in the work's own transaction. One that is gone already, or that its
 * owner has protected meanwhile, is left as it is.
 * @returns whether it was deleted
 * @throws NephosError conflict when it is being changed at this moment
 */
export async function dropImage(tx: MutationTx, id: string): Promise<boolean> {
  const image = await tx.db.image.findUnique({ where: { id }, include: imageParts })
  if (!image || image.status === 'deleted' || image.protected) return false
  if (!(await beginImageDelete(tx, image)))
    throw conflict(`Image ${image.name} was just changed by someone else.`, { remedy: 'Try again.' })
  return true
}

/**
 * Deletes the oldest backups of one kind of an instance beyond `rotation`, in the caller's transaction. Protected ones
 * count and stay.
 * @returns names of what was deleted
 */
export async function rotateBackups(
  tx: MutationTx,
  { instanceId, backupType, rotation }: { instanceId: string; backupType: string; rotation: number },
): Promise<string[]> {
  const backups = await tx.db.image.findMany({
    where: { instanceId, backupType, status: 'active' },
    select: { id: true, name: true },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    skip: rotation,
    take: 100,
  })
  const dropped: string[] = []
  for (const { id, name } of backups) if (await dropImage(tx, id)) dropped.push(name)
  return dropped
}
