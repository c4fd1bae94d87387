import { existsSync } from 'node:fs'
import { hostNetns, type NephosConfig } from '@nephos/config'
import { NephosError, type VolumeConnection, type VolumeConnector } from '@nephos/core'
import { hostToken } from '@nephos/jobs'
import { underlayOf } from '../../network/drivers/index.ts'
import type { ComputeDeps } from '../deps.ts'
import type { MachineSpec } from '../driver.ts'
import type { MachineVolume } from '../volumes.ts'

/** What is read of an attachment to connect its volume. */
export const attachmentSelect = {
  id: true,
  volumeId: true,
  instanceId: true,
  status: true,
  device: true,
  bootIndex: true,
  hostName: true,
  standbyHost: true,
  volume: { select: { name: true, backend: { select: { hostName: true } } } },
} as const

/** An attachment as {@link attachmentSelect} reads it. */
export interface AttachedVolume {
  id: string
  volumeId: string
  instanceId: string | null
  status: string
  device: string | null
  bootIndex: number | null
  hostName: string | null
  standbyHost: string | null
  volume: { name: string; backend: { hostName: string } | null }
}

/** Which volumes an instance has, the root disk first. */
export const attachedVolumes = (
  { services: { db } }: Pick<ComputeDeps, 'services'>,
  instanceId: string,
): Promise<AttachedVolume[]> =>
  db.volumeAttachment.findMany({
    where: { instanceId },
    select: attachmentSelect,
    orderBy: [{ device: 'asc' }, { id: 'asc' }],
  })

/** Name of a host as an iSCSI initiator. */
export const initiatorOf = (hostName: string): string =>
  `iqn.2025-01.io.nephos:host.${hostToken(hostName).toLowerCase().replaceAll('_', '-')}`

/** A host as one that wants to reach a volume. */
export const connectorOf = (config: NephosConfig, hostName: string, instanceId: string): VolumeConnector => ({
  hostName,
  ip: hostName === config.hostName ? (underlayOf(config)?.ip ?? null) : null,
  initiator: initiatorOf(hostName),
  instanceId,
})

/** The place of a device among the disks of a machine: 0 for /dev/vda, 1 for /dev/vdb. */
export function slotOf(device: string | null): number {
  const letter = /^\/dev\/[a-z]{2}([a-z])$/.exec(device ?? '')?.[1]
  if (!letter)
    throw new NephosError('driver_failed', `A volume has no place in the machine: ${device ?? 'none'}.`)
  return letter.charCodeAt(0) - 'a'.charCodeAt(0)
}

/** @throws NephosError conflict when no back end has the volume yet */
function workerOf({ volumeId, volume }: AttachedVolume): string {
  if (volume.backend) return volume.backend.hostName
  throw new NephosError('conflict', `The volume ${volume.name || volumeId} is not made yet.`)
}

/**
 * Has the back end of a volume let this host in, and says how it is reached. The answer holds secrets: it is used at
 * once and kept nowhere.
 * @throws NephosError unavailable when the host of the volume does not answer; unsupported when this host cannot reach it
 */
export async function connectVolume(
  { services, hostName }: Pick<ComputeDeps, 'services' | 'hostName'>,
  attachment: AttachedVolume,
): Promise<MachineVolume> {
  const { id, volumeId, instanceId, device, bootIndex } = attachment
  const connector = connectorOf(services.config, hostName, instanceId ?? '')
  const connection: VolumeConnection = await services.ask(workerOf(attachment), 'volume.connect', {
    attachmentId: id,
    connector,
  })
  return { volumeId, slot: slotOf(device), bootIndex, connection }
}

/**
 * Has the back end of a volume shut a host out, also what it has open.
 * @param host this one unless given
 */
export async function disconnectVolume(
  { services, hostName }: Pick<ComputeDeps, 'services' | 'hostName'>,
  attachment: AttachedVolume,
  host = hostName,
): Promise<void> {
  if (!attachment.volume.backend) return
  const connector = connectorOf(services.config, host, attachment.instanceId ?? '')
  await services.ask(attachment.volume.backend.hostName, 'volume.disconnect', {
    attachmentId: attachment.id,
    volumeId: attachment.volumeId,
    connector,
  })
}

/** Shuts this host out of every volume of an instance whose machine is gone from here. */
export async function disconnectVolumes(deps: ComputeDeps, instanceId: string): Promise<void> {
  const attachments = await attachedVolumes(deps, instanceId)
  const here = attachments.filter(
    ({ hostName, standbyHost }) => hostName === deps.hostName || standbyHost === deps.hostName,
  )
  await Promise.all(here.map((attachment) => disconnectVolume(deps, attachment)))
}

/** Shuts another host out of every volume of an instance, which it may not have any more. */
export async function shutOut(deps: ComputeDeps, instanceId: string, host: string): Promise<void> {
  const attachments = await attachedVolumes(deps, instanceId)
  const there = attachments.filter(({ hostName, standbyHost }) => hostName === host || standbyHost === host)
  await Promise.all(there.map((attachment) => disconnectVolume(deps, attachment, host)))
}

/** What is set aside is plugged in by whoever attaches it; everything else a machine has from its start. */
const starting: readonly string[] = ['attaching', 'attached', 'detaching', 'error_detaching']

/**
 * The machine with the volumes that its instance has, connected to this host now. Asked at every start: what was said of
 * a connection before may not be true any more, and is not kept.
 * @throws NephosError
 */
export async function withVolumes(deps: ComputeDeps, spec: MachineSpec): Promise<MachineSpec> {
  const attachments = await attachedVolumes(deps, spec.instanceId)
  if (attachments.length === 0) return spec
  const volumes = await Promise.all(
    attachments
      .filter(({ status }) => starting.includes(status))
      .map((attachment) => connectVolume(deps, attachment)),
  )
  return { ...spec, volumes, netns: spec.netns ?? networkOf(deps) }
}

/** Where a machine without interfaces reaches its volumes from: as one that has some. */
function networkOf({ services: { config }, driver }: ComputeDeps): string | null {
  if (driver.name !== 'qemu') return null
  const netns = hostNetns(config)
  return existsSync(`/run/netns/${netns}`) ? netns : null
}
