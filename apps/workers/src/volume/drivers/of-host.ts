import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { doorOwner, type NephosConfig, statePaths } from '@nephos/config'
import { NephosError } from '@nephos/core/errors'
import { detectComputeFor } from '../../compute/drivers/index.ts'
import { ensureUser, openDevice } from '../../compute/drivers/qemu/user.ts'
import { detectVolumes, type VolumeDetection } from '../detect.ts'
import { makeStorageDriver, type StorageKind, storageKinds } from './make.ts'
import { storagePlace, waitForPlace } from './place.ts'
import type { StorageDriver } from './storage/driver.ts'
import type { StorageOptions } from './storage/options.ts'

/** What this machine can do for volumes, under this configuration. */
export async function detectVolumesFor(config: NephosConfig): Promise<VolumeDetection> {
  return detectVolumes({
    backends: config.volumeBackends,
    computeDriver:
      config.computeDriver === 'auto' ? (await detectComputeFor(config)).driver : config.computeDriver,
    volumeUser: config.volumeUser,
    aoeInterface: config.volumeAoeInterface ?? null,
  })
}

/**
 * The back ends of this host that keep real volumes. Call `open` of each before anything else.
 * @throws NephosError unsupported when one that was asked for does not work here; driver_failed
 */
export async function createStorageDrivers(
  config: NephosConfig,
  { chosen, findings, usable }: VolumeDetection,
  { log, secretOf }: Pick<StorageOptions, 'log' | 'secretOf'>,
): Promise<{ name: StorageKind; driver: StorageDriver }[]> {
  if (!usable) {
    const lacking = findings.filter(({ trouble }) => trouble !== null)
    throw new NephosError(
      'unsupported',
      `Back ends of volumes that were asked for do not work here: ${lacking.map(({ kind, trouble }) => `${kind}: ${trouble}`).join(' ')}`,
      { field: 'volume_backends', remedy: lacking.map(({ unlock }) => unlock).join(' ') },
    )
  }
  const kinds = chosen.filter((kind): kind is StorageKind => kind !== 'simulated')
  if (kinds.length === 0) return []
  const drivers = await makeAll(config, kinds, { log, secretOf })
  return drivers.map((driver, index) => ({ name: kinds[index]!, driver }))
}

/**
 * Ends whatever serves volumes on this host; what is noted is served again at the next start. Nothing happens where no
 * volume ever was.
 * @param options.destroy removes the volumes, too
 */
export async function endVolumeServers(
  config: NephosConfig,
  log: StorageOptions['log'],
  { destroy }: { destroy: boolean },
): Promise<void> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return
  const root = volumesRoot(config)
  const kinds = storageKinds.filter((kind) => existsSync(join(root, kind)))
  if (kinds.length === 0) return
  for (const driver of await makeAll(config, kinds, { log, secretOf: async () => null })) await driver.end()
  if (destroy) await rm(root, { recursive: true, force: true })
}

const volumesRoot = (config: NephosConfig): string =>
  config.volumesDirectory ? join(config.volumesDirectory, config.hostName) : statePaths(config).volumes()

async function makeAll(
  config: NephosConfig,
  kinds: readonly StorageKind[],
  { log, secretOf }: Pick<StorageOptions, 'log' | 'secretOf'>,
): Promise<StorageDriver[]> {
  const place = storagePlace(config)
  const [user, client] = [await ensureUser(config.volumeUser), await ensureUser(config.qemuUser)]
  if (kinds.some((kind) => kind === 'iscsi' || kind === 'aoe')) await openDevice('/dev/fuse')
  const root = volumesRoot(config)
  return kinds.map((kind) =>
    makeStorageDriver(
      kind,
      {
        directory: join(root, kind),
        // Short, as addresses of sockets have to be, and gone with the machine's next start.
        sockets: `/run/nephos/${doorOwner(config)}-${kind}`,
        cacheDir: statePaths(config).imageCache(),
        ...{ hostName: config.hostName, name: kind, user, secretOf, log },
      },
      {
        ...{ client, ...place, iscsiPort: config.volumeIscsiPort },
        ready: () => waitForPlace(place),
        aoe: { interface: config.volumeAoeInterface ?? '', netns: null },
      },
    ),
  )
}
