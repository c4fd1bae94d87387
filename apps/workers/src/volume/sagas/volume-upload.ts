import { Readable } from 'node:stream'
import {
  cancelImageUpload,
  dropImage,
  NephosError,
  systemCtx,
  uploadImage,
  type VolumeRecord,
} from '@nephos/core'
import type { Saga, StepContext } from '@nephos/jobs'
import { z } from 'zod'
import type { VolumeDeps } from '../deps.ts'
import type { DiskReader } from '../driver.ts'
import { qcow2Stream } from '../qcow2-stream.ts'
import { storedVolume } from '../stored.ts'
import { loadVolume, settleVolume, type VolumeState } from './load.ts'

const input = z.object({ imageId: z.uuid() })
const uploading: VolumeRecord['status'][] = ['uploading']
const mib = 1024 ** 2

const imageIdOf = ({ operation }: VolumeState) => input.parse(operation.input).imageId
/** A volume that guests use is read from a snapshot that nobody else sees: it has the operation's id. */
const inUse = ({ volume }: VolumeState) => volume.previousStatus === 'in_use'

/** Copies a volume to an image; the volume is what it was before, whatever comes of it. */
export function volumeUpload(deps: VolumeDeps): Saga<VolumeState> {
  const { services, backends, lock } = deps
  const dropSnapshot = async ({ state }: { state: VolumeState }) => {
    if (!inUse(state)) return
    const { operation, volume } = state
    await lock.run(volume.id, () =>
      backends.driver(volume.backendId).deleteSnapshot(storedVolume(services, volume), operation.id, null),
    )
  }
  return {
    name: 'volume-upload',
    steps: [
      {
        name: 'hold-contents',
        run: async ({ state }) => {
          if (!inUse(state)) return undefined
          const { operation, volume } = state
          const place = await lock.run(volume.id, () =>
            backends.driver(volume.backendId).snapshot(storedVolume(services, volume), operation.id),
          )
          return { place: (place ?? null) as never }
        },
        undo: dropSnapshot,
      },
      {
        name: 'upload-image',
        run: async (step) => {
          const { operation, volume } = step.state
          const driver = backends.driver(volume.backendId)
          const held = step.outputs['hold-contents'] as { place: unknown } | undefined
          const reader = await driver.reader(
            storedVolume(services, volume),
            held ? { snapshotId: operation.id, place: held.place } : undefined,
          )
          try {
            await upload(deps, step, reader)
          } finally {
            await reader.close()
          }
          return undefined
        },
      },
      {
        name: 'let-go',
        run: async ({ state }) => {
          await dropSnapshot({ state })
          return undefined
        },
      },
    ],
    load: (operation) => loadVolume(deps, operation, uploading),
    succeed: (state) => settleVolume(deps, state, uploading, back),
    fail: (state, failure) =>
      settleVolume(
        deps,
        state,
        uploading,
        (volume) => ({ ...back(volume), failure: failure.message }),
        (tx) => dropImage(tx, imageIdOf(state)),
      ),
  }
}

const back = ({ previousStatus }: VolumeRecord) => ({
  status: previousStatus ?? ('available' as const),
  previousStatus: null,
  failure: null,
})

/** Hands the disk to the image service as a qcow2 file, which hashes and checks it like anybody's upload. */
async function upload(
  { services, hostName }: VolumeDeps,
  { state, signal, progress }: StepContext<VolumeState>,
  reader: DiskReader,
): Promise<void> {
  const id = imageIdOf(state)
  const ctx = systemCtx(services, `volume on ${hostName}`, state.operation.requestId)
  const image = await services.db.image.findUnique({ where: { id }, select: { status: true } })
  if (!image || image.status === 'deleted')
    throw new NephosError('conflict', 'The image was deleted while it was being made.')
  if (image.status === 'active') return
  // The upload of a process that has died: its lease would keep the image for a minute.
  if (image.status === 'saving')
    await cancelImageUpload({ ctx, input: { id } }).catch((error: unknown) => {
      if (!(error instanceof NephosError) || error.code !== 'conflict') throw error
    })
  const { size, bytes } = await qcow2Stream(reader)
  const total = Math.ceil(size / mib)
  const body = Readable.from(
    told(bytes(), size, (read) =>
      progress(
        `Uploading the image (${Math.floor(read / mib)} of ${total} MiB)`,
        Math.floor((95 * read) / size),
      ),
    ),
    { objectMode: false },
  )
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

async function* told(
  pieces: AsyncIterable<Buffer>,
  size: number,
  tell: (read: number) => void,
): AsyncGenerator<Buffer> {
  let read = 0
  for await (const piece of pieces) {
    read = Math.min(size, read + piece.length)
    tell(read)
    yield piece
  }
}
