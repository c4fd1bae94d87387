import type { Services } from '../../kernel/index.ts'
import { locationOf, type StoredFile } from '../store/define.ts'
import { imageStore } from '../store/open-store.ts'

/** Younger files may belong to an upload that is just being committed. */
const graceMs = 10 * 60_000
const batch = 200

/** Removes files of the store that no image and no running upload owns. @returns how many */
export async function removeOrphanFiles(
  services: Pick<Services, 'db' | 'config' | 'log'>,
  { now = new Date() } = {},
): Promise<number> {
  const store = imageStore(services.config)
  let removed = 0
  let old: StoredFile[] = []
  const sweep = async () => {
    const orphans = await orphansOf(services, store.name, old)
    for (const { key } of orphans) {
      await store.delete(key)
      services.log.info({ key }, 'removed a file that no image owns')
    }
    removed += orphans.length
    old = []
  }
  for await (const file of store.list()) {
    if (now.getTime() - file.modifiedAt.getTime() < graceMs) continue
    old.push(file)
    if (old.length >= batch) await sweep()
  }
  await sweep()
  return removed
}

async function orphansOf(
  { db }: Pick<Services, 'db'>,
  storeName: 'file',
  files: StoredFile[],
): Promise<StoredFile[]> {
  if (files.length === 0) return []
  const images = await db.image.findMany({
    where: { id: { in: files.map(({ key }) => key.split('.')[0]!) } },
    select: { id: true, location: true, uploadToken: true },
  })
  const owned = new Set(
    images.flatMap(({ id, location, uploadToken }) => [
      ...(location ? [location] : []),
      ...(uploadToken ? [locationOf({ name: storeName }, `${id}.${uploadToken}`)] : []),
    ]),
  )
  return files.filter(({ key }) => !owned.has(locationOf({ name: storeName }, key)))
}
