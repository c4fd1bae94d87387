import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { defaultDomain } from '../../identity/seed/identity.ts'
import { mutate, notFound, type Services, systemCtx } from '../../kernel/index.ts'
import { insertImage } from './create.ts'
import { deleteImage } from './delete.ts'
import { type ImageRow, imageParts, imageRow } from './row.ts'
import { uploadImage } from './upload.ts'

const name = 'nephos-tiny'

/**
 * Makes the local file the public image `nephos-tiny` of the project admin. Nothing happens when the active one has
 * the same content; older ones are deleted once the new one is active.
 * @throws NephosError not_found before the project admin exists
 */
export async function seedGuestImage(services: Services, path: string): Promise<ImageRow> {
  const project = await services.db.project.findUnique({
    where: { domainId_name: { domainId: defaultDomain.id, name: 'admin' } },
  })
  if (!project) throw notFound('project', 'admin')
  const sha512 = await hashFile(path)
  const existing = await services.db.image.findMany({
    where: { name, projectId: project.id, visibility: 'public', status: { not: 'deleted' } },
    include: imageParts,
  })
  const same = existing.find((image) => image.status === 'active' && image.hashValue === sha512)
  if (same) return imageRow(same)

  const ctx = systemCtx(services, 'seed')
  const image = await mutate(ctx, (tx) =>
    insertImage(tx, project.id, {
      name,
      diskFormat: 'qcow2',
      containerFormat: 'bare',
      visibility: 'public',
      protected: false,
      minDiskGib: 1,
      minRamMib: 64,
      properties: { os_type: 'linux', hw_qemu_guest_agent: 'yes' },
    }),
  )
  try {
    const { size } = await stat(path)
    const row = await uploadImage({ ctx, input: { id: image.id }, body: createReadStream(path), size })
    for (const { id } of existing) await deleteImage({ ctx, input: { id } })
    return row
  } catch (error) {
    await deleteImage({ ctx, input: { id: image.id } })
    throw error
  }
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha512')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}
