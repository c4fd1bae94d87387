import type { Prisma } from '@nephos/db'
import {
  type Ctx,
  conflict,
  isAdmin,
  type Json,
  type MutationTx,
  mutate,
  notFound,
} from '../../kernel/index.ts'
import { type InstanceAction, whyNot } from '../states.ts'
import { instanceChanged } from './changed.ts'
import { findInstance } from './find.ts'
import { type InstanceRecord, type InstanceRow, instanceRow } from './row.ts'

/** Columns that are no state: writing them does not make running work lose its race. */
export type EditableColumns = Partial<
  Pick<InstanceRecord, 'name' | 'description' | 'locked' | 'lockedReason' | 'lockedBy'> & {
    metadata: Record<string, string>
    restartPolicy: string
  }
>

/** An edit of an instance. */
export interface InstanceEdit {
  id: string
  action: InstanceAction
  verb: string
  /** What to write, and what the audit log says of it; null when there is nothing to do. */
  change: (
    record: InstanceRecord,
    tx: MutationTx,
  ) => Promise<{ columns: EditableColumns; detail: { [key: string]: Json } } | null>
}

/**
 * Edits what is no state of an instance: checked against the state table, audited and announced in one transaction.
 * @throws NephosError not_found, or conflict saying why the state does not allow it
 */
export const editInstance = (ctx: Ctx, { id, action, verb, change }: InstanceEdit): Promise<InstanceRow> =>
  mutate(ctx, async (tx) => {
    const admin = isAdmin(ctx.actor)
    const record = await findInstance(ctx, id, tx.db)
    const why = whyNot(action, record, { ignoreLock: admin })
    if (why) throw conflict(why, { detail: { vmState: record.vmState, taskState: record.taskState, action } })
    const changed = await change(record, tx)
    if (!changed) return instanceRow(record, { admin })
    const updatedAt = new Date()
    const { count } = await tx.db.instance.updateMany({
      where: { id },
      data: { ...changed.columns, updatedAt } satisfies Prisma.InstanceUpdateManyMutationInput,
    })
    if (count === 0) throw notFound('instance', id)
    const edited: InstanceRecord = { ...record, ...changed.columns, updatedAt }
    tx.audit({
      verb,
      resourceType: 'instance',
      resourceId: id,
      resourceName: edited.name,
      projectId: record.projectId,
      detail: changed.detail,
    })
    instanceChanged(tx, 'updated', edited)
    return instanceRow(edited, { admin })
  })
