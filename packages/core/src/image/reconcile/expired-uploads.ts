import { mutate, type Services, systemCtx } from '../../kernel/index.ts'
import { imageStores } from '../store/open-store.ts'
import { backToQueued } from '../uploads/lease.ts'
import { dropStaging } from '../uploads/staging.ts'

/** Puts images back whose upload broke off with its process, or whose staged file nobody imported. @returns how many */
export async function expireUploads(services: Services): Promise<number> {
  const broken = await services.db.image.findMany({
    where: { status: { in: ['saving', 'uploading'] }, uploadExpiresAt: { lt: new Date() } },
    take: 100,
  })
  const ctx = systemCtx(services, 'image-uploads')
  let count = 0
  for (const upload of broken) {
    const failure =
      upload.status === 'saving' ? 'The upload broke off.' : 'The upload was not continued within a day.'
    const queued = await mutate(ctx, (tx) => backToQueued(tx, upload, failure))
    if (!queued) continue
    count++
    if (upload.status === 'uploading') {
      await dropStaging(services.config, upload.id)
      continue
    }
    for (const store of imageStores(services.config))
      await store
        .delete(`${upload.id}.${upload.uploadToken}`)
        // What stays for now is an orphan, and removed as one later.
        .catch((err) => services.log.warn({ err, store: store.name }, 'a broken upload stays in its store'))
  }
  return count
}
