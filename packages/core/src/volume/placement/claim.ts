import type { Tx } from '@nephos/db'
import { conflict } from '../../kernel/index.ts'
import { backendSelect, roomOf } from './backend-state.ts'

/**
 * Promises GiB of a back end by compare-and-set on its generation.
 * @returns false when somebody else promised some of it in between: look at it again
 */
export async function claimBackend(
  db: Tx,
  backend: { id: string; generation: number },
  { gib, volumes = 0 }: { gib: number; volumes?: number },
): Promise<boolean> {
  const { count } = await db.volumeBackend.updateMany({
    where: { id: backend.id, generation: backend.generation },
    data: {
      allocatedGib: { increment: gib },
      volumeCount: { increment: volumes },
      generation: { increment: 1 },
    },
  })
  return count === 1
}

/** Gives back what was promised. */
export async function releaseBackend(
  db: Tx,
  backendId: string | null,
  { gib, volumes = 0 }: { gib: number; volumes?: number },
): Promise<void> {
  if (backendId === null) return
  await db.volumeBackend.updateMany({
    where: { id: backendId },
    data: {
      allocatedGib: { decrement: gib },
      volumeCount: { decrement: volumes },
      generation: { increment: 1 },
    },
  })
}

/** Promises more of the back end that a volume is on. @throws NephosError conflict when it has no more room */
export async function claimMore(db: Tx, backendId: string, gib: number): Promise<void> {
  for (let attempt = 0; attempt < 5; attempt++) {
    const backend = await db.volumeBackend.findUniqueOrThrow({
      where: { id: backendId },
      select: backendSelect,
    })
    const { availableGib } = roomOf(backend)
    if (availableGib < gib)
      throw conflict(`The back end of the volume has room for ${Math.floor(availableGib)} GiB more only.`, {
        field: 'sizeGib',
        remedy: 'Choose a smaller size, or a type with another back end.',
      })
    if (await claimBackend(db, backend, { gib })) return
  }
  throw conflict('The back end of the volume is very busy at this moment.', { remedy: 'Try again.' })
}
