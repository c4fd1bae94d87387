import type { MachineOptions, VolumeRoute } from '@nephos/core'
import { NephosError } from '@nephos/core/errors'
import type { MachineVolume } from '../../../volumes.ts'

type Arguments = { [key: string]: unknown }

/** Where a secret is kept in QEMU while a disk needs it. */
export interface VolumeSecret {
  id: string
  data: string
  format: 'raw' | 'base64'
}

/** The key by which QEMU and a server of NBD know each other. */
export interface VolumeCredentials {
  id: string
  user: string
  /** Hex digits. */
  key: string
}

/** Prefix of the block nodes of volumes: what a copy of a machine's own disks leaves out. */
export const volumeNodePrefix = 'vol-'
/** A server that went away is waited for so long, in seconds, before the guest sees an error. */
const reconnectSeconds = 60

/** QEMU's names have at most 31 characters; the end of an id is what tells it from others. */
const shortId = (volumeId: string): string => {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(volumeId))
    return volumeId.replaceAll('-', '').slice(-24).toLowerCase()
  throw new NephosError('invalid_input', 'The id of a volume is a UUID.', { field: 'volumeId' })
}
/** Name of the block node of a volume. */
export const volumeNode = (volumeId: string): string => `${volumeNodePrefix}${shortId(volumeId)}`
/** Name of the device of a volume. */
export const volumeDeviceId = (volumeId: string): string => `volume-${shortId(volumeId)}`
/** Names of the secrets that a volume may need. */
export const volumeSecretIds = (volumeId: string): { key: string; password: string; tls: string } => ({
  key: `key-${shortId(volumeId)}`,
  password: `chap-${shortId(volumeId)}`,
  tls: `tls-${shortId(volumeId)}`,
})
/** What the guest finds a volume by, below /dev/disk/by-id. */
export const volumeSerial = (volumeId: string): string => volumeId.slice(0, 20)

/**
 * What QEMU is told to reach a volume: the secrets and credentials first, then the node (`blockdev-add`).
 * @throws NephosError unsupported when QEMU cannot take that route; invalid_input
 */
export function volumeBackend({ volumeId, connection }: MachineVolume): {
  secrets: VolumeSecret[]
  credentials: VolumeCredentials | null
  node: Arguments
} {
  const { route, passphrase, readOnly } = connection
  const ids = volumeSecretIds(volumeId)
  const { secret, credentials = null, ...below } = routeNode(route, readOnly, ids)
  const name = volumeNode(volumeId)
  const common = { 'read-only': readOnly, ...(!readOnly && { discard: 'unmap' }) }
  const top = { ...common, ...(!readOnly && { 'detect-zeroes': 'unmap' }), 'node-name': name }
  if (passphrase === null) return { secrets: secret, credentials, node: { ...below.node, ...top } }
  const key: VolumeSecret = { id: ids.key, data: passphrase, format: 'base64' }
  return {
    secrets: [...secret, key],
    credentials,
    // Zeroes of the guest are not zeroes of the encrypted disk.
    node: {
      driver: 'luks',
      'key-secret': ids.key,
      ...common,
      'node-name': name,
      file: { ...below.node, ...common },
    },
  }
}

