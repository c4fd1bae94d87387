import { join } from 'node:path'
import { configEnvironment, type NephosConfig } from '@nephos/config'
import { z } from 'zod'
import { Failure, messageOf } from '../failure.ts'
import { root } from '../installation.ts'
import { capture } from '../prepare/run.ts'

const reasons = z.array(z.string())

/** Which drivers this machine can truly use, why, and what would unlock more. */
const drivers = z.object({
  compute: z.object({
    driver: z.enum(['qemu', 'simulated']),
    accelerator: z.enum(['kvm', 'tcg']).nullish(),
    reasons,
    unlock: reasons,
  }),
  network: z.object({
    driver: z.enum(['linux', 'simulated']),
    reasons,
    unlock: reasons,
    /** Why networks cannot reach from host to host; null where they can, or need not. */
    overlay: z.string().nullable().default(null),
  }),
})
export type Drivers = z.infer<typeof drivers>

/**
 * Asks the drivers what truly works on this machine. Nothing works as surely as the simulated drivers, so a probe that
 * breaks ends there and says so.
 * @throws Failure when the configuration demands a driver that does not work here
 */
export async function probeDrivers(config: NephosConfig): Promise<Drivers> {
  const found = await runProbe(config)
  demand('NEPHOS_COMPUTE_DRIVER', config.computeDriver, found.compute)
  demand('NEPHOS_NETWORK_DRIVER', config.networkDriver, found.network)
  if (config.accelerator !== 'auto' && found.compute.driver === 'qemu' && found.compute.accelerator)
    demand('NEPHOS_ACCELERATOR', config.accelerator, { ...found.compute, driver: found.compute.accelerator })
  return found
}

async function runProbe(config: NephosConfig): Promise<Drivers> {
  try {
    const { stdout } = await capture(
      process.execPath,
      [join(root, 'apps/workers/dist/probe.mjs'), '--json'],
      { env: { ...process.env, ...configEnvironment(config) }, timeoutMs: 30_000 },
    )
    return drivers.parse(JSON.parse(stdout))
  } catch (error) {
    const reason = `The look at this machine failed: ${messageOf(error).split('\n')[0]}`
    return {
      compute: { driver: 'simulated', accelerator: null, reasons: [reason], unlock: [] },
      network: { driver: 'simulated', reasons: [reason], unlock: [], overlay: null },
    }
  }
}

function demand(
  name: string,
  wanted: string,
  found: { driver: string; reasons: string[]; unlock: string[] },
): void {
  if (wanted === 'auto' || wanted === found.driver) return
  throw new Failure(`${name} asks for ${wanted}, which does not work on this machine.`, {
    evidence: [...found.reasons, ...found.unlock],
    remedy: `Set ${name} to auto, or do what the lines above say.`,
  })
}
