/** Joins and cuts a stream into buffers of the given sizes; the last one has what is left. */
export async function* inPieces(
  body: AsyncIterable<Uint8Array>,
  sizes: Iterator<number>,
): AsyncGenerator<Buffer, undefined> {
  let chunks: Uint8Array[] = []
  let length = 0
  let wanted = sizes.next().value as number
  for await (let chunk of body) {
    while (length + chunk.length >= wanted) {
      const fitting = chunk.subarray(0, wanted - length)
      yield Buffer.concat([...chunks, fitting])
      chunk = chunk.subarray(fitting.length)
      chunks = []
      length = 0
      wanted = sizes.next().value as number
    }
    if (chunk.length > 0) chunks.push(chunk)
    length += chunk.length
  }
  if (length > 0) yield Buffer.concat(chunks)
}

/**
 * Cuts a stream into streams of the given sizes, one after the other: each has to be read to its end before the next
 * is asked for. Nothing is kept but the chunk at the cut.
 */
export async function* inStreams(
  body: AsyncIterable<Uint8Array>,
  sizes: Iterator<number>,
): AsyncGenerator<AsyncIterable<Uint8Array>, undefined> {
  const chunks = body[Symbol.asyncIterator]()
  let rest: Uint8Array | null = null
  let ended = false
  const next = async (): Promise<Uint8Array | null> => {
    while (rest === null || rest.length === 0) {
      const { done, value } = await chunks.next()
      if (done) {
        ended = true
        return null
      }
      rest = value as Uint8Array
    }
    return rest
  }
  async function* upTo(size: number) {
    for (let left = size; left > 0; ) {
      const chunk = await next()
      if (chunk === null) return
      const fitting = chunk.subarray(0, left)
      rest = chunk.subarray(fitting.length)
      left -= fitting.length
      yield fitting
    }
  }
  try {
    while ((await next()) !== null) yield upTo(sizes.next().value as number)
  } finally {
    // Whoever stops early says so to the source.
    if (!ended) await chunks.return?.()
  }
}
