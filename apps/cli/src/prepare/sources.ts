import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { root } from '../installation.ts'

const skipped = new Set(['node_modules', 'dist', '.next', '.turbo', 'gen', 'coverage', 'test-results'])
const built = [
  'apps',
  'packages',
  'prisma',
  'package-lock.json',
  'turbo.json',
  'tsconfig.base.json',
  'prisma.config.ts',
]

function* files(path: string): Generator<string> {
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    if (skipped.has(entry.name)) continue
    const file = join(path, entry.name)
    if (entry.isDirectory()) yield* files(file)
    else if (
      entry.isFile() &&
      !/\.(test|spec)\.tsx?$|\.md$|^next-env\.d\.ts$|\.tsbuildinfo$/.test(entry.name)
    )
      yield file
  }
}

/** Hash of the content of everything below the given paths of the installation. */
export function hashSources(paths: string[] = built): string {
  const hash = createHash('sha256').update(`${process.version} ${process.platform} ${process.arch}\n`)
  const all = paths.flatMap((path) => {
    const absolute = join(root, path)
    return /\.[a-z]+$/.test(path) ? [absolute] : [...files(absolute)]
  })
  for (const file of all.sort()) {
    const content = readFileSync(file)
    hash.update(`${relative(root, file)} ${content.length}\n`).update(content)
  }
  return hash.digest('hex')
}
