import { join } from 'node:path'
import { root } from '../installation.ts'
import { runtimePackages } from '../packages.ts'
import { passThrough } from '../test/pass-through.ts'
import { prepareTools } from '../test/prepare-tools.ts'

/** `./nephos bench …`: measures this machine; what follows is for the benchmark itself. */
export async function bench(args: string[]): Promise<void> {
  await prepareTools({ packages: runtimePackages() })
  process.exitCode = await passThrough(process.execPath, [
    '--import',
    'tsx',
    join(root, 'bench/src/main.ts'),
    ...args,
  ])
}
