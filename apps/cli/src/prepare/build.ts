import { existsSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Failure } from '../failure.ts'
import { root } from '../installation.ts'
import { withLock } from './build-lock.ts'
import { attempt } from './run.ts'
import { hashSources } from './sources.ts'

const stamp = join(root, 'node_modules/.cache/nephos/built')
const standalone = 'apps/web/.next/standalone/apps/web'
const outputs = [
  'apps/cli/dist/main.mjs',
  'apps/cli/dist/setup.mjs',
  'apps/api/dist/main.mjs',
  'apps/workers/dist/main.mjs',
  'apps/workers/dist/probe.mjs',
  'apps/workers/dist/teardown.mjs',
  `${standalone}/server.js`,
  `${standalone}/.next/static`,
]

/** Names what the bundles were made from. */
export const buildHash = (): string => readFileSync(stamp, 'utf8').trim()

/** True when the bundles were made from exactly the sources that are here now. */
export function isBuilt(): boolean {
  return (
    outputs.every((output) => existsSync(join(root, output))) &&
    existsSync(stamp) &&
    buildHash() === hashSources()
  )
}

/**
 * Builds every app, or waits for another process that is building. What did not change comes from turbo's cache.
 * @throws Failure with what the compiler said
 */
export const build = (): Promise<void> =>
  withLock(`${stamp}.lock`, async () => {
    if (!isBuilt()) await buildAll()
  })

async function buildAll(): Promise<void> {
  const hash = hashSources()
  const result = await attempt(
    join(root, 'node_modules/.bin/turbo'),
    ['run', 'build', '--output-logs=errors-only', '--no-color', '--concurrency=2'],
    {
      cwd: root,
      env: {
        ...process.env,
        TURBO_TELEMETRY_DISABLED: '1',
        NEXT_TELEMETRY_DISABLED: '1',
        NODE_ENV: 'production',
        CI: '1',
      },
      timeoutMs: 1_200_000,
    },
  )
  if (result.code !== 0)
    throw new Failure('The build failed.', { evidence: result.output.trim().split('\n').slice(-40) })
  const missing = outputs.filter((output) => !existsSync(join(root, output)))
  if (missing.length > 0) throw new Failure(`The build did not make ${missing.join(', ')}.`)
  // Files that turbo restores keep their old time; the launcher compares it with the sources'.
  for (const name of ['main', 'setup'])
    utimesSync(join(root, `apps/cli/dist/${name}.mjs`), new Date(), new Date())
  mkdirSync(dirname(stamp), { recursive: true })
  writeFileSync(stamp, `${hash}\n`)
}
