import { newId, type Prisma } from '@nephos/db'
import { type Ctx, conflict, invalid, type MutationTx, reader, takeQuota } from '../../kernel/index.ts'
import { type ActionAccepted, beginAction } from '../instances/act.ts'
import type { InstanceOperationKind } from '../instances/operations.ts'
import type { InstanceRecord } from '../instances/row.ts'
import type { MigrationFlavor } from '../placement/waiting.ts'
import type { InstanceAction } from '../states.ts'
import { quotaBeyond } from './quota.ts'
import { type MigrationKind, migrationChanged, migrationSelect } from './row.ts'
import { findOpenMigration } from './write.ts'

/** A move as a verb asks for it. */
export interface MovePlan {
  id: string
  action: InstanceAction
  verb: string
  saga: InstanceOperationKind
  kind: MigrationKind
  /** Name of the host that an administrator chose; null: the scheduler chooses. */
  host: string | null
  /** null: it keeps the one it has. */
  newFlavor: MigrationFlavor | null
  /** Of a live migration: the guest may stand still while its memory is copied. */
  pauseRequested?: boolean
  /** Last look at the instance, in the transaction. @throws NephosError */
  check?: (tx: MutationTx, record: InstanceRecord, operationId: string) => Promise<void>
}

/** What an action on a move answers. */
export interface MoveAccepted extends ActionAccepted {
  migrationId: string
}

/**
 * Accepts a move: the action, a migration that the scheduler finds a destination for, and the quota for what the new
 * flavor has more, in one transaction.
 * @throws NephosError not_found, conflict, quota_exceeded
 */
export async function beginMove(ctx: Ctx, plan: MovePlan): Promise<MoveAccepted> {
  let migrationId = ''
  const { id, action, verb, saga, kind, host, newFlavor, pauseRequested = false } = plan
  const accepted = await beginAction(ctx, {
    id,
    action,
    verb,
    saga,
    input: {
      ...(host !== null && { host }),
      ...(pauseRequested && { force: true }),
      ...(newFlavor && { flavorId: newFlavor.flavorId, flavorName: newFlavor.flavorName }),
    },
    begun: async (tx, record, operationId) => {
      await plan.check?.(tx, record, operationId)
      const open = await findOpenMigration(tx.db, id)
      if (open)
        throw conflict(`The instance is moving already (${open.kind}, ${open.status}).`, {
          remedy: 'Wait until that move is over.',
        })
      migrationId = newId()
      const migration = await tx.db.migration.create({
        data: {
          id: migrationId,
          instanceId: id,
          projectId: record.projectId,
          operationId,
          kind,
          status: 'accepted',
          sourceHost: record.host?.name ?? '',
          requestedHost: host,
          oldVmState: record.vmState,
          pauseRequested,
          ...(newFlavor && {
            oldFlavor: await flavorOf(tx, record),
            newFlavor: newFlavor as unknown as Prisma.InputJsonObject,
          }),
        },
        select: migrationSelect,
      })
      migrationChanged(tx, 'created', migration)
      if (newFlavor) await takeQuota(tx.db, record.projectId, quotaBeyond(record, newFlavor))
    },
  })
  return { ...accepted, migrationId }
}

/** The flavor that the instance has, with what its row leaves out. */
async function flavorOf({ db }: MutationTx, record: InstanceRecord): Promise<Prisma.InputJsonObject> {
  const { flavorId, flavorName, vcpus, ramMib, diskGib, ephemeralGib, swapMib } = record
  const found = await db.instance.findUnique({ where: { id: record.id }, select: { extraSpecs: true } })
  const extraSpecs = (found?.extraSpecs ?? null) as Prisma.InputJsonObject | null
  return { flavorId, flavorName, vcpus, ramMib, diskGib, ephemeralGib, swapMib, extraSpecs }
}

/**
 * The name of the host that was asked for, by name or id.
 * @throws NephosError invalid_input when there is none, or when the instance is there already
 */
export async function chosenHost(
  ctx: Ctx,
  host: string | undefined,
  from: string | null,
): Promise<string | null> {
  if (host === undefined) return null
  const found = await reader(ctx).host.findFirst({
    where: { OR: [{ name: host }, { id: host }] },
    select: { name: true },
  })
  if (!found) throw invalid('host', `There is no host ${host}.`, 'Choose one of the listed hosts.')
  if (found.name === from)
    throw invalid('host', `The instance is on ${from} already.`, 'Choose another host, or leave it out.')
  return found.name
}
