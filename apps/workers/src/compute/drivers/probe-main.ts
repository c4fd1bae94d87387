import { ConfigError, loadConfig } from '@nephos/config'
import { detectComputeFor } from './index.ts'

/**
 * Prints what this machine can do for instances: with `--json` as one JSON object, else as lines for people. Exit code 1
 * when a driver was demanded that does not work, 2 when the configuration is wrong.
 */
export async function probeMain(args: readonly string[]): Promise<number> {
  try {
    const compute = await detectComputeFor(loadConfig())
    if (args.includes('--json')) process.stdout.write(`${JSON.stringify({ compute })}\n`)
    else {
      const { driver, accelerator, reasons, unlock } = compute
      process.stdout.write(`compute driver: ${driver}${accelerator ? ` (${accelerator})` : ''}\n`)
      for (const reason of reasons) process.stdout.write(`  ${reason}\n`)
      for (const remedy of unlock) process.stdout.write(`  unlock: ${remedy}\n`)
    }
    return compute.usable ? 0 : 1
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    process.stderr.write(`${error.message}\n`)
    return 2
  }
}
