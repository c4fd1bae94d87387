import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { NephosError } from '@nephos/core/errors'
import type { DiskStore } from '../disk-store.ts'

/** Path of what stands for the disks of a simulated machine on storage that several hosts may have. */
export const storedDisk = (store: DiskStore, instanceId: string): string =>
  join(store.disks(instanceId), 'root')

/** Takes a part in the disks of a machine, which are made where there are none. */
export async function makeStoredDisk(store: DiskStore | null, instanceId: string): Promise<void> {
  if (!store) return
  await store.claim(instanceId)
  await mkdir(store.disks(instanceId), { recursive: true })
  const path = storedDisk(store, instanceId)
  if (!existsSync(path)) await writeFile(path, `disk of ${instanceId}\n`)
}

/**
 * Readies a host for the disks of a machine that moves here, as a real one does.
 * @throws NephosError driver_failed when they are there and should not be, or the other way round
 */
export async function meetStoredDisk(
  store: DiskStore | null,
  instanceId: string,
  sharedDisks: boolean,
): Promise<void> {
  const others = (await store?.others(instanceId)) ?? []
  if (sharedDisks !== others.length > 0)
    throw new NephosError(
      'driver_failed',
      `simulated: the disks are ${sharedDisks ? 'not here' : `here already, as those of ${others.join(', ')}`}`,
    )
  await makeStoredDisk(store, instanceId)
}
