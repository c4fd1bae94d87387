import { createHash } from 'node:crypto'
import { chmod, open, rename, rm, stat } from 'node:fs/promises'
import { type ClientRequestArgs, type IncomingMessage, request } from 'node:http'
import { NephosError } from '@nephos/core/errors'
import { type FileOffer, type Place, pathIn } from './offer.ts'
import { type Endpoint, openRelay, type Relay, socketDir } from './relay.ts'

/** How files are fetched. */
export interface FetchOptions {
  signal: AbortSignal
  /** Bytes of all files that are here, and of all there are. */
  onProgress: (done: number, total: number) => void
  /** Network namespace from which the other host is reached; null for this process's own. */
  netns: string | null
}

/**
 * Fetches offered files into their place. Each appears under its name only when it is whole and its hash is right;
 * one that is there already with the right length is not fetched again, so the directory must belong to this move.
 * @throws NephosError driver_failed; cancelled
 */
export async function fetchFiles(
  offer: FileOffer,
  dir: Place,
  { signal, onProgress, netns }: FetchOptions,
): Promise<void> {
  const total = offer.files.reduce((sum, { bytes }) => sum + bytes, 0)
  let done = 0
  const sockets = netns === null ? null : await socketDir()
  let relay: Relay | null = null
  try {
    const peer: Endpoint = { host: offer.host, port: offer.port }
    if (netns !== null && sockets) relay = await openRelay(netns, { path: sockets.path('peer') }, peer)
    const at: ClientRequestArgs =
      relay && 'path' in relay.at ? { socketPath: relay.at.path } : { host: offer.host, port: offer.port }
    for (const file of offer.files) {
      const path = pathIn(dir, file.name)
      const before = done
      if ((await stat(path).catch(() => null))?.size !== file.bytes) {
        const part = `${path}.part`
        await fetchOne(at, offer, file, part, signal, (bytes) => {
          done += bytes
          onProgress(done, total)
        })
        await chmod(part, file.mode)
        await rename(part, path)
      }
      done = before + file.bytes
      onProgress(done, total)
    }
  } catch (error) {
    if (signal.aborted) throw new NephosError('cancelled', 'The transfer was cancelled.', { cause: error })
    if (error instanceof NephosError) throw error
    throw new NephosError(
      'driver_failed',
      `The disks could not be fetched from ${offer.host}: ${(error as Error).message}`,
      { cause: error },
    )
  } finally {
    await relay?.close()
    await sockets?.remove()
  }
}

async function fetchOne(
  at: ClientRequestArgs,
  { secret }: FileOffer,
  { name, bytes }: FileOffer['files'][number],
  part: string,
  signal: AbortSignal,
  onBytes: (bytes: number) => void,
): Promise<void> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request(
      { ...at, path: `/${name}`, headers: { authorization: `Bearer ${secret}` }, agent: false, signal },
      resolve,
    )
      .on('error', reject)
      .end()
  })
  if (response.statusCode !== 200)
    throw new NephosError('driver_failed', `The other host refused ${name} (${response.statusCode}).`)
  const hash = createHash('sha256')
  await rm(part, { force: true })
  const file = await open(part, 'wx', 0o600)
  let count = 0
  try {
    for await (const piece of response as AsyncIterable<Buffer>) {
      hash.update(piece)
      count += piece.length
      await file.writeFile(piece)
      onBytes(piece.length)
    }
    await file.sync()
  } finally {
    await file.close()
  }
  if (count !== bytes || response.trailers['x-sha256'] !== hash.digest('hex'))
    throw new NephosError('driver_failed', `${name} did not arrive as it was sent.`)
}
