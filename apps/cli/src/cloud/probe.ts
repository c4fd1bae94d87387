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
    /** Why security groups have no effect; null where they have, or nothing is real. */
    noSecurityGroups: z.string().nullable().default(null),
    noRateLimits: z.string().nullable().default(null),
    /** Why there is no IPv6; null where there is, or nothing is real. */
    noIpv6: z.string().nullable().default(null),
    /** Why frames cannot be tagged; null where they can, or nothing is real. */
    noVlans: z.string().nullable().default(null),
  }),
  volumes: z
    .object({
      /** Back ends that are used; `simulated` where there is none. */
      chosen: z.array(z.string()),
      /** Every one that was looked for; no trouble: it works. */
      findings: z.array(
        z.object({ kind: z.string(), trouble: z.string().nullable(), unlock: z.string().nullable() }),
      ),
      usable: z.boolean(),
    })
    .default({ chosen: [], findings: [], usable: true }),
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
  if (!found.volumes.usable) {
    const lacking = found.volumes.findings.filter(({ trouble }) => trouble !== null)
    throw new Failure('NEPHOS_VOLUME_BACKENDS asks for what does not work on this machine.', {
      evidence: lacking.map(({ kind, trouble, unlock }) => `${kind}: ${trouble} ${unlock ?? ''}`),
      remedy: 'Set NEPHOS_VOLUME_BACKENDS to auto, or do what the lines above say.',
    })
  }
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
      network: {
        driver: 'simulated',
        reasons: [reason],
        unlock: [],
        overlay: null,
        noSecurityGroups: null,
        noRateLimits: null,
        noVlans: null,
        noIpv6: null,
      },
      volumes: { chosen: ['simulated'], findings: [], usable: true },
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
