import { hasGuestAgent, type MachineRecord, machineOptions, machineSelect, type Services } from '@nephos/core'
import type { RequestOutput, SagaOperation } from '@nephos/jobs'
import type { BaseImage, MachineSpec } from '../driver.ts'

/** What a saga of an instance is about. `record` is replaced by every state write of the saga. */
export interface InstanceState {
  operation: SagaOperation
  record: MachineRecord
}

/** Reads the instance of an operation; null when it is gone. */
export async function loadInstance(
  { db }: Pick<Services, 'db'>,
  operation: SagaOperation,
): Promise<InstanceState | null> {
  const record = await db.instance.findUnique({ where: { id: operation.resourceId }, select: machineSelect })
  return record && { operation, record }
}

/** Answer of the network worker, as a step leaves it for later ones. */
export type Wired = RequestOutput<'network.wire'>

/** The machine of an instance on its wired ports, in the order of its interfaces. */
export function machineSpec(
  { record }: Pick<InstanceState, 'record'>,
  image: Pick<BaseImage, 'imageId' | 'sha512' | 'format'> | null,
  wired: Wired,
): MachineSpec {
  const ports = [...record.ports].sort((a, b) => (a.deviceIndex ?? 0) - (b.deviceIndex ?? 0))
  return {
    instanceId: record.id,
    name: record.name,
    vcpus: record.vcpus,
    ramMib: record.ramMib,
    diskGib: record.diskGib,
    image,
    nics: ports.flatMap((port) => {
      const tap = wired.ports.find(({ portId }) => portId === port.id)
      return tap
        ? [
            {
              portId: port.id,
              mac: port.macAddress,
              tap: tap.tap,
              mtu: tap.mtu,
              slot: port.deviceIndex ?? undefined,
            },
          ]
        : []
    }),
    netns: wired.ports[0]?.netns ?? null,
    options: machineOptions(record),
    ephemeralGib: record.ephemeralGib,
    swapMib: record.swapMib,
    configDrive: record.configDrive,
    guestAgent: hasGuestAgent(record.imageProperties),
  }
}
