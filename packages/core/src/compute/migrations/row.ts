import type { Prisma } from '@nephos/db'
import type { MutationTx } from '../../kernel/index.ts'
import { wireRow } from '../instances/row.ts'
import { type MigrationFlavor, migrationFlavor } from '../placement/waiting.ts'

/** What is read of a migration for its row. */
export const migrationSelect = {
  id: true,
  instanceId: true,
  projectId: true,
  operationId: true,
  kind: true,
  status: true,
  sourceHost: true,
  destHost: true,
  requestedHost: true,
  oldFlavor: true,
  newFlavor: true,
  oldVmState: true,
  totalBytes: true,
  doneBytes: true,
  downtimeMs: true,
  pauseRequested: true,
  errorMessage: true,
  confirmAt: true,
  createdAt: true,
  updatedAt: true,
  endedAt: true,
  instance: { select: { name: true } },
} satisfies Prisma.MigrationSelect

/** A migration as {@link migrationSelect} reads it. */
export type MigrationRecord = Prisma.MigrationGetPayload<{ select: typeof migrationSelect }>

/** How an instance may move. */
export type MigrationKind = 'resize' | 'migration' | 'live-migration' | 'evacuation'

/** The part of a flavor that a move is shown with. */
export type MovedFlavor = Pick<
  MigrationFlavor,
  'flavorId' | 'flavorName' | 'vcpus' | 'ramMib' | 'diskGib' | 'ephemeralGib' | 'swapMib'
>

/** One move of an instance, as lists and events have it. Bytes are numbers. */
export interface MigrationRow {
  id: string
  instanceId: string
  instanceName: string
  projectId: string
  operationId: string
  kind: MigrationKind
  status: string
  /** Hosts are for administrators only; null for everyone else. */
  sourceHost: string | null
  destHost: string | null
  requestedHost: string | null
  /** Before and after; null when the flavor stays. */
  oldFlavor: MovedFlavor | null
  newFlavor: MovedFlavor | null
  oldVmState: string
  totalBytes: number | null
  doneBytes: number | null
  /** How long the guest stood still, in ms. */
  downtimeMs: number | null
  pauseRequested: boolean
  errorMessage: string | null
  /** A resize that nobody judges is confirmed then. */
  confirmAt: Date | null
  createdAt: Date
  updatedAt: Date
  endedAt: Date | null
}

const bytes = (value: bigint | null): number | null => (value === null ? null : Number(value))

function flavor(json: Prisma.JsonValue | null): MovedFlavor | null {
  if (json === null) return null
  const { extraSpecs: _, ...shown } = migrationFlavor.parse(json)
  return shown
}

/** The list row. `admin` says whether the reader may know the hosts. */
export const migrationRow = (record: MigrationRecord, { admin }: { admin: boolean }): MigrationRow => ({
  id: record.id,
  instanceId: record.instanceId,
  instanceName: record.instance.name,
  projectId: record.projectId,
  operationId: record.operationId,
  kind: record.kind as MigrationKind,
  status: record.status,
  sourceHost: admin ? record.sourceHost : null,
  destHost: admin ? record.destHost : null,
  requestedHost: admin ? record.requestedHost : null,
  oldFlavor: flavor(record.oldFlavor),
  newFlavor: flavor(record.newFlavor),
  oldVmState: record.oldVmState,
  totalBytes: bytes(record.totalBytes),
  doneBytes: bytes(record.doneBytes),
  downtimeMs: record.downtimeMs,
  pauseRequested: record.pauseRequested,
  errorMessage: record.errorMessage,
  confirmAt: record.confirmAt,
  createdAt: record.createdAt,
  updatedAt: record.updatedAt,
  endedAt: record.endedAt,
})

/** Announces a migration to administrators, hosts included. */
export function migrationChanged(
  tx: Pick<MutationTx, 'event'>,
  change: 'created' | 'updated',
  record: MigrationRecord,
): void {
  tx.event({
    noun: 'migration',
    change,
    id: record.id,
    audience: { kind: 'admin' },
    data: wireRow(migrationRow(record, { admin: true })),
  })
}
