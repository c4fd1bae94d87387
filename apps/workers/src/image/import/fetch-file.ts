import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import { type FileHashes, Hashes, type ImportTask, NephosError, stagingFull } from '@nephos/core'
import { explained, openUrl } from './open-url.ts'
import type { ImportRules, Resolve } from './reachable.ts'

/** What {@link fetchFile} takes. */
export interface FetchOptions {
  task: Pick<ImportTask, 'uri' | 'hash'>
  rules: ImportRules
  /** Where the file goes; what is there is replaced. */
  path: string
  /** Throws when that many bytes are more than allowed. Called before they are stored. */
  allow: (bytes: number) => void
  onBytes: (done: number, total: number | null) => void
  signal: AbortSignal
  resolve?: Resolve
}

/** Fetches a file from a URL. @throws NephosError invalid_input, driver_failed, too_large, quota_exceeded, cancelled */
export async function fetchFile(options: FetchOptions): Promise<{ size: number; sha512: string }> {
  const { task, rules, path, allow, onBytes, signal, resolve } = options
  const uri = task.uri ?? ''
  const { body, size: total } = await openUrl(uri, { rules, signal, resolve })
  const hashes = new Hashes()
  const sha256 = createHash('sha256')
  const givenSha256 = task.hash?.algorithm === 'sha256'
  let size = 0
  let digests: FileHashes
  try {
    if (total !== null) allow(total)
    const file = await open(path, 'w', 0o600)
    try {
      for await (const chunk of body as AsyncIterable<Buffer>) {
        size += chunk.length
        allow(size)
        await hashes.update(chunk)
        if (givenSha256) sha256.update(chunk)
        await file.writeFile(chunk)
        onBytes(size, total)
      }
    } finally {
      await file.close()
    }
    digests = await hashes.digest()
  } catch (error) {
    const full = stagingFull(error)
    throw full === error ? explained(error, new URL(uri), signal) : full
  } finally {
    hashes.close()
    body.destroy()
  }
  const found = { ...digests, sha256: sha256.digest('hex') }
  if (total !== null && size !== total)
    throw new NephosError('driver_failed', `Only ${size} of ${total} bytes arrived.`, {
      remedy: 'Try the import again.',
    })
  if (task.hash && found[task.hash.algorithm] !== task.hash.value)
    throw new NephosError(
      'invalid_input',
      `The file does not have the ${task.hash.algorithm} that was given.`,
      {
        field: 'hash',
        remedy: 'Check the hash, and that nobody changed the file.',
      },
    )
  return { size, sha512: found.sha512 }
}