function routeNode(
  route: VolumeRoute,
  readOnly: boolean,
  ids: { password: string; tls: string },
): { secret: VolumeSecret[]; credentials?: VolumeCredentials; node: Arguments } {
  const raw = (file: Arguments): Arguments => ({ driver: 'raw', file: { 'read-only': readOnly, ...file } })
  switch (route.kind) {
    case 'file': {
      if (!route.path.startsWith('/'))
        throw new NephosError('invalid_input', 'The path of a volume is absolute.', { field: 'route.path' })
      const writable = readOnly ? {} : { discard: 'unmap' }
      const file = {
        driver: 'file',
        filename: route.path,
        aio: 'threads',
        'read-only': readOnly,
        ...writable,
      }
      return { secret: [], node: { driver: route.format, file } }
    }
    case 'iscsi': {
      const { portal, target, lun, user, password, initiator } = route
      return {
        secret: [{ id: ids.password, data: password, format: 'raw' }],
        node: raw({
          driver: 'iscsi',
          transport: 'tcp',
          portal,
          target,
          lun,
          user,
          'password-secret': ids.password,
          'initiator-name': initiator,
        }),
      }
    }
    case 'nbd': {
      const { address, name, psk } = route
      const server =
        'path' in address
          ? { type: 'unix', path: address.path }
          : { type: 'inet', host: address.host, port: String(address.port) }
      return {
        secret: [],
        ...(psk && { credentials: { id: ids.tls, ...psk } }),
        node: raw({
          ...{ driver: 'nbd', server, export: name, 'reconnect-delay': reconnectSeconds },
          ...(psk && { 'tls-creds': ids.tls }),
        }),
      }
    }
    case 'aoe':
      throw new NephosError(
        'unsupported',
        'A volume that is reached over AoE is not a disk of the machine.',
        {
          remedy: 'Load the module aoe in the guest: it finds the volume on its network.',
        },
      )
    case 'simulated':
      throw new NephosError('unsupported', 'A simulated volume has no bytes that QEMU could reach.', {
        remedy: 'Choose a volume type with a real back end.',
      })
  }
}

/** The device of a volume, as QMP takes it (`device_add`). */
export function volumeDevice(
  { volumeId, slot, bootIndex }: Pick<MachineVolume, 'volumeId' | 'slot' | 'bootIndex'>,
  options: Pick<MachineOptions, 'diskBus' | 'machineType'>,
): Arguments {
  return {
    driver: options.diskBus === 'scsi' ? 'scsi-hd' : 'virtio-blk-pci',
    id: volumeDeviceId(volumeId),
    drive: volumeNode(volumeId),
    serial: volumeSerial(volumeId),
    // Before the root disk in the machine's directory there is only the disk of a rescue.
    ...(bootIndex !== null && { bootindex: 1 + bootIndex }),
    ...volumePlace(slot, options),
  }
}

/** Slots that volumes have: the root disk, then /dev/vdb to /dev/vdu. */
export const volumeSlots = 21
/** Root ports of a q35 machine that are kept for disks, in functions of three slots. */
const diskPorts = 24
const portsOfSlot = 8
const firstPortSlot = 0x1b
/** The first id of SCSI that volumes have; the machine's own disks are below. */
const firstScsiId = 16

/**
 * Where the disk of a slot is plugged in: a slot of the bridge that pc machines have for it, a root port of its own on
 * q35, an id of the SCSI controller.
 * @throws NephosError driver_failed when there is no such slot
 */
export function volumePlace(
  slot: number,
  { diskBus, machineType }: Pick<MachineOptions, 'diskBus' | 'machineType'>,
): Record<string, string | number> {
  if (!Number.isInteger(slot) || slot < 0 || slot >= diskPorts)
    throw new NephosError('driver_failed', `A machine has no place ${slot} for a disk.`)
  if (diskBus === 'scsi') return { bus: 'scsi0.0', channel: 0, 'scsi-id': firstScsiId + slot, lun: 0 }
  if (machineType === 'q35') return { bus: `dp${slot}` }
  return { bus: 'disks', addr: `0x${(slot + 1).toString(16)}` }
}

/** Arguments of QEMU for what volumes are plugged into while the machine runs. */
export function volumeSlotArgs({
  diskBus,
  machineType,
}: Pick<MachineOptions, 'diskBus' | 'machineType'>): string[] {
  if (diskBus === 'scsi') return []
  // With shpc the firmware leaves room behind a bridge that is empty; what is plugged in goes by ACPI all the same.
  if (machineType === 'pc') return ['-device', 'pci-bridge,id=disks,chassis_nr=1,shpc=on,addr=0xf']
  return Array.from({ length: diskPorts }, (_, index) => [
    '-device',
    [
      `pcie-root-port,id=dp${index},chassis=${100 + index},slot=${100 + index},io-reserve=0`,
      `addr=0x${(firstPortSlot + Math.floor(index / portsOfSlot)).toString(16)}.${index % portsOfSlot}`,
      'multifunction=on',
    ].join(','),
  ]).flat()
}
