import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { NephosConfig } from '@nephos/config'
import { Failure } from '../failure.ts'
import { attempt, capture } from './run.ts'

const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C.UTF-8' }
const patient = ['-o', 'DPkg::Lock::Timeout=120', '-o', 'Acquire::Retries=3']

/** True on Debian and what is made from it. */
export const hasApt = (): boolean => existsSync('/usr/bin/dpkg-query') && existsSync('/usr/bin/apt-get')

/** Those of the packages that are not installed. */
export async function missingPackages(packages: string[]): Promise<string[]> {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own format
  const format = '${Package} ${db:Status-Status}\\n'
  const { stdout } = await attempt('dpkg-query', ['-W', '-f', format, ...packages])
  const installed = new Set(
    stdout
      .split('\n')
      .filter((line) => line.endsWith(' installed'))
      .map((line) => line.split(' ')[0]),
  )
  return packages.filter((name) => !installed.has(name))
}

/**
 * Installs packages; the lists of the archive are only fetched when they do not know one of them. Needs root.
 * Services that come with a package are not started: Nephos runs its own.
 * @throws Failure with the end of what apt said
 */
export async function installPackages(packages: string[]): Promise<void> {
  if (packages.length === 0) return
  const known = await attempt('apt-get', ['install', '--simulate', '--no-install-recommends', ...packages], {
    env,
  })
  if (known.code !== 0) await capture('apt-get', [...patient, 'update', '-q'], { env })
  const install = () =>
    attempt('apt-get', [...patient, 'install', '-y', '-q', '--no-install-recommends', ...packages], {
      env: { ...env, RUNLEVEL: '1' },
      timeoutMs: 1_200_000,
    })
  let result = await install()
  if (result.code !== 0) {
    // Old lists name files that the archive has replaced since.
    await capture('apt-get', [...patient, 'update', '-q'], { env })
    result = await install()
  }
  if (result.code !== 0)
    throw new Failure('apt-get could not install the packages.', {
      evidence: result.output.trim().split('\n').slice(-12),
      remedy: `Run \`apt-get install ${packages.join(' ')}\` and see what it says, then try again.`,
    })
}

/**
 * Without root nothing can be installed, but a package can be fetched and unpacked below the state directory.
 * @throws Failure with the end of what apt said
 */
export async function unpackPackage(config: NephosConfig, name: string): Promise<void> {
  const tools = join(config.home, 'tools')
  const state = join(tools, 'apt')
  mkdirSync(join(state, 'lists/partial'), { recursive: true })
  mkdirSync(join(state, 'cache/archives/partial'), { recursive: true })
  const own = [
    ...['-o', `Dir::State=${state}`, '-o', `Dir::State::lists=${state}/lists`],
    ...['-o', `Dir::Cache=${state}/cache`, '-o', 'Dir::State::status=/var/lib/dpkg/status'],
    ...['-o', 'Acquire::Retries=3'],
  ]
  const options = { env, cwd: tools }
  const direct = await attempt('apt-get', ['download', '-q', name], options)
  if (direct.code !== 0) {
    await capture('apt-get', [...own, 'update', '-q'], options)
    await capture('apt-get', [...own, 'download', '-q', name], options)
  }
  const file = readdirSync(tools).find((entry) => entry.startsWith(`${name}_`) && entry.endsWith('.deb'))
  if (!file) throw new Failure(`The Debian package ${name} was not fetched.`)
  await capture('dpkg-deb', ['-x', file, tools], options)
}
