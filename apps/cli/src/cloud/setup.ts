import { join } from 'node:path'
import { configEnvironment, type NephosConfig } from '@nephos/config'
import { z } from 'zod'
import { root } from '../installation.ts'
import { capture } from '../prepare/run.ts'
import { baseEnvironment } from './environment.ts'

const report = z.object({ migrations: z.number(), image: z.enum(['registered', 'none']) })

/** What setting the database up did: how many migrations were applied, and whether the guest image is there. */
export type Setup = z.infer<typeof report>

/**
 * Migrates and seeds the database, in a process of its own so that the supervisor stays small.
 * @throws Failure with what the database said
 */
export async function setUpDatabase(
  config: NephosConfig,
  options: { adminPassword: string; guestImage: string | null },
): Promise<Setup> {
  const { stdout } = await capture(process.execPath, [join(root, 'apps/cli/dist/setup.mjs')], {
    cwd: config.home,
    env: { ...baseEnvironment(), ...configEnvironment(config) },
    input: JSON.stringify(options),
    timeoutMs: 180_000,
  })
  return report.parse(JSON.parse(stdout.trim().split('\n').at(-1) ?? ''))
}
