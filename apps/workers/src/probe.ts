/**
 * Prints which drivers truly work on this machine, why, and what would unlock more: with `--json` as one JSON object
 * `{compute, network, volumes}`, else as lines for people. Exit code 1 when the lines tell of a driver that was demanded and does
 * not work, 2 when the configuration is wrong.
 */
import { ConfigError, loadConfig, type NephosConfig } from '@nephos/config'
import { detectComputeFor } from './compute/drivers/index.ts'
import { detectNetworkFor } from './network/drivers/index.ts'
import { detectVolumesFor } from './volume/drivers/of-host.ts'

/** Guests that are real need networks that are real: where those are missing, `auto` means simulated for both. */
async function look(config: NephosConfig) {
  const compute = await detectComputeFor(config)
  const network = await detectNetworkFor({
    ...config,
    computeDriver: config.computeDriver === 'auto' ? compute.driver : config.computeDriver,
  })
  const real = config.computeDriver !== 'auto' || network.driver === 'linux'
  const runs = real ? compute.driver : 'simulated'
  const volumes = await detectVolumesFor({ ...config, computeDriver: runs })
  if (real || compute.driver === 'simulated') return { compute, network, volumes }
  const reasons = ['Real guests need real networks.', ...network.reasons]
  return {
    compute: { ...compute, driver: 'simulated' as const, accelerator: null, reasons, unlock: network.unlock },
    network,
    volumes,
  }
}

function print(found: Awaited<ReturnType<typeof look>>): void {
  const accelerator = found.compute.accelerator ? ` (${found.compute.accelerator})` : ''
  const parts = [
    { name: `compute driver: ${found.compute.driver}${accelerator}`, ...found.compute },
    { name: `network driver: ${found.network.driver}`, ...found.network },
  ]
  for (const { name, reasons, unlock } of parts) {
    process.stdout.write(`${name}\n`)
    for (const reason of reasons) process.stdout.write(`  ${reason}\n`)
    for (const remedy of unlock) process.stdout.write(`  unlock: ${remedy}\n`)
  }
  const { chosen, findings } = found.volumes
  process.stdout.write(`volumes: ${chosen.join(', ') || 'none'}\n`)
  for (const { kind, trouble, unlock } of findings)
    if (trouble) process.stdout.write(`  ${kind}: ${trouble}\n  unlock: ${unlock}\n`)
  if (!found.compute.usable || !found.network.usable || !found.volumes.usable) process.exitCode = 1
}

try {
  const found = await look(loadConfig())
  if (process.argv.includes('--json')) process.stdout.write(`${JSON.stringify(found)}\n`)
  else print(found)
} catch (error) {
  if (!(error instanceof ConfigError)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 2
}
