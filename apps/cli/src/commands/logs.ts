import { closeSync, existsSync, openSync, readdirSync, readSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { statePaths } from '@nephos/config'
import { Failure } from '../failure.ts'
import { loadOwnConfig } from '../installation.ts'
import { tail } from '../supervisor/log-files.ts'
import { formatLogLine } from '../terminal/log-line.ts'

const followEveryMs = 250

/** `./nephos logs [process]`: the end of the logs and, with `follow`, what is added. */
export async function logs(
  process_: string | undefined,
  { follow = false, lines = '50' }: { follow?: boolean; lines?: string },
): Promise<void> {
  const count = Number(lines)
  if (!Number.isInteger(count) || count < 0)
    throw new Failure(`-n takes a whole number, not ${lines}.`, { remedy: 'Try -n 100.' })
  const { log } = statePaths(loadOwnConfig())
  const all = existsSync(log)
    ? readdirSync(log)
        .filter((file) => file.endsWith('.log'))
        .map((file) => file.slice(0, -4))
        .sort()
    : []
  if (all.length === 0)
    throw new Failure('There are no logs yet.', { remedy: 'Start the cloud: `./nephos up`.' })
  const names = process_ ? all.filter((name) => name === process_ || name.startsWith(`${process_}-`)) : all
  if (names.length === 0)
    throw new Failure(`There is no log of ${process_}.`, { remedy: `There are: ${all.join(', ')}.` })

  const width = Math.max(...names.map((name) => name.length))
  const print = (name: string, line: string) =>
    process.stdout.write(formatLogLine(line, names.length > 1 ? name.padEnd(width) : undefined))
  const positions = new Map<string, number>()
  for (const name of names) {
    const file = join(log, `${name}.log`)
    positions.set(name, statSync(file).size)
    for (const line of count > 0 ? tail(file, count) : []) print(name, line)
  }
  while (follow) {
    await sleep(followEveryMs)
    for (const name of names)
      positions.set(
        name,
        printNew(join(log, `${name}.log`), positions.get(name)!, (line) => print(name, line)),
      )
  }
}

/** Prints the whole lines behind `from`. @returns where the next look starts */
function printNew(file: string, from: number, print: (line: string) => void): number {
  if (!existsSync(file)) return 0
  const { size } = statSync(file)
  // It was rotated.
  const start = size < from ? 0 : from
  if (size === start) return start
  const buffer = Buffer.alloc(size - start)
  const handle = openSync(file, 'r')
  try {
    readSync(handle, buffer, 0, buffer.length, start)
  } finally {
    closeSync(handle)
  }
  const end = buffer.lastIndexOf(10)
  if (end < 0) return start
  for (const line of buffer.subarray(0, end).toString().split('\n')) print(line)
  return start + end + 1
}
