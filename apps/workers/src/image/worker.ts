import {
  expireUploads,
  finishDeletes,
  removeLeftStaging,
  removeOrphanBackupObjects,
  removeOrphanFiles,
} from '@nephos/core'
import { runEvery, sagaJobHandler, withLease } from '@nephos/jobs'
import { startHeartbeats } from '../heartbeats.ts'
import type { RoleDeps, RunningRole } from '../role.ts'
import { backupDelete } from './backup-delete.ts'
import { imageDelete } from './image-delete.ts'
import { imageCopy } from './import/image-copy.ts'
import { imageImport } from './import/image-import.ts'

const reconcilers = [
  { name: 'expired-uploads', everyMs: 10_000, run: expireUploads },
  { name: 'deleted-images', everyMs: 60_000, run: finishDeletes },
  { name: 'orphan-image-files', everyMs: 300_000, run: removeOrphanFiles },
  { name: 'orphan-backup-objects', everyMs: 900_000, run: removeOrphanBackupObjects },
  { name: 'left-staging', everyMs: 300_000, run: removeLeftStaging },
] as const

/** Starts the image worker: it imports, copies and deletes images and repairs what broken uploads left. Any number may run. */
export async function startImageWorker({ services, hostName }: RoleDeps): Promise<RunningRole> {
  const { db, log, queue } = services
  const heartbeats = await startHeartbeats(services, 'image', hostName, null)
  const loops = reconcilers.map(({ name, everyMs, run }) =>
    runEvery({
      name,
      everyMs,
      log,
      run: () =>
        withLease(
          { db, name: `reconcile-${name}`, owner: queue.owner, ttlMs: Math.max(15_000, everyMs * 2) },
          () => run(services),
        ),
    }),
  )
  const intake = queue.consume({
    role: 'image',
    concurrency: 4,
    handlers: {
      'image.delete': sagaJobHandler(imageDelete(services)),
      'volume.backup-delete': sagaJobHandler(backupDelete(services)),
      'image.import': sagaJobHandler(imageImport(services)),
      'image.copy': sagaJobHandler(imageCopy(services)),
    },
  })
  return {
    stop: async () => {
      await intake.stop()
      await Promise.all([...loops.map((loop) => loop.stop()), heartbeats.stop()])
    },
  }
}
