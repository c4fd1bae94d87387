import { randomUUID } from 'node:crypto'
import { mutate, NephosError, noteConnected, noteDisconnected, type Services, systemCtx } from '@nephos/core'
import type { TestCloud } from '@nephos/core/testing'
import type { RequestInput } from '@nephos/jobs'

/** Stands in for the volume workers of a cloud, and remembers who is connected to what. */
export class VolumeStandIn {
  /** `<volume> <host>` of everything that is connected. */
  readonly connected = new Set<string>()
  /** Why nothing can be connected now; null: it can. */
  refusal: string | null = null
  #cloud: TestCloud | null = null
  #backendId = ''
  #typeId = ''

  /** Makes a type of volumes and a back end on this host. */
  async open(cloud: TestCloud, hostName: string): Promise<void> {
    this.#cloud = cloud
    const name = `${hostName}@test-${randomUUID().slice(-6)}`
    const backend = await cloud.db.volumeBackend.create({
      data: {
        id: randomUUID(),
        name,
        hostName,
        zone: 'nova',
        driver: 'simulated',
        abilities: { acrossHosts: true },
      },
    })
    const type = await cloud.db.volumeType.create({
      data: { id: randomUUID(), name: `type-${randomUUID().slice(-6)}`, extraSpecs: {} },
    })
    this.#backendId = backend.id
    this.#typeId = type.id
  }

  /** A volume of a project that is there and that nobody uses. */
  async volume(projectId: string, userId: string, name = 'data'): Promise<string> {
    const { id } = await this.#cloud!.db.volume.create({
      data: {
        id: randomUUID(),
        projectId,
        userId,
        name,
        sizeGib: 1,
        status: 'available',
        typeId: this.#typeId,
        backendId: this.#backendId,
        zone: 'nova',
        metadata: {},
      },
    })
    return id
  }

  /** A volume that an instance has on a host already. @returns its id */
  async attached(
    instance: { id: string; projectId: string; userId: string },
    hostName: string,
  ): Promise<string> {
    const volumeId = await this.volume(instance.projectId, instance.userId)
    await this.#cloud!.db.volumeAttachment.create({
      data: {
        id: randomUUID(),
        volumeId,
        projectId: instance.projectId,
        instanceId: instance.id,
        hostName,
        status: 'attached',
        device: '/dev/vdb',
        attachedAt: new Date(),
      },
    })
    await this.#cloud!.db.volume.update({ where: { id: volumeId }, data: { status: 'in_use' } })
    this.connected.add(`${volumeId} ${hostName}`)
    return volumeId
  }

  /** Names of the hosts that are connected to a volume. */
  hostsOf(volumeId: string): string[] {
    return [...this.connected]
      .flatMap((one) => (one.startsWith(`${volumeId} `) ? [one.split(' ')[1]!] : []))
      .sort()
  }

  /** Answers `volume.connect` and `volume.disconnect`. Anything else is not for it. */
  readonly ask: Services['ask'] = async (_host, name, input) => {
    if (name === 'volume.connect') return (await this.#connect(input as never)) as never
    if (name === 'volume.disconnect') return (await this.#disconnect(input as never)) as never
    throw new NephosError('unavailable', `The volume worker does not answer ${name}.`)
  }

  async #connect({ attachmentId, connector }: RequestInput<'volume.connect'>) {
    if (this.refusal) throw new NephosError('driver_failed', this.refusal)
    const { services, db } = this.#cloud!
    const attachment = await db.volumeAttachment.findUniqueOrThrow({ where: { id: attachmentId } })
    await mutate(systemCtx(services, 'test'), (tx) => noteConnected(tx, attachmentId, connector.hostName))
    this.connected.add(`${attachment.volumeId} ${connector.hostName}`)
    return {
      volumeId: attachment.volumeId,
      attachmentId,
      route: { kind: 'simulated' },
      sizeBytes: 1024 ** 3,
      readOnly: attachment.mode === 'ro',
      limits: {},
      passphrase: null,
    }
  }

  async #disconnect({ attachmentId, volumeId, connector }: RequestInput<'volume.disconnect'>) {
    const { services } = this.#cloud!
    await mutate(systemCtx(services, 'test'), (tx) => noteDisconnected(tx, attachmentId, connector.hostName))
    this.connected.delete(`${volumeId} ${connector.hostName}`)
    return {}
  }
}
