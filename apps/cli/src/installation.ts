import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { loadConfig, type NephosConfig } from '@nephos/config'
import { memberSettings } from './host/membership.ts'

function findRoot(start: string): string {
  for (let directory = start; ; directory = dirname(directory)) {
    if (existsSync(join(directory, 'turbo.json')) && existsSync(join(directory, 'nephos'))) return directory
    if (dirname(directory) === directory)
      throw new Error('The directory of the Nephos sources was not found.')
  }
}

/** Directory of the sources, the bundles and the launcher. */
export const root = findRoot(dirname(fileURLToPath(import.meta.url)))

/** True when everything may be done to this machine. */
export const isRoot = process.getuid?.() === 0

/**
 * The configuration of the cloud that belongs to this installation, wherever the command was called: `nephos.toml` and
 * `.nephos` lie beside the launcher; relative paths in the environment count from the caller's directory. On a host of
 * a cloud elsewhere, what that cloud said counts.
 */
export function loadOwnConfig(env: NodeJS.ProcessEnv = process.env): NephosConfig {
  const absolute = { ...env }
  for (const name of ['NEPHOS_HOME', 'NEPHOS_CONFIG'])
    if (absolute[name]) absolute[name] = resolve(absolute[name])
  const config = loadConfig({ env: absolute, cwd: root })
  const member = memberSettings(config.home)
  return Object.keys(member).length > 0 ? loadConfig({ env: absolute, cwd: root, overrides: member }) : config
}
