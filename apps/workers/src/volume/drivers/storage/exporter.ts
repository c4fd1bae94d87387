import type { VolumeConnector, VolumeRoute } from '@nephos/core'
import type { VolumeAbilities, VolumeDriver } from '../../driver.ts'
import type { StorageDaemon } from './daemon.ts'
import type { VolumePaths } from './paths.ts'

/** A volume that somebody is connected to. */
export interface ServedVolume {
  volumeId: string
  paths: VolumePaths
  daemon: StorageDaemon
  /** The daemon was started anew: whatever was exported from it before leads nowhere. */
  fresh: boolean
  /** Everybody who may reach it. */
  connectors: readonly VolumeConnector[]
  /** Number that the exporter gave it; null: none yet. Kept beside the volume. */
  number: number | null
}

/** How the volumes of a back end reach those who use them. Every method is idempotent. */
export interface Exporter {
  readonly kind: VolumeDriver['kind']
  readonly abilities: VolumeAbilities
  /** It shows disks as files, for a server that knows nothing else. */
  readonly mounts: boolean
  /** Namespace that the daemons of volumes listen in. */
  readonly netns: string | null
  /** Starts its own servers, or finds them again. */
  open(): Promise<void>
  /** Refuses whom it cannot reach. @throws NephosError unsupported */
  admit(connector: VolumeConnector): void
  /** Gets ready for the start of a volume's daemon. @returns arguments for it */
  prepare(volumeId: string, paths: VolumePaths, secret: () => Promise<string>): Promise<string[]>
  /**
   * Makes what is exported equal to `connectors`: lets them in, shuts others out.
   * @returns the number that it gave the volume, to be kept; null where it needs none
   */
  serve(volume: ServedVolume, secret: () => Promise<string>): Promise<number | null>
  /** Shuts everybody out, also where the daemon has died. */
  withdraw(volume: Omit<ServedVolume, 'daemon' | 'fresh'> & { daemon: StorageDaemon | null }): Promise<void>
  route(volume: ServedVolume, connector: VolumeConnector, secret: () => Promise<string>): Promise<VolumeRoute>
  /** Starts servers that have died. @returns whether any had: then everything has to be served again */
  repair(): Promise<boolean>
  /** Ends its servers. */
  end(): Promise<void>
}
