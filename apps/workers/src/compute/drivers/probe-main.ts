import { ConfigError, loadConfig } from '@nephos/config'
import { detectNetwork } from '../../network/detect.ts'
import { detectComputeFor } from './index.ts'

/**
 * Prints what this machine can do for instances and networks: with `--json` as one JSON object, else as lines for people. Exit code 1
 * when a driver was demanded that does not work, 2 when the configuration is wrong.
 */
export async function probeMain(args: readonly string[]): Promise<number> {
  try {
    const config = loadConfig()
    const compute = await detectComputeFor(config)
    const network = await detectNetwork({
      networkDriver: config.networkDriver,
      computeDriver: compute.driver,
    })
    if (args.includes('--json')) process.stdout.write(`${JSON.stringify({ compute, network })}\n`)
    else {
      const { driver, accelerator, reasons, unlock } = compute
      process.stdout.write(`compute driver: ${driver}${accelerator ? ` (${accelerator})` : ''}\n`)
      print(reasons, unlock)
      process.stdout.write(`network driver: ${network.driver}\n`)
      print(network.reasons, network.unlock)
    }
    return compute.usable && network.usable ? 0 : 1
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    process.stderr.write(`${error.message}\n`)
    return 2
  }
}

function print(reasons: readonly string[], unlock: readonly string[]): void {
  for (const reason of reasons) process.stdout.write(`  ${reason}\n`)
  for (const remedy of unlock) process.stdout.write(`  unlock: ${remedy}\n`)
}
