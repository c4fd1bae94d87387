import type { FileHandle } from 'node:fs/promises'
import { type Ctx, mutate, NephosError } from '../../kernel/index.ts'
import { checkDeclared, detectFormat, headBytes } from '../format/detect.ts'
import { checkQcow2 } from '../format/qcow2.ts'
import type { ImageWithParts } from '../images/row.ts'
import { failureWords } from '../uploads/failure.ts'
import { backToQueued } from '../uploads/lease.ts'

/**
 * Refuses a file as soon as its head has arrived, so that nobody sends gigabytes in vain. The whole file is judged when
 * it is stored.
 * @throws NephosError invalid_input with the reason `refused_file`; the image is queued again and says why
 */
export async function judgeHead(
  ctx: Ctx,
  image: ImageWithParts,
  uploadId: string,
  file: FileHandle,
  from: number,
  end: number,
): Promise<void> {
  const size = Number(image.uploadSize ?? 0n)
  const needed = Math.min(headBytes, size)
  if (from >= needed || end < needed) return
  const head = Buffer.alloc(needed)
  await file.read(head, 0, needed, 0)
  try {
    const format = detectFormat(head, 'any')
    checkDeclared(image.diskFormat, format)
    if (format === 'qcow2') checkQcow2(head)
  } catch (error) {
    await mutate(ctx, (tx) => backToQueued(tx, { id: image.id, uploadToken: uploadId }, failureWords(error)))
    if (!(error instanceof NephosError)) throw error
    throw new NephosError(error.code, error.message, {
      field: error.field,
      remedy: error.remedy,
      detail: { ...error.detail, reason: 'refused_file' },
      cause: error,
    })
  }
}
