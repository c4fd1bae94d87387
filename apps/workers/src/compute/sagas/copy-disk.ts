import {
  cancelImageUpload,
  dropImage,
  mutate,
  NephosError,
  quiesceOf,
  systemCtx,
  type TaskStateName,
  uploadImage,
} from '@nephos/core'
import type { Saga, Step } from '@nephos/jobs'
import { z } from 'zod'
import type { ComputeDeps } from '../deps.ts'
import { imageOf } from './image-of.ts'
import { type InstanceState, loadInstance, machineSpec } from './load.ts'
import { showTask } from './show-task.ts'

/** The task_states that a copy goes through; Nova's words differ from one action to the other. */
export interface CopyTasks {
  /** All of them, from the one that the action sets. */
  family: readonly TaskStateName[]
  copying: TaskStateName
  pending: TaskStateName
  uploading: TaskStateName
}

const input = z.object({ imageId: z.uuid().nullable() })
const mib = 1024 ** 2
const gone = () => new NephosError('conflict', 'The image was deleted while it was being made.')

/** The image that an operation fills; null: the root disk is a volume, which stays what it is. */
export const imageIdOf = ({ operation }: Pick<InstanceState, 'operation'>): string | null =>
  input.parse(operation.input).imageId

const ctxOf = ({ services, hostName }: ComputeDeps, { operation }: Pick<InstanceState, 'operation'>) =>
  systemCtx(services, `compute on ${hostName}`, operation.requestId)

/**
 * The steps that bring the root disk of an instance into the image of the operation. What is left of it on the host is
 * taken away by `fail` and by the last step; the image is deleted by {@link dropCopiedImage}.
 */
export function copySteps(deps: ComputeDeps, tasks: CopyTasks): Step<InstanceState>[] {
  const { services, driver } = deps
  const dropExport = ({ state }: { state: InstanceState }) =>
    driver.disks.dropExport(state.record.id, state.operation.id)
  return [
    {
      name: 'copy-disk',
      run: async ({ state, signal, progress }) => {
        if (imageIdOf(state) === null) return undefined
        await showTask(deps, state, tasks.family, tasks.copying)
        const base = await imageOf(services, state.record.id, state.record.imageId)
        let unfrozen = ''
        await driver.disks.export(machineSpec(state, base, { ports: [] }), state.operation.id, {
          signal,
          quiesce: quiesceOf(state.record),
          onUnfrozen: (why) => {
            deps.log.warn({ instanceId: state.record.id, why }, 'a guest was not frozen for its copy')
            unfrozen = `; its file systems were not frozen: ${why}`
          },
          onProgress: (percent) =>
            progress(`Copying the disk (${percent} %)${unfrozen}`, Math.floor(percent / 2)),
        })
        return unfrozen ? { unfrozen } : undefined
      },
      undo: dropExport,
    },
    {
      name: 'upload-image',
      run: async (step) => {
        const imageId = imageIdOf(step.state)
        if (imageId === null) return undefined
        await showTask(deps, step.state, tasks.family, tasks.pending)
        await showTask(deps, step.state, tasks.family, tasks.uploading)
        await upload(deps, step, imageId)
        return undefined
      },
    },
    {
      name: 'remove-copy',
      run: async ({ state }) => {
        await dropExport({ state })
        return undefined
      },
    },
  ]
}

type StepCall = Parameters<Step<InstanceState>['run']>[0]

/** Hands the copy to the image service, which hashes and checks it like anybody's upload. */
async function upload(deps: ComputeDeps, { state, signal, progress }: StepCall, id: string): Promise<void> {
  const { services, driver } = deps
  const ctx = ctxOf(deps, state)
  const image = await services.db.image.findUnique({ where: { id }, select: { status: true } })
  if (!image || image.status === 'deleted') throw gone()
  if (image.status === 'active') return
  // The upload of a process that has died: its lease would keep the image for a minute.
  if (image.status === 'saving')
    await cancelImageUpload({ ctx, input: { id } }).catch((error: unknown) => {
      if (!(error instanceof NephosError) || error.code !== 'conflict') throw error
    })
  const { size, body } = await driver.disks.openExport(state.record.id, state.operation.id)
  const total = Math.ceil(size / mib)
  let read = 0
  body.on('data', (piece: Buffer) => {
    read += piece.length
    progress(
      `Uploading the image (${Math.floor(read / mib)} of ${total} MiB)`,
      50 + Math.floor((45 * read) / size),
    )
  })
  // Whoever listens to a stream starts it; the upload does when it is ready.
  body.pause()
  // Whoever reads it hears of its end; before that nobody needs to.
  body.on('error', () => {})
  const stop = () => body.destroy(new NephosError('cancelled', 'The copy was cancelled.'))
  signal.addEventListener('abort', stop, { once: true })
  try {
    if (signal.aborted) stop()
    await uploadImage({ ctx, input: { id }, body, size })
  } finally {
    signal.removeEventListener('abort', stop)
    body.destroy()
  }
}

/**
 * Makes the `load` of a saga that copies a disk. It also takes a state whose task is no longer the action's own while
 * the image is not complete: its copy is then given up and the image deleted.
 */
export const loadCopy =
  (deps: ComputeDeps, { family }: Pick<CopyTasks, 'family'>): Saga<InstanceState>['load'] =>
  async (operation) => {
    const state = await loadInstance(deps.services, operation)
    const imageId = imageIdOf({ operation })
    if (!state) {
      if (imageId !== null) await mutate(ctxOf(deps, { operation }), (tx) => dropImage(tx, imageId))
      return null
    }
    if (state.record.host?.name !== deps.hostName) return null
    if (family.some((task) => task === state.record.taskState)) return state
    if (imageId === null) return null
    const image = await deps.services.db.image.findUnique({
      where: { id: imageId },
      select: { status: true },
    })
    return image?.status === 'queued' || image?.status === 'saving' ? state : null
  }
