import { setTimeout as sleep } from 'node:timers/promises'
import { NephosError } from '@nephos/core/errors'
import { z } from 'zod'
import type { Nic } from '../../driver.ts'
import { rootPorts } from './machine-args.ts'
import { nicDevices, nicId, nicPlace } from './nic-args.ts'
import type { QmpClient } from './qmp-client.ts'

const unplugTimeoutMs = 30_000
/** A guest that is still booting misses the request, so it is repeated. */
const askEveryMs = 5_000

interface PciDevice {
  qdev_id: string
  pci_bridge?: { devices?: PciDevice[] }
}
const pciDevice: z.ZodType<PciDevice> = z.lazy(() =>
  z.object({
    qdev_id: z.string(),
    pci_bridge: z.object({ devices: z.array(pciDevice).optional() }).optional(),
  }),
)
const pciBuses = z.array(z.object({ devices: z.array(pciDevice) }))
const objects = z.array(z.object({ name: z.string() }))

/**
 * Plugs an interface into a running machine. Nothing happens when it is there.
 * @throws NephosError driver_failed, with the back end taken away again
 */
export async function plugNic(
  qmp: QmpClient,
  nic: Nic,
  model: Parameters<typeof nicDevices>[1],
  machineType: 'pc' | 'q35',
): Promise<void> {
  if (await isPlugged(qmp, nic.portId)) return
  const place =
    nic.slot !== undefined
      ? nicPlace(machineType, nic.slot)
      : machineType === 'q35'
        ? { bus: await freeRootPort(qmp) }
        : null
  const { netdev, device } = nicDevices(nic, model, place)
  // What an attempt that was cut short left behind would be in the way.
  await qmp.execute('netdev_del', { id: netdev.id }).catch(() => {})
  await qmp.execute('netdev_add', netdev)
  try {
    await qmp.execute('device_add', device)
  } catch (error) {
    await qmp.execute('netdev_del', { id: netdev.id }).catch(() => {})
    throw error
  }
}

/**
 * Takes an interface from a running machine, which means: asks the guest for it, and waits. Nothing happens when it
 * is not there.
 * @param timeoutMs how long the guest has
 * @throws NephosError driver_failed when the guest keeps it
 */
export async function unplugNic(qmp: QmpClient, portId: string, timeoutMs = unplugTimeoutMs): Promise<void> {
  const deadline = performance.now() + timeoutMs
  const status = z.object({ status: z.string() }).parse(await qmp.execute('query-status'))
  for (let askAt = 0; await isPlugged(qmp, portId); ) {
    const now = performance.now()
    if (status.status === 'paused')
      throw new NephosError('driver_failed', 'The guest is paused, so it cannot let go of the interface.', {
        remedy: 'Unpause or stop the instance first.',
      })
    if (now > deadline)
      throw new NephosError('driver_failed', 'The guest did not let go of the interface in time.', {
        remedy: 'Try again when the guest has booted, or stop the instance first.',
      })
    if (now >= askAt) {
      // It refuses a second request while it works on the first: then waiting is right.
      await qmp.execute('device_del', { id: nicId(portId) }).catch(() => {})
      askAt = now + askEveryMs
    }
    await sleep(100)
  }
  await qmp.execute('netdev_del', { id: `net-${portId}` }).catch((error: NephosError) => {
    if (!/not found/i.test(error.message)) throw error
  })
}

const isPlugged = async (qmp: QmpClient, portId: string): Promise<boolean> =>
  objects
    .parse(await qmp.execute('qom-list', { path: '/machine/peripheral' }))
    .some(({ name }) => name === nicId(portId))

/** The first root port with nothing behind it. @throws NephosError conflict when there is none */
async function freeRootPort(qmp: QmpClient): Promise<string> {
  const buses = pciBuses.parse(await qmp.execute('query-pci'))
  const free = buses
    .flatMap(({ devices }) => devices)
    .find(({ qdev_id, pci_bridge }) => /^rp\d+$/.test(qdev_id) && !pci_bridge?.devices?.length)
  if (free) return free.qdev_id
  throw new NephosError('conflict', `The machine has no free slot: all ${rootPorts} are taken.`, {
    remedy: 'Detach something first.',
  })
}
