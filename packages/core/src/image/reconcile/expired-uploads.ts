import { mutate, type Services, systemCtx } from '../../kernel/index.ts'
import { imageStore } from '../store/open-store.ts'
import { backToQueued } from '../uploads/lease.ts'

/** Puts images back whose upload broke off with its process. @returns how many */
export async function expireUploads(services: Services): Promise<number> {
  const broken = await services.db.image.findMany({
    where: { status: 'saving', uploadExpiresAt: { lt: new Date() } },
    take: 100,
  })
  const ctx = systemCtx(services, 'image-uploads')
  let count = 0
  for (const upload of broken) {
    const queued = await mutate(ctx, (tx) => backToQueued(tx, upload, 'The upload broke off.'))
    if (!queued) continue
    await imageStore(services.config).delete(`${upload.id}.${upload.uploadToken}`)
    count++
  }
  return count
}
