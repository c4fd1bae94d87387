import { type Ctx, conflict } from '../../kernel/index.ts'
import { type ActionAccepted, beginAction } from '../instances/act.ts'
import { findOpenMigration, setMigrationStatus } from './write.ts'

/** The two ways to end the wait after a resize or a migration. */
const judgements = {
  confirm: {
    action: 'confirmResize',
    verb: 'compute.instances.confirmResize',
    saga: 'instance-confirm-resize',
    status: 'confirming',
  },
  revert: {
    action: 'revertResize',
    verb: 'compute.instances.revertResize',
    saga: 'instance-revert-resize',
    status: 'reverting',
  },
} as const

/**
 * Confirms or takes back what the instance waits to be judged on.
 * @throws NephosError not_found, conflict
 */
export const judgeResize = (
  ctx: Ctx,
  id: string,
  judgement: keyof typeof judgements,
): Promise<ActionAccepted> => {
  const { status, ...plan } = judgements[judgement]
  return beginAction(ctx, {
    id,
    ...plan,
    begun: async (tx) => {
      const open = await findOpenMigration(tx.db, id)
      if (!open || !(await setMigrationStatus(tx, open.id, ['finished'], status)))
        throw conflict('Nothing of this instance waits to be confirmed or reverted.')
    },
  })
}
