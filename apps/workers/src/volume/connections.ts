import {
  conflict,
  mutate,
  NephosError,
  noteConnected,
  noteDisconnected,
  notFound,
  systemCtx,
  type VolumeConnection,
  type VolumeConnector,
  type VolumeLimits,
} from '@nephos/core'
import { hostToken } from '@nephos/jobs'
import type { VolumeDeps } from './deps.ts'
import { bytesOf, storedVolume } from './stored.ts'

/** Statuses in which a volume has nobody to serve. */
const unready = ['creating', 'downloading', 'deleting', 'error', 'error_deleting']

/** What says where an instance is, or on its way to. */
const instanceHosts = {
  host: { select: { name: true } },
  migrations: { where: { endedAt: null }, select: { sourceHost: true, destHost: true } },
} as const

const hostsOf = (
  instance: {
    host: { name: string } | null
    migrations: { sourceHost: string | null; destHost: string | null }[]
  } | null,
): string[] =>
  [
    instance?.host?.name,
    ...(instance?.migrations ?? []).flatMap(({ sourceHost, destHost }) => [sourceHost, destHost]),
  ].filter((name) => name != null)

/**
 * Lets the host of an instance in to a volume, as the attachment says. The host is the instance's own or the one that
 * it is on its way to, and it asks itself: nobody else is let in, and nobody else is told.
 * @param asker token of the host that asks
 * @throws NephosError not_found, conflict, unsupported when its back end does not reach that host
 */
export async function connectVolume(
  deps: VolumeDeps,
  { attachmentId, connector }: { attachmentId: string; connector: VolumeConnector },
  asker: string,
): Promise<VolumeConnection> {
  const { services, backends, hostName, lock } = deps
  if (asker !== hostToken(connector.hostName))
    throw new NephosError('forbidden', 'A host can be let in to a volume only when it asks itself.')
  const found = await services.db.volumeAttachment.findUnique({
    where: { id: attachmentId },
    select: { volumeId: true },
  })
  if (!found) throw notFound('attachment', attachmentId)
  return lock.run(found.volumeId, async () => {
    const attachment = await services.db.volumeAttachment.findUnique({
      where: { id: attachmentId },
      include: {
        volume: { include: { backend: { select: { hostName: true } } } },
        instance: { select: instanceHosts },
      },
    })
    if (!attachment) throw notFound('attachment', attachmentId)
    const { volume, instance } = attachment
    if (volume.backend?.hostName !== hostName)
      throw conflict(`The volume is not on a back end of ${hostName}.`, { detail: { volumeId: volume.id } })
    if (unready.includes(volume.status))
      throw conflict(`The volume cannot be used while it is ${volume.status.replaceAll('_', '-')}.`)
    if (attachment.instanceId !== connector.instanceId || !hostsOf(instance).includes(connector.hostName))
      throw new NephosError('forbidden', `The instance of the attachment is not on ${connector.hostName}.`)
    const driver = backends.driver(volume.backendId)
    const { acrossHosts } = driver.abilities
    if (connector.hostName !== hostName && acrossHosts !== true)
      throw new NephosError('unsupported', acrossHosts, {
        remedy: `Move the instance to ${hostName}, or change the type of the volume.`,
      })
    // First, so that whoever clears up after a crash knows of it.
    await mutate(systemCtx(services, `volume on ${hostName}`), (tx) =>
      noteConnected(tx, attachmentId, connector.hostName),
    )
    const stored = storedVolume(services, volume)
    return {
      volumeId: volume.id,
      attachmentId,
      route: await driver.connect(stored, connector),
      sizeBytes: bytesOf(volume.sizeGib),
      readOnly: attachment.mode === 'ro',
      limits: (volume.limits ?? {}) as VolumeLimits,
      passphrase: stored.passphrase,
    }
  })
}

/**
 * Shuts an instance of a host out from a volume that it does not use any more. What is gone already is fine. A host asks
 * for itself, or for another one that an instance of its own is coming from or going to.
 * @param asker token of the host that asks
 */
export async function disconnectVolume(
  deps: VolumeDeps,
  {
    attachmentId,
    volumeId,
    connector,
  }: { attachmentId: string; volumeId: string; connector: VolumeConnector },
  asker: string,
): Promise<void> {
  const { services, backends, hostName, lock } = deps
  await requireConcerned(deps, connector, asker)
  await lock.run(volumeId, async () => {
    const volume = await services.db.volume.findUnique({
      where: { id: volumeId },
      include: { backend: { select: { hostName: true } } },
    })
    if (!volume || volume.backend?.hostName !== hostName) return
    // Drivers tell instances apart: another one of the same host keeps what it has.
    await backends.driver(volume.backendId).disconnect(storedVolume(services, volume), connector)
    await mutate(systemCtx(services, `volume on ${hostName}`), (tx) =>
      noteDisconnected(tx, attachmentId, connector.hostName),
    )
  })
}

/** @throws NephosError forbidden when it is none of the asking host's business */
async function requireConcerned(
  { services: { db } }: VolumeDeps,
  { hostName, instanceId }: VolumeConnector,
  asker: string,
): Promise<void> {
  if (asker === hostToken(hostName)) return
  const instance = await db.instance.findUnique({ where: { id: instanceId }, select: instanceHosts })
  if (hostsOf(instance).some((name) => hostToken(name) === asker)) return
  throw new NephosError('forbidden', 'Only the host of an instance shuts another one out of its volumes.')
}
