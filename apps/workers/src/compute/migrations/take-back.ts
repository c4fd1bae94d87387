import type { ComputeDeps } from '../deps.ts'
import { type MoveState, statusOf } from '../sagas/move.ts'
import { lead } from './lead.ts'
import { writeMigration } from './write.ts'

const quickMs = 3_000

/**
 * Decides that the guest of a live migration goes on here, unless it was decided before that it goes on there: the
 * destination lets it go on only after it has written `completing`, which it cannot any more.
 * @returns whether the guest may go on here
 */
export async function mayGoOnHere(deps: ComputeDeps, { migration }: MoveState): Promise<boolean> {
  const from = ['accepted', 'pre-migrating', 'running', 'post-migrating']
  await writeMigration(deps, migration.id, from, 'cancelling')
  const status = await statusOf(deps, migration.id)
  return status === null || status === 'cancelling'
}

/**
 * Tells the destination that the guest does not come. What it does not hear now its own reconcilers find: it has a
 * machine that belongs to nobody, and ports that stand by no more.
 */
export async function dismissLive(deps: ComputeDeps, state: MoveState): Promise<void> {
  if (!(await mayGoOnHere(deps, state))) return
  const { migration, destHost } = state
  await lead(deps, destHost, 'abort', { migrationId: migration.id, patienceMs: quickMs }).catch(
    (error: unknown) =>
      deps.log.warn(
        { err: error, migrationId: migration.id, destHost },
        'the destination of a live migration was not told of its end',
      ),
  )
}
