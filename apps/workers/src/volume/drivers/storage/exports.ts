import { setTimeout as sleep } from 'node:timers/promises'
import { NephosError } from '@nephos/core/errors'
import type { StorageDaemon } from './daemon.ts'
import { diskNodeName } from './disk-node.ts'

interface Export {
  id: string
  type: string
}

/** Names of what a daemon exports in one way. */
export async function exportsOf(daemon: StorageDaemon, type: 'nbd' | 'fuse'): Promise<string[]> {
  const found = await daemon.execute<Export[]>('query-block-exports')
  return found.filter((one) => one.type === type).map(({ id }) => id)
}

/** Exports the daemon's disk for one that may write. */
export const addExport = (daemon: StorageDaemon, id: string, more: object): Promise<unknown> =>
  daemon.execute('block-export-add', { id, 'node-name': diskNodeName, writable: true, ...more })

/** Ends an export and every connection to it; what was acknowledged is kept. */
export async function removeExport(daemon: StorageDaemon, id: string): Promise<void> {
  await daemon.execute('block-export-del', { id, mode: 'hard' })
  const deadline = performance.now() + 10_000
  while ((await daemon.execute<Export[]>('query-block-exports')).some((one) => one.id === id)) {
    if (performance.now() > deadline)
      throw new NephosError('driver_failed', `qemu-storage-daemon: the export ${id} does not end`)
    await sleep(5)
  }
}
