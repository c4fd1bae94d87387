import type { Services } from '@nephos/core'
import type { Logger } from 'pino'
import type { KeyedLock } from '../compute/drivers/keyed-lock.ts'
import type { VolumeBackends } from './backends.ts'

/** What the volume role of one host works with. */
export interface VolumeDeps {
  services: Services
  backends: VolumeBackends
  hostName: string
  log: Logger
  /** One thing at a time for each volume. */
  lock: KeyedLock
}
