import type { Services } from '../../kernel/index.ts'
import { importKey } from '../import/task.ts'
import type { ImageStore, StoredFile } from '../store/define.ts'
import { imageStores } from '../store/open-store.ts'

/** Younger files may belong to an upload that is just being committed. */
const graceMs = 10 * 60_000
const batch = 200
/** Keys as uploads, imports and copies make them: whatever else is in a store is not ours to remove. */
const ownKey = /^[0-9a-f]{8}-[0-9a-f-]{27}\.[0-9a-f]{24}$/

/** Removes files of the stores that no image, running upload or import owns. @returns how many */
export async function removeOrphanFiles(
  services: Pick<Services, 'db' | 'config' | 'log'>,
  { now = new Date() } = {},
): Promise<number> {
  let removed = 0
  for (const store of imageStores(services.config))
    try {
      removed += await sweep(services, store, now)
    } catch (err) {
      services.log.warn({ err, store: store.name }, 'an image store could not be looked through')
    }
  return removed
}

async function sweep(services: Pick<Services, 'db' | 'log'>, store: ImageStore, now: Date): Promise<number> {
  let removed = 0
  let old: StoredFile[] = []
  const removeOrphans = async () => {
    const orphans = await orphansOf(services, store.name, old)
    for (const { key } of orphans) {
      await store.delete(key)
      services.log.info({ key, store: store.name }, 'removed a file that no image owns')
    }
    removed += orphans.length
    old = []
  }
  for await (const file of store.list()) {
    if (!ownKey.test(file.key) || now.getTime() - file.modifiedAt.getTime() < graceMs) continue
    old.push(file)
    if (old.length >= batch) await removeOrphans()
  }
  await removeOrphans()
  return removed
}

async function orphansOf(
  { db }: Pick<Services, 'db'>,
  storeName: string,
  files: StoredFile[],
): Promise<StoredFile[]> {
  if (files.length === 0) return []
  const images = await db.image.findMany({
    where: { id: { in: files.map(({ key }) => key.split('.')[0]!) } },
    select: {
      id: true,
      uploadToken: true,
      importTask: true,
      locations: { where: { store: storeName }, select: { key: true } },
    },
  })
  const owned = new Set(
    images.flatMap(({ id, uploadToken, importTask, locations }) => [
      ...locations.map(({ key }) => key),
      ...(uploadToken ? [`${id}.${uploadToken}`] : []),
      ...(importTask ? [importKey(id, importTask)] : []),
    ]),
  )
  return files.filter(({ key }) => !owned.has(key))
}
