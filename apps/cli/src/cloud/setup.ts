import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { configEnvironment, type NephosConfig, statePaths } from '@nephos/config'
import { joinedHosts } from '@nephos/core/joins'
import { z } from 'zod'
import { Failure } from '../failure.ts'
import { root } from '../installation.ts'
import { buildHash } from '../prepare/build.ts'
import { guestHash } from '../prepare/guest.ts'
import { attempt } from '../prepare/run.ts'
import { allHosts, hostGroup, hostRole } from './credentials.ts'
import { baseEnvironment } from './environment.ts'

/** Beside the embedded database's files, and gone with them: what it was last set up with. */
const markFile = (config: NephosConfig): string => join(statePaths(config).postgres, 'nephos-setup')
const mark = (config: NephosConfig): string =>
  `${buildHash()} ${guestHash(config)} ${allHosts(config).join(',')} ${joinedHosts(config.home)
    .map(({ salt }) => salt)
    .join(',')}`

/** True when the embedded database was set up by exactly this build and with this guest image. */
export const isSetUp = (config: NephosConfig): boolean =>
  existsSync(markFile(config)) && readFileSync(markFile(config), 'utf8') === mark(config)

/** Remembers that the embedded database needs no more setting up. */
export const markSetUp = (config: NephosConfig): void => writeFileSync(markFile(config), mark(config))

const report = z.object({
  migrations: z.number(),
  image: z.enum(['registered', 'none']),
  /** Whether each host has a login of its own; `reason` is what the database said against it. */
  hostRoles: z.object({ made: z.boolean(), reason: z.string().nullable() }),
})

/** What setting the database up did: how many migrations were applied, and whether the guest image is there. */
export type Setup = z.infer<typeof report>

/**
 * Migrates and seeds the database, in a process of its own so that the supervisor stays small.
 * @param options.externalCidr range of the external network that a new database begins with
 * @throws Failure with what the database said
 */
export async function setUpDatabase(
  config: NephosConfig,
  options: { adminPassword: string; guestImage: string | null; externalCidr: string | null },
): Promise<Setup> {
  const { code, stdout, output } = await attempt(process.execPath, [join(root, 'apps/cli/dist/setup.mjs')], {
    cwd: config.home,
    env: { ...baseEnvironment(), ...configEnvironment(config) },
    input: JSON.stringify({
      ...options,
      hostGroup: hostGroup(config),
      hostRoles: allHosts(config).map((host) => hostRole(config, host)),
    }),
    timeoutMs: 180_000,
  })
  if (code !== 0)
    throw new Failure(`The database could not be set up: ${output.trim().split('\n').at(-1)}`, {
      evidence: output.trim().split('\n').slice(-10, -1),
      remedy: 'With a database of your own, check that DATABASE_URL is right and its user may create tables.',
    })
  return report.parse(JSON.parse(stdout.trim().split('\n').at(-1) ?? ''))
}
