import {
  dropImage,
  instanceChanged,
  instanceSelect,
  mutate,
  NephosError,
  rotateBackups,
  systemCtx,
  writeInstanceState,
} from '@nephos/core'
import type { Saga } from '@nephos/jobs'
import { z } from 'zod'
import type { ComputeDeps } from '../deps.ts'
import { type CopyTasks, copySteps, imageIdOf, loadCopy } from './copy-disk.ts'
import type { InstanceState } from './load.ts'

const imageTasks: CopyTasks = {
  family: ['image_snapshot_pending', 'image_snapshot', 'image_pending_upload', 'image_uploading'],
  copying: 'image_snapshot',
  pending: 'image_pending_upload',
  uploading: 'image_uploading',
}
const backupTasks: CopyTasks = {
  ...imageTasks,
  family: ['image_backup', 'image_pending_upload', 'image_uploading'],
  copying: 'image_backup',
}
const backupInput = z.object({ backupType: z.string(), rotation: z.number().int().min(1) })

/** Copies the disk of an instance to an image. The instance is what it was before, whatever comes of it. */
export const instanceImage = (deps: ComputeDeps): Saga<InstanceState> => imageSaga(deps, 'instance-image')

/** Makes a backup, and then deletes the oldest ones of its kind that are too many. */
export const instanceBackup = (deps: ComputeDeps): Saga<InstanceState> => imageSaga(deps, 'instance-backup')

function imageSaga(deps: ComputeDeps, name: 'instance-image' | 'instance-backup'): Saga<InstanceState> {
  const { services, hostName } = deps
  const tasks = name === 'instance-image' ? imageTasks : backupTasks
  const end = (
    state: InstanceState,
    alsoDo: (tx: Parameters<Parameters<typeof mutate>[1]>[0]) => Promise<unknown>,
  ) =>
    mutate(systemCtx(services, `compute on ${hostName}`, state.operation.requestId), async (tx) => {
      await alsoDo(tx)
      const record = await tx.db.instance.findUnique({
        where: { id: state.record.id },
        select: instanceSelect,
      })
      if (!record || !tasks.family.some((task) => task === record.taskState)) return
      const written = await writeInstanceState(tx.db, record, { taskState: null })
      if (!written) throw new NephosError('unavailable', 'The instance is being changed at this moment.')
      instanceChanged(tx, 'updated', written)
    })
  return {
    name,
    steps: copySteps(deps, tasks),
    load: loadCopy(deps, tasks),
    succeed: (state) =>
      end(state, async (tx) => {
        if (name === 'instance-backup')
          await rotateBackups(tx, {
            instanceId: state.record.id,
            ...backupInput.parse(state.operation.input),
          })
      }),
    fail: (state) => end(state, (tx) => dropImage(tx, imageIdOf(state) ?? '')),
  }
}
