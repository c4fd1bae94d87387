import type { MachineOptions } from '@nephos/core'
import { NephosError } from '@nephos/core/errors'
import type { Nic } from '../../driver.ts'
import { rootPorts } from './machine-args.ts'

const models = {
  virtio: 'virtio-net-pci',
  e1000: 'e1000',
  e1000e: 'e1000e',
  rtl8139: 'rtl8139',
} as const

type Arguments = Record<string, string | number | boolean>

/** Name of the device of a port; its back end is `net-<port>`. */
export const nicId = (portId: string): string => `nic-${portId}`

/** Where a card is plugged in; null: wherever there is room. */
export type NicPlace = { bus: string; addr?: string } | null

/** The first of the slots of a pc that are kept for interfaces; below it is room for everything else. */
const firstPcSlot = 0x10

/** The place of an interface by its position: on q35 a root port of its own, on pc a slot of the only bus. */
export function nicPlace(machineType: MachineOptions['machineType'], slot: number): NicPlace {
  if (slot < 0 || slot >= rootPorts) return null
  return machineType === 'q35'
    ? { bus: `rp${slot}` }
    : { bus: 'pci.0', addr: `0x${(firstPcSlot + slot).toString(16)}` }
}

/**
 * The back end and the device of an interface, as QMP takes them.
 * @throws NephosError invalid_input when a value could be read as more than itself
 */
export function nicDevices(
  { portId, mac, tap, mtu }: Nic,
  model: MachineOptions['vifModel'],
  place: NicPlace,
): { netdev: Arguments; device: Arguments } {
  check('nics.portId', portId, /^[0-9a-f-]{1,36}$/i)
  check('nics.mac', mac, /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i)
  check('nics.tap', tap, /^[A-Za-z0-9._-]{1,15}$/)
  check('nics.mtu', String(mtu), /^[1-9]\d{2,4}$/)
  return {
    netdev: { type: 'tap', id: `net-${portId}`, ifname: tap, script: 'no', downscript: 'no', vhost: false },
    device: {
      driver: models[model],
      id: nicId(portId),
      netdev: `net-${portId}`,
      mac,
      ...place,
      // Other cards learn the MTU by DHCP only.
      ...(model === 'virtio' ? { host_mtu: mtu } : {}),
      // Without a ROM: guests boot from their disk, and the ROM's file may not be installed.
      romfile: '',
    },
  }
}

/** The same as arguments of QEMU. */
export function nicArgs(nic: Nic, model: MachineOptions['vifModel'], place: NicPlace): string[] {
  const { netdev, device } = nicDevices(nic, model, place)
  const { type, ...backend } = netdev
  const { driver, ...rest } = device
  return ['-netdev', text(String(type), backend), '-device', text(String(driver), rest)]
}

const text = (first: string, rest: Arguments): string =>
  [first, ...Object.entries(rest).map(([key, value]) => `${key}=${value === false ? 'off' : value}`)].join(
    ',',
  )

function check(field: string, value: string, pattern: RegExp): void {
  if (!pattern.test(value))
    throw new NephosError('invalid_input', `${field} of a machine cannot be ${JSON.stringify(value)}.`, {
      field,
    })
}
