import {
  closeSync,
  copyFileSync,
  existsSync,
  openSync,
  readSync,
  renameSync,
  statSync,
  truncateSync,
} from 'node:fs'

/** The last whole lines of a log, at most `count`, none of what stood before byte `from`. */
export function tail(file: string, count: number, from = 0): string[] {
  if (!existsSync(file)) return []
  const { size } = statSync(file)
  const start = Math.max(from > size ? 0 : from, size - count * 1_000)
  const buffer = Buffer.alloc(Math.max(0, size - start))
  const handle = openSync(file, 'r')
  try {
    readSync(handle, buffer, 0, buffer.length, start)
  } finally {
    closeSync(handle)
  }
  return buffer
    .toString()
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-count)
}

/**
 * Moves a log that has grown beyond `maxBytes` to `.1` (the old `.1` to `.2` …, `keep` of them) and empties it.
 * Processes write to their log themselves and in append mode, so that they go on when the supervisor dies; the file
 * must therefore be emptied in place.
 */
export function rotate(file: string, { maxBytes = 16_777_216, keep = 2 } = {}): boolean {
  if (!existsSync(file) || statSync(file).size <= maxBytes) return false
  for (let number = keep - 1; number >= 1; number--)
    if (existsSync(`${file}.${number}`)) renameSync(`${file}.${number}`, `${file}.${number + 1}`)
  copyFileSync(file, `${file}.1`)
  truncateSync(file)
  return true
}
