import { setTimeout as sleep } from 'node:timers/promises'
import { hostNetns, type NephosConfig } from '@nephos/config'
import { NephosError } from '@nephos/core/errors'
import { underlayOf } from '../../network/drivers/index.ts'
import { readIp } from '../../network/drivers/linux/host-tools.ts'
import { namespaceInode } from '../../network/drivers/linux/namespaces.ts'

/** Where the volumes of a host are reached over the network. */
export interface StoragePlace {
  host: string
  /** Namespace of the address: where the host's guests run. */
  netns: string
  /** Why other hosts do not reach it; null: they do. */
  reach: string | null
}

/** The place that a host has under this configuration. */
export function storagePlace(config: NephosConfig): StoragePlace {
  const netns = hostNetns(config)
  const underlay = underlayOf(config)
  if (underlay?.netns) return { host: underlay.ip, netns, reach: null }
  return {
    host: '127.0.0.1',
    netns,
    reach: underlay
      ? 'Hosts on other machines do not reach the volumes of this one: its guests run in a namespace without a way there.'
      : 'This host stands alone: there is no network between it and others.',
  }
}

/**
 * Waits until the network worker, which starts beside us, has made the namespace and its address.
 * @throws NephosError driver_failed
 */
export async function waitForPlace({ host, netns }: StoragePlace, timeoutMs = 15_000): Promise<void> {
  const deadline = performance.now() + timeoutMs
  while (!(await isThere(host, netns))) {
    if (performance.now() > deadline)
      throw new NephosError('driver_failed', `The network namespace ${netns} has no address ${host}.`, {
        remedy: 'Look at the log of the network worker of this host.',
      })
    await sleep(100)
  }
}

async function isThere(host: string, netns: string): Promise<boolean> {
  if ((await namespaceInode(netns)) === null) return false
  const links = await readIp(['-n', netns, '-4', 'addr', 'show']).catch(() => [])
  return JSON.stringify(links).includes(`"local":"${host}"`)
}
