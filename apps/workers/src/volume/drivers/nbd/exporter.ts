import { chmod, chown, mkdir, writeFile } from 'node:fs/promises'
import type { VolumeConnector, VolumeRoute } from '@nephos/core'
import { NephosError } from '@nephos/core/errors'
import type { QemuUser } from '../../../compute/drivers/qemu/user.ts'
import type { VolumeAbilities } from '../../driver.ts'
import type { Exporter, ServedVolume } from '../storage/exporter.ts'
import { addExport, exportsOf, removeExport } from '../storage/exports.ts'
import type { VolumePaths } from '../storage/paths.ts'
import { pskOf, pskUser } from './psk.ts'

/** Where volumes are reached over TCP. */
export interface TcpPlace {
  host: string
  /** Namespace of the address; null: the machine's own. */
  netns: string | null
  /** Waits until it is there. @throws NephosError driver_failed */
  ready: () => Promise<void>
}

/** What NBD exports are made of. */
export interface NbdExporterOptions {
  kind: 'local' | 'nbd'
  abilities: VolumeAbilities
  /** Null: over a unix socket, for this host's QEMU alone. */
  tcp: TcpPlace | null
  /** Whom the volumes belong to. */
  user: QemuUser | null
  /** Who may open the unix socket: QEMU. */
  client: QemuUser | null
  /** Refuses who cannot reach it. @throws NephosError unsupported */
  admit: (connector: VolumeConnector) => void
}

const firstPort = 10_900
const ports = 1_000

/**
 * Serves each volume by NBD, each who is connected under a name of its own. Over TCP both ends show that they know
 * the volume's key (TLS with a pre-shared key), and nobody else can read along.
 */
export class NbdExporter implements Exporter {
  readonly mounts = false
  readonly #options: NbdExporterOptions

  constructor(options: NbdExporterOptions) {
    this.#options = options
  }

  get kind() {
    return this.#options.kind
  }

  get abilities() {
    return this.#options.abilities
  }

  get netns() {
    return this.#options.tcp?.netns ?? null
  }

  async open(): Promise<void> {
    await this.#options.tcp?.ready()
  }

  admit(connector: VolumeConnector): void {
    this.#options.admit(connector)
  }

  async prepare(_volumeId: string, paths: VolumePaths, secret: () => Promise<string>): Promise<string[]> {
    const { tcp, user } = this.#options
    if (!tcp) return []
    // The daemon reads it again for each who connects.
    const dir = keysOf(paths)
    await mkdir(dir, { recursive: true, mode: 0o700 })
    const file = `${dir}/keys.psk`
    await writeFile(file, `${pskUser}:${pskOf(await secret())}\n`, { mode: 0o600 })
    if (user) for (const path of [dir, file]) await chown(path, user.uid, user.gid)
    return ['--object', `tls-creds-psk,id=tls,endpoint=server,dir=${dir}`]
  }

  async serve(volume: ServedVolume): Promise<number | null> {
    const number = await this.#listen(volume)
    const wanted = new Map(volume.connectors.map(({ instanceId }) => [`c-${instanceId}`, instanceId]))
    const found = await exportsOf(volume.daemon, 'nbd')
    for (const id of found) if (!wanted.has(id)) await removeExport(volume.daemon, id)
    for (const [id, name] of wanted)
      if (!found.includes(id)) await addExport(volume.daemon, id, { type: 'nbd', name })
    return number
  }

  async withdraw({ daemon }: Parameters<Exporter['withdraw']>[0]): Promise<void> {
    if (daemon) for (const id of await exportsOf(daemon, 'nbd')) await removeExport(daemon, id)
  }

  async route(
    { paths, number }: ServedVolume,
    { instanceId }: VolumeConnector,
    secret: () => Promise<string>,
  ): Promise<VolumeRoute> {
    const { tcp } = this.#options
    if (!tcp) return { kind: 'nbd', address: { path: paths.nbd }, name: instanceId }
    const psk = { user: pskUser, key: pskOf(await secret()) }
    return { kind: 'nbd', address: { host: tcp.host, port: number! }, name: instanceId, psk }
  }

  async repair(): Promise<boolean> {
    return false
  }

  async end(): Promise<void> {}

  /** @returns the port; null for a unix socket */
  async #listen({ daemon, paths, number }: ServedVolume): Promise<number | null> {
    const { tcp, user, client } = this.#options
    const start = (addr: object, more: object = {}) =>
      daemon.execute('nbd-server-start', { addr, ...more }).then(
        () => 'started' as const,
        (error: Error) => {
          if (/already running/.test(error.message)) return 'runs' as const
          if (/in use/.test(error.message)) return 'taken' as const
          throw error
        },
      )
    if (!tcp) {
      if ((await start({ type: 'unix', data: { path: paths.nbd } })) === 'started') {
        if (user && client) await chown(paths.nbd, user.uid, client.gid)
        await chmod(paths.nbd, 0o660)
      }
      return null
    }
    const offset = Math.floor(Math.random() * ports)
    for (let i = 0; i < ports; i++) {
      // Whoever is connected knows its port already.
      const port = number ?? firstPort + ((offset + i) % ports)
      const data = { host: tcp.host, port: String(port) }
      const came = await start({ type: 'inet', data }, { 'tls-creds': 'tls' })
      if (came !== 'taken') return port
      if (number !== null) break
    }
    throw new NephosError(
      'driver_failed',
      `No port of ${tcp.host} is free for volume ${paths.dir.split('/').at(-1)}.`,
    )
  }
}

/** In memory: where sockets are is no disk. */
const keysOf = ({ nbd }: VolumePaths): string => `${nbd}.keys`
