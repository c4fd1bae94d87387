// Exit code 0 when node_modules under the given directory holds exactly what package-lock.json names. Plain
// JavaScript without dependencies, as it runs before anything is installed.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const root = process.argv[2] ?? '.'

/** @returns {Record<string, { version?: string, link?: boolean, optional?: boolean }>} */
const packagesOf = (file) => JSON.parse(readFileSync(join(root, file), 'utf8')).packages

const hidden = 'node_modules/.package-lock.json'
if (!existsSync(join(root, hidden))) process.exit(1)
const installed = packagesOf(hidden)
const complete = Object.entries(packagesOf('package-lock.json'))
  .filter(([path, entry]) => path.includes('node_modules/') && !entry.link)
  // What is optional may rightly be absent: binaries of other platforms.
  .every(
    ([path, entry]) => installed[path]?.version === entry.version || (entry.optional && !installed[path]),
  )
process.exit(complete ? 0 : 1)
