import { execFile } from 'node:child_process'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import { type Row, row } from './report.ts'

const root = resolve(import.meta.dirname, '../..')
const program = 'apps/workers/src/network/testing/router-changes.ts'

/** What the program prints; null where this machine makes no real networks. */
type Changes = { few: number; many: number; fewMs: number; manyMs: number } | null

/**
 * What one floating IP more costs on a router with many of them, against a router with few: what is applied is the
 * difference. A process of its own. @throws Error with what the program said
 */
export async function routerChanges(notes: string[]): Promise<Row | null> {
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', program], { cwd: root })
  const found = JSON.parse(stdout) as Changes
  if (!found) {
    notes.push('no router was measured: this machine only simulates networks')
    return null
  }
  const { few, many, fewMs, manyMs } = found
  notes.push(
    `a floating IP more: ${fewMs.toFixed(0)} ms beside ${few}, ${manyMs.toFixed(0)} ms beside ${many}`,
  )
  return row(
    `a floating IP more on a router with ${many}, against one with ${few}`,
    manyMs / fewMs,
    { below: 2 },
    'times',
  )
}
