import { setTimeout as sleep } from 'node:timers/promises'
import type { MachineOptions, VolumeLimits } from '@nephos/core'
import { NephosError } from '@nephos/core/errors'
import { z } from 'zod'
import type { MachineVolume } from '../../../volumes.ts'
import type { QmpClient } from '../qmp-client.ts'
import { giveCredentials, type VolumePlace } from './credentials.ts'
import { volumeBackend, volumeDevice, volumeDeviceId, volumeNode, volumeSecretIds } from './nodes.ts'

type Qmp = Pick<QmpClient, 'execute'>

const unplugTimeoutMs = 30_000
/** A guest that is still booting misses the request, so it is repeated. */
const askEveryMs = 5_000
/** A device that is gone holds its node a moment longer. */
const letGoMs = 10_000
/** How long a server may take to show that a volume has grown. */
const growMs = 15_000
/** Logging in to a target takes as long as the network does. */
const openMs = 30_000

const objects = z.array(z.object({ name: z.string() }))
const nodes = z.array(z.object({ 'node-name': z.string() }))
const blockDevices = z.array(
  z.object({
    qdev: z.string().optional(),
    inserted: z.object({ 'node-name': z.string().optional() }).optional(),
  }),
)

/**
 * Gives a running machine a volume. Nothing happens when it has it.
 * @throws NephosError driver_failed with QEMU's words; nothing of it is left then
 */
export async function plugVolume(
  qmp: Qmp,
  volume: MachineVolume,
  options: MachineOptions,
  place: VolumePlace,
): Promise<void> {
  const { volumeId, connection } = volume
  if (!(await isPlugged(qmp, volumeId))) {
    const { secrets, credentials, node } = volumeBackend(volume)
    const device = volumeDevice(volume, options)
    // What an attempt that was cut short left behind would be in the way.
    await letNodeGo(qmp, volumeId)
    try {
      for (const { id, data, format } of secrets)
        await qmp.execute('object-add', { 'qom-type': 'secret', id, data, format })
      if (credentials) await giveCredentials(qmp, credentials, place)
      await qmp.execute('blockdev-add', node, openMs)
      await qmp.execute('device_add', device)
    } catch (error) {
      await letNodeGo(qmp, volumeId).catch(() => {})
      throw error
    }
  }
  await limitVolume(qmp, volumeId, connection.limits)
}

/**
 * Takes a volume from a running machine, which means: asks the guest for it, and waits. Nothing happens when it does not
 * have it.
 * @param timeoutMs how long the guest has
 * @throws NephosError driver_failed when the guest keeps it
 */
export async function unplugVolume(qmp: Qmp, volumeId: string, timeoutMs = unplugTimeoutMs): Promise<void> {
  const deadline = performance.now() + timeoutMs
  const { status } = z.object({ status: z.string() }).parse(await qmp.execute('query-status'))
  for (let askAt = 0; await isPlugged(qmp, volumeId); ) {
    const now = performance.now()
    if (status === 'paused')
      throw new NephosError('driver_failed', 'The guest is paused, so it cannot let go of the volume.', {
        remedy: 'Unpause or stop the instance first.',
      })
    if (now > deadline)
      throw new NephosError('driver_failed', 'The guest did not let go of the volume in time.', {
        remedy: 'Unmount it in the guest and try again when it has booted, or stop the instance first.',
      })
    if (now >= askAt) {
      // It refuses a second request while it works on the first: then waiting is right.
      await qmp.execute('device_del', { id: volumeDeviceId(volumeId) }).catch(() => {})
      askAt = now + askEveryMs
    }
    await sleep(50)
  }
  await letNodeGo(qmp, volumeId)
}

/** Shows the guest the new size. A volume that the machine does not have is left alone. */
export async function growVolume(qmp: Qmp, volumeId: string, sizeBytes: number): Promise<void> {
  if (!(await isPlugged(qmp, volumeId))) return
  const node = volumeNode(volumeId)
  const deadline = performance.now() + growMs
  for (;;) {
    try {
      await qmp.execute('block_resize', { 'node-name': node, size: sizeBytes }, openMs)
      return
    } catch (error) {
      if (performance.now() > deadline) throw error
      // A server tells its new size to who connects anew, and QEMU does so when it wants something.
      await qmp.execute(
        'human-monitor-command',
        { 'command-line': `qemu-io ${node} "read -q 0 512"` },
        openMs,
      )
      await sleep(100)
    }
  }
}

/**
 * Limits the speed of a volume. The limit is the device's, as those of the machine's own disks.
 * A volume that the machine does not have is left alone.
 */
export async function limitVolume(qmp: Qmp, volumeId: string, limits: VolumeLimits): Promise<void> {
  const devices = blockDevices.parse(await qmp.execute('query-block'))
  const node = volumeNode(volumeId)
  const qdev = devices.find(({ inserted }) => inserted?.['node-name'] === node)?.qdev
  if (qdev) await qmp.execute('block_set_io_throttle', throttle(qdev, limits))
}

/** What QEMU takes for limits; 0 is none. A pure function. */
export function throttle(id: string, limits: VolumeLimits): { [key: string]: string | number } {
  const burst = {
    bps_max: limits.totalBytesMax,
    bps_rd_max: limits.readBytesMax,
    bps_wr_max: limits.writeBytesMax,
    iops_max: limits.totalIopsMax,
    iops_rd_max: limits.readIopsMax,
    iops_wr_max: limits.writeIopsMax,
  }
  const known = Object.entries(burst).filter((entry): entry is [string, number] => entry[1] !== undefined)
  return {
    id,
    bps: limits.totalBytes ?? 0,
    bps_rd: limits.readBytes ?? 0,
    bps_wr: limits.writeBytes ?? 0,
    iops: limits.totalIops ?? 0,
    iops_rd: limits.readIops ?? 0,
    iops_wr: limits.writeIops ?? 0,
    ...Object.fromEntries(known),
  }
}

const isPlugged = async (qmp: Qmp, volumeId: string): Promise<boolean> =>
  objects
    .parse(await qmp.execute('qom-list', { path: '/machine/peripheral' }))
    .some(({ name }) => name === volumeDeviceId(volumeId))

/** Which of these volumes a machine has. */
export async function pluggedVolumes(qmp: Qmp, volumeIds: readonly string[]): Promise<string[]> {
  const found = objects.parse(await qmp.execute('qom-list', { path: '/machine/peripheral' }))
  const names = new Set(found.map(({ name }) => name))
  return volumeIds.filter((id) => names.has(volumeDeviceId(id)))
}

/** Removes the node and the secrets of a volume that no device has. Nothing happens when there are none. */
async function letNodeGo(qmp: Qmp, volumeId: string): Promise<void> {
  const deadline = performance.now() + letGoMs
  const name = volumeNode(volumeId)
  for (;;) {
    const known = nodes.parse(await qmp.execute('query-named-block-nodes', { flat: true }))
    if (!known.some((node) => node['node-name'] === name)) break
    try {
      await qmp.execute('blockdev-del', { 'node-name': name })
    } catch (error) {
      if (performance.now() > deadline) throw error
      await sleep(50)
    }
  }
  const { key, password, tls } = volumeSecretIds(volumeId)
  const secrets = objects.parse(await qmp.execute('qom-list', { path: '/objects' }))
  for (const id of [key, password, tls])
    if (secrets.some((secret) => secret.name === id)) await qmp.execute('object-del', { id })
}
