import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { z } from 'zod'
import { authorise, type Ctx, conflict, fromZod, NephosError } from '../../kernel/index.ts'
import { uploadFailure } from '../uploads/failure.ts'
import { allowance } from '../uploads/limits.ts'
import { stagingFull } from '../uploads/stage.ts'
import { dropStaging, openStaging } from '../uploads/staging.ts'
import { findUpload, uploadName } from './find.ts'
import { judgeHead } from './judge.ts'
import { Pulse } from './pulse.ts'
import { gatheredFile } from './staging.ts'
import { Turns } from './turns.ts'

/** One part of a file. */
export interface AppendCall {
  ctx: Ctx
  /** `offset`: where in the file it begins, which must be where the part before ended. */
  input: { id: string; uploadId: string; offset: number }
  body: Readable
}

/** Where the next part begins. */
export interface Appended {
  offset: number
  size: number
}

const turns = new Turns()

/**
 * Adds a part to an upload, as it arrives. What has arrived before the line broke is kept: the next part begins there.
 * A newer request takes over from one that still waits.
 * @throws NephosError conflict with `detail.offset` for a part that does not follow; invalid_input for more bytes than
 * announced, or a file that no machine may start from, which ends the upload; cancelled when the line broke
 */
export async function appendUpload({ ctx, input, body }: AppendCall): Promise<Appended> {
  authorise(ctx, 'image.uploads.append', { scope: 'project', role: 'member' })
  const parsed = uploadName.extend({ offset: z.int().min(0) }).safeParse(input)
  if (!parsed.success) throw fromZod(parsed.error)
  const { id, uploadId, offset } = parsed.data
  await findUpload(ctx, parsed.data)
  const stop = () => body.destroy(conflict('The upload goes on in another request.'))
  return turns.take(uploadId, stop, async () => {
    // Read again: whoever had the turn before may have ended it.
    const { image, size } = await findUpload(ctx, parsed.data)
    const allow = await allowance(ctx, ctx.db, image.projectId)
    allow(size)
    await openStaging(ctx.config)
    const path = gatheredFile(ctx.config, id, uploadId)
    const file = await open(path, constants.O_RDWR | constants.O_CREAT, 0o600)
    try {
      const at = (await file.stat()).size
      if (offset !== at) throw wrongOffset(at)
      const pulse = new Pulse(ctx, image, uploadId, body)
      try {
        const end = await writeAll(file, body, at, size, pulse)
        await judgeHead(ctx, image, uploadId, file, at, end)
        return { offset: end, size }
      } catch (error) {
        throw pulse.reason ?? uploadFailure(error)
      } finally {
        await pulse.stop()
      }
    } catch (error) {
      if (error instanceof NephosError && error.detail?.reason === 'refused_file')
        await dropStaging(ctx.config, id)
      throw error
    } finally {
      await file.close()
    }
  })
}

const wrongOffset = (offset: number) =>
  conflict(`The next part begins at byte ${offset}.`, {
    field: 'Upload-Offset',
    remedy: 'Send the file from there.',
    detail: { reason: 'offset', offset },
  })

/** Writes what arrives from `at` on. What was written before it breaks off is durable. @returns where it ended */
async function writeAll(
  file: FileHandle,
  body: Readable,
  at: number,
  size: number,
  pulse: Pulse,
): Promise<number> {
  let end = at
  try {
    for await (const piece of body.iterator({ destroyOnReturn: false })) {
      const chunk: Buffer = Buffer.isBuffer(piece) ? piece : Buffer.from(piece as Uint8Array)
      if (end + chunk.length > size)
        throw new NephosError('invalid_input', `More bytes arrived than the ${size} that were announced.`, {
          field: 'size',
          remedy: 'Begin the upload again.',
        })
      for (let written = 0; written < chunk.length; )
        written += (await file.write(chunk, written, chunk.length - written, end + written)).bytesWritten
      end += chunk.length
      pulse.beat(end)
    }
    return end
  } catch (error) {
    throw stagingFull(error)
  } finally {
    await file.datasync()
  }
}
