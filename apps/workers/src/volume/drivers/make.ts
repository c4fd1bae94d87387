import type { VolumeConnector } from '@nephos/core'
import { NephosError } from '@nephos/core/errors'
import type { QemuUser } from '../../compute/drivers/qemu/user.ts'
import { abilitiesOf } from './abilities.ts'
import { AoeExporter } from './aoe/exporter.ts'
import { IscsiExporter } from './iscsi/exporter.ts'
import { NbdExporter } from './nbd/exporter.ts'
import { StorageDriver } from './storage/driver.ts'
import type { StorageOptions } from './storage/options.ts'
import { readServed } from './storage/served-note.ts'

/** The back ends that keep real volumes. */
export const storageKinds = ['local', 'iscsi', 'nbd', 'aoe'] as const
export type StorageKind = (typeof storageKinds)[number]

/** What back ends differ in. */
export interface StorageWorld {
  /** Who opens volumes of this host without a network: QEMU. */
  client: QemuUser | null
  /** Address and namespace of servers. */
  host: string
  netns: string | null
  /** Why other hosts do not get there; null: they do. */
  reach: string | null
  iscsiPort: number
  /** Waits until the address is there. @throws NephosError driver_failed */
  ready: () => Promise<void>
  /** Ethernet of AoE, and the namespace that has the interface. */
  aoe: { interface: string; netns: string | null }
}

/** The driver of one back end. */
export function makeStorageDriver(
  kind: StorageKind,
  options: StorageOptions,
  world: StorageWorld,
): StorageDriver {
  const { user, hostName, sockets } = options
  const { host, netns, client, reach, ready } = world
  const onlyHere = (why: string) => (connector: VolumeConnector) => {
    if (connector.hostName !== hostName) throw new NephosError('unsupported', why)
  }
  const wherever = reach ? onlyHere(reach) : () => {}
  switch (kind) {
    case 'local': {
      const abilities = abilitiesOf.local()
      const admit = onlyHere(String(abilities.acrossHosts))
      return new StorageDriver(options, new NbdExporter({ kind, abilities, tcp: null, user, client, admit }))
    }
    case 'nbd':
      return new StorageDriver(
        options,
        new NbdExporter({
          ...{ kind, abilities: abilitiesOf.nbd(reach), tcp: { host, netns, ready }, user, client },
          admit: wherever,
        }),
      )
    case 'iscsi':
      return new StorageDriver(
        options,
        new IscsiExporter({
          ...{ directory: `${sockets}/tgt`, user, host, netns, ready, port: world.iscsiPort },
          ...{ abilities: abilitiesOf.iscsi(reach), admit: wherever },
        }),
      )
    case 'aoe': {
      const driver: StorageDriver = new StorageDriver(
        options,
        new AoeExporter({
          ...{ abilities: abilitiesOf.aoe(), ...world.aoe, hostName, user },
          taken: async () => {
            const ids = await driver.list()
            const notes = await Promise.all(
              ids.map((id) => readServed(`${options.directory}/${id}/served.json`)),
            )
            return notes.flatMap(({ number }) => number ?? [])
          },
        }),
      )
      return driver
    }
  }
}
