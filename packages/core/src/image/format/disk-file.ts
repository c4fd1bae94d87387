import { type FileHandle, open } from 'node:fs/promises'

/** A file whose header is judged. Reading beyond its end gives fewer bytes. */
export interface DiskFile {
  size: number
  read: (offset: number, length: number) => Promise<Buffer>
}

/** Opens a file for {@link inspect}, reads, and closes it whatever happens. */
export async function withDiskFile<Result>(
  path: string,
  work: (file: DiskFile) => Promise<Result>,
): Promise<Result> {
  const handle = await open(path, 'r')
  try {
    return await work({ size: (await handle.stat()).size, read: (at, length) => readAt(handle, at, length) })
  } finally {
    await handle.close()
  }
}

async function readAt(handle: FileHandle, offset: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length)
  let filled = 0
  while (filled < length) {
    const { bytesRead } = await handle.read(bytes, filled, length - filled, offset + filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return bytes.subarray(0, filled)
}
