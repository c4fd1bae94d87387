import type { Migration, Prisma } from '@nephos/db'
import { z } from 'zod'
import { instanceSelect } from '../instances/row.ts'
import type { FlavorSize } from './amounts.ts'
import type { PlacementPurpose } from './purposes.ts'

/** What is read of an instance to place it. */
export const placementSelect = {
  ...instanceSelect,
  extraSpecs: true,
  imageProperties: true,
  hints: true,
  serverGroupId: true,
} satisfies Prisma.InstanceSelect

/** An instance as {@link placementSelect} reads it. */
export type PlacementRecord = Prisma.InstanceGetPayload<{ select: typeof placementSelect }>

/** The flavor of a migration (`oldFlavor`, `newFlavor`): the instance's own columns of it. */
export const migrationFlavor = z.object({
  flavorId: z.string(),
  flavorName: z.string(),
  vcpus: z.number(),
  ramMib: z.number(),
  diskGib: z.number(),
  ephemeralGib: z.number(),
  swapMib: z.number(),
  extraSpecs: z.record(z.string(), z.string()).nullable(),
})
export type MigrationFlavor = z.infer<typeof migrationFlavor>

/** One instance that waits for a host, and why. */
export interface Waiting {
  purpose: PlacementPurpose
  operationId: string
  record: PlacementRecord
  /** Of a move: the row that the destination is written to. */
  migration: Migration | null
}

/** The flavor that a place is needed for: the migration's new one, or the instance's own. */
export const wantedFlavor = ({
  record,
  migration,
}: Pick<Waiting, 'record' | 'migration'>): FlavorSize &
  Pick<MigrationFlavor, 'flavorId' | 'flavorName'> & { extraSpecs: unknown } =>
  migration?.newFlavor ? migrationFlavor.parse(migration.newFlavor) : record

/** Whether the answer was given before: the job was delivered twice. */
export const isPlaced = ({ purpose, record, migration }: Waiting): boolean =>
  purpose.claims === 'instance' ? record.hostId !== null : migration !== null && migration.destHost !== null

/** Whether the instance still is where it waits for a host. */
export function isWaiting({ purpose, record, migration }: Waiting): boolean {
  const { vm, task } = purpose.waits
  if (!vm.includes(record.vmState) || !task.includes(record.taskState ?? '')) return false
  return purpose.claims === 'instance'
    ? record.hostId === null
    : migration !== null && migration.endedAt === null
}
