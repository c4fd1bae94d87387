import { registerHost, signOffBackends } from '@nephos/core'
import { runEvery, sagaJobHandler } from '@nephos/jobs'
import { KeyedLock } from '../compute/drivers/keyed-lock.ts'
import { startHeartbeats } from '../heartbeats.ts'
import type { RoleDeps, RunningRole } from '../role.ts'
import { type NamedDriver, VolumeBackends } from './backends.ts'
import { connectVolume, disconnectVolume } from './connections.ts'
import type { VolumeDeps } from './deps.ts'
import { openVolumeDrivers } from './drivers/index.ts'
import { removeOrphanVolumes } from './reconcilers/orphan-volumes.ts'
import { volumeBackup } from './sagas/volume-backup.ts'
import { volumeCreate } from './sagas/volume-create.ts'
import { volumeDelete } from './sagas/volume-delete.ts'
import { volumeExtend } from './sagas/volume-extend.ts'
import { volumeRestore } from './sagas/volume-restore.ts'
import { volumeRetype } from './sagas/volume-retype.ts'
import { volumeRevert } from './sagas/volume-revert.ts'
import { volumeSnapshot, volumeSnapshotDelete } from './sagas/volume-snapshot.ts'
import { volumeUpload } from './sagas/volume-upload.ts'

const reconcileMs = 60_000

/**
 * Starts the volume role of a host: it opens the back ends, says how they are, runs the sagas of their volumes and lets
 * hosts in that are to use them.
 * @param given drivers to use instead of the configured ones
 */
export async function startVolumeWorker(
  { services, hostName }: RoleDeps,
  given?: readonly NamedDriver[],
): Promise<RunningRole> {
  const { queue, config } = services
  const log = services.log.child({ role: 'volume', host: hostName })
  const drivers = given ?? (await openVolumeDrivers(services))
  const hostId = await registerHost(services, { name: hostName, zone: config.zone })
  const backends = new VolumeBackends(services, hostName, log, drivers)
  await backends.report()
  const deps: VolumeDeps = { services, backends, hostName, log, lock: new KeyedLock() }
  const answers = queue.serve({
    role: 'volume',
    host: hostName,
    handlers: {
      'volume.connect': (request, { asker }) => connectVolume(deps, request, asker),
      'volume.disconnect': async (request, { asker }) => {
        await disconnectVolume(deps, request, asker)
        return {}
      },
    },
  })
  const intake = queue.consume({
    role: 'volume',
    host: hostName,
    concurrency: 8,
    handlers: {
      'volume.create': sagaJobHandler(volumeCreate(deps)),
      'volume.delete': sagaJobHandler(volumeDelete(deps)),
      'volume.extend': sagaJobHandler(volumeExtend(deps)),
      'volume.revert': sagaJobHandler(volumeRevert(deps)),
      'volume.upload-image': sagaJobHandler(volumeUpload(deps)),
      'volume.retype': sagaJobHandler(volumeRetype(deps)),
      'volume.backup': sagaJobHandler(volumeBackup(deps)),
      'volume.restore': sagaJobHandler(volumeRestore(deps)),
      'volume.snapshot': sagaJobHandler(volumeSnapshot(deps)),
      'volume.snapshot-delete': sagaJobHandler(volumeSnapshotDelete(deps)),
    },
  })
  const heartbeats = await startHeartbeats(services, 'volume', hostName, hostId)
  const loops = [
    runEvery({
      name: 'report-back-ends',
      everyMs: Math.min(10_000, (config.serviceDownTime * 1000) / 4),
      log,
      run: () => backends.report(),
    }),
    runEvery({ name: 'orphan-volumes', everyMs: reconcileMs, log, run: removeOrphanVolumes(deps) }),
  ]
  return {
    stop: async () => {
      await Promise.all([intake.stop(), answers.stop()])
      await Promise.all(loops.map((loop) => loop.stop()))
      await signOffBackends(services, hostName).catch((error: unknown) =>
        log.warn({ err: error }, 'the end of the back ends could not be announced'),
      )
      await heartbeats.stop()
      await backends.close()
    },
  }
}
