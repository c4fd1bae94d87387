import type { InstanceAction } from '@nephos/core/states'
import type { useTRPCClient } from '#trpc/client.ts'
import type { InstanceRow } from './row.ts'

/** What the cloud answers to an action: the row as it is now, and the operation where one was begun. */
export interface Performed {
  instance: InstanceRow
  operationId?: string
}
type Compute = ReturnType<typeof useTRPCClient>['compute']
type Performer = (compute: Compute, row: InstanceRow) => Promise<Performed>

/** Does something to the move that is under way. @throws Error when none is */
async function onMove(
  { instances, migrations }: Compute,
  instanceId: string,
  act: (move: { id: string }) => Promise<unknown>,
): Promise<Performed> {
  const move = await migrations.current.query({ instanceId })
  if (!move) throw new Error('The migration is over.')
  await act({ id: move.id })
  return { instance: await instances.show.query({ id: instanceId }), operationId: move.operationId }
}

/** How each action that asks nothing first is asked for. Every other one has a dialog (`dialogs/registry.ts`). */
export const performers = {
  start: ({ instances }, { id }) => instances.start.mutate({ id }),
  stop: ({ instances }, { id }) => instances.stop.mutate({ id }),
  rebootSoft: ({ instances }, { id }) => instances.reboot.mutate({ id, type: 'soft' }),
  rebootHard: ({ instances }, { id }) => instances.reboot.mutate({ id, type: 'hard' }),
  pause: ({ instances }, { id }) => instances.pause.mutate({ id }),
  unpause: ({ instances }, { id }) => instances.unpause.mutate({ id }),
  suspend: ({ instances }, { id }) => instances.suspend.mutate({ id }),
  resume: ({ instances }, { id }) => instances.resume.mutate({ id }),
  unrescue: ({ instances }, { id }) => instances.unrescue.mutate({ id }),
  shelve: ({ instances }, { id }) => instances.shelve.mutate({ id }),
  shelveOffload: ({ instances }, { id }) => instances.shelveOffload.mutate({ id }),
  unshelve: ({ instances }, { id }) => instances.unshelve.mutate({ id }),
  confirmResize: ({ instances }, { id }) => instances.confirmResize.mutate({ id }),
  revertResize: ({ instances }, { id }) => instances.revertResize.mutate({ id }),
  abortMigration: (compute, { id }) => onMove(compute, id, (move) => compute.migrations.abort.mutate(move)),
  forceMigration: (compute, { id }) =>
    onMove(compute, id, (move) => compute.migrations.forceComplete.mutate(move)),
  unlock: ({ instances }, { id }) => instances.unlock.mutate({ id }),
  crashDump: ({ instances }, { id }) => instances.triggerCrashDump.mutate({ id }),
  restore: ({ instances }, { id }) => instances.restore.mutate({ id }),
  forceDelete: ({ instances }, { id }) => instances.forceDelete.mutate({ id }),
  delete: ({ instances }, { id }) => instances.delete.mutate({ id }),
} satisfies Partial<Record<InstanceAction, Performer>>

/** An action that asks nothing first. */
export type PlainAction = keyof typeof performers

/** Whether the action asks nothing first. */
export const isPlain = (action: InstanceAction): action is PlainAction => Object.hasOwn(performers, action)
