import type { Prisma } from '@nephos/db'
import type { Json } from '../../kernel/index.ts'
import { ipv4First } from '../../network/addresses/ip.ts'
import { instanceStatus, type LockedBy, type VmStateName } from '../states.ts'

/** What is read of an instance for its list row, in one query. Leaves out user data and keys. */
export const instanceSelect = {
  id: true,
  name: true,
  hostname: true,
  description: true,
  projectId: true,
  userId: true,
  vmState: true,
  taskState: true,
  powerState: true,
  generation: true,
  hostId: true,
  zone: true,
  requestedZone: true,
  flavorId: true,
  flavorName: true,
  vcpus: true,
  ramMib: true,
  diskGib: true,
  ephemeralGib: true,
  swapMib: true,
  imageId: true,
  imageName: true,
  keyName: true,
  metadata: true,
  locked: true,
  lockedReason: true,
  lockedBy: true,
  faultCode: true,
  faultMessage: true,
  faultAt: true,
  createdAt: true,
  updatedAt: true,
  launchedAt: true,
  guestReadyAt: true,
  shelvedImageId: true,
  host: { select: { name: true } },
  ports: {
    select: {
      id: true,
      networkId: true,
      macAddress: true,
      deviceIndex: true,
      network: { select: { name: true } },
      allocations: { select: { ipAddress: true } },
      floatingIps: { select: { address: true, fixedIpAddress: true } },
    },
  },
} satisfies Prisma.InstanceSelect

/** An instance as {@link instanceSelect} reads it. */
export type InstanceRecord = Prisma.InstanceGetPayload<{ select: typeof instanceSelect }>

/** One address of an instance. */
export interface InstanceAddress {
  networkId: string
  networkName: string
  portId: string
  ip: string
  mac: string
  /** Floating IPs that lead to it. */
  floatingIps: string[]
}

/** An instance as lists and events have it. RAM in MiB, disk in GiB; `powerState` in Nova's numbers. */
export interface InstanceRow {
  id: string
  name: string
  projectId: string
  userId: string
  vmState: VmStateName
  taskState: string | null
  powerState: number
  /** The API status, derived from vmState and taskState. */
  status: string
  locked: boolean
  /** Why it is locked, as its locker said; null when nothing was said. */
  lockedReason: string | null
  /** Who locked it: somebody of its project, or an administrator from elsewhere; null while it is not locked. */
  lockedBy: LockedBy | null
  flavorId: string
  flavorName: string
  vcpus: number
  ramMib: number
  diskGib: number
  imageId: string | null
  imageName: string
  keyName: string | null
  zone: string | null
  /** For administrators only; null for everyone else and in events. */
  hostName: string | null
  addresses: InstanceAddress[]
  faultMessage: string | null
  createdAt: Date
  updatedAt: Date
  launchedAt: Date | null
  guestReadyAt: Date | null
  /** Rises with every state write: of two rows, the higher one is newer. */
  generation: number
}

/** The list row. `admin` says whether the reader may know the host. */
export function instanceRow(record: InstanceRecord, { admin }: { admin: boolean }): InstanceRow {
  const ports = [...record.ports].sort((a, b) => (a.deviceIndex ?? 0) - (b.deviceIndex ?? 0))
  return {
    id: record.id,
    name: record.name,
    projectId: record.projectId,
    userId: record.userId,
    vmState: record.vmState,
    taskState: record.taskState,
    powerState: record.powerState,
    status: instanceStatus(record.vmState, record.taskState),
    locked: record.locked,
    lockedReason: record.lockedReason,
    lockedBy: record.lockedBy as LockedBy | null,
    flavorId: record.flavorId,
    flavorName: record.flavorName,
    vcpus: record.vcpus,
    ramMib: record.ramMib,
    diskGib: record.diskGib,
    imageId: record.imageId,
    imageName: record.imageName,
    keyName: record.keyName,
    zone: record.zone,
    hostName: admin ? (record.host?.name ?? null) : null,
    addresses: ports.flatMap((port) =>
      ipv4First(port.allocations, ({ ipAddress }) => ipAddress).map(({ ipAddress }) => ({
        networkId: port.networkId,
        networkName: port.network.name,
        portId: port.id,
        ip: ipAddress,
        mac: port.macAddress,
        floatingIps: port.floatingIps
          .filter(({ fixedIpAddress }) => fixedIpAddress === ipAddress)
          .map(({ address }) => address),
      })),
    ),
    faultMessage: record.faultMessage,
    createdAt: record.createdAt,
    updatedAt: record.updatedAt,
    launchedAt: record.launchedAt,
    guestReadyAt: record.guestReadyAt,
    generation: record.generation,
  }
}

/** A row as it travels in an event: dates in ISO form. */
export const wireRow = (row: object): Json => JSON.parse(JSON.stringify(row)) as Json
