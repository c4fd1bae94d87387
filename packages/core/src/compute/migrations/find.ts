import { type Ctx, conflict, isAdmin, type MutationTx, notFound } from '../../kernel/index.ts'
import { type InstanceAction, type VmStateName, whyNot } from '../states.ts'
import { type MigrationRecord, migrationSelect } from './row.ts'

/**
 * The live migration that an action on it is about.
 * @throws NephosError not_found; conflict when it is over, another kind of move, or the state table refuses the action
 */
export async function findLiveMigration(
  ctx: Ctx,
  { db }: Pick<MutationTx, 'db'>,
  id: string,
  action: InstanceAction,
): Promise<MigrationRecord> {
  const record = await db.migration.findUnique({
    where: { id },
    select: {
      ...migrationSelect,
      instance: { select: { name: true, vmState: true, taskState: true, locked: true } },
    },
  })
  if (!record) throw notFound('migration', id)
  const detail = { kind: record.kind, status: record.status, action }
  if (record.kind !== 'live-migration')
    throw conflict('Only a live migration can be ended or hastened this way.', {
      detail,
      remedy: 'Cancel the operation of the move instead.',
    })
  if (record.endedAt) throw conflict(`The migration is over (${record.status}).`, { detail })
  const { vmState, taskState, locked } = record.instance
  const instance = { vmState: vmState as VmStateName, taskState, locked }
  const why = whyNot(action, instance, { ignoreLock: isAdmin(ctx.actor) })
  if (why) throw conflict(why, { detail })
  return record
}
