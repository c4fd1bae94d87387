import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createServices, seed } from '@nephos/core'
import { createTestCloud, makeFlavor } from '@nephos/core/testing'
import { pino } from 'pino'
import { expect, it } from 'vitest'
import { createApps } from './app.ts'
import { listen } from './server.ts'

const run = promisify(execFile)
const document = join(import.meta.dirname, '../../../docs/api.md')
const installed = await run('sh', ['-c', 'command -v curl && command -v jq']).then(
  () => true,
  () => false,
)

it.runIf(installed)('every example of docs/api.md works', async () => {
  const cloud = await createTestCloud()
  const services = createServices({
    config: { ...cloud.config, databaseUrl: cloud.databaseUrl, natsUrl: 'nats://127.0.0.1:1' },
    processName: 'api',
    log: pino({ level: 'silent' }),
  })
  const server = await listen(createApps(services), { bind: '127.0.0.1', apiPort: 0 })
  try {
    await seed(services, { adminPassword: 'a password of the docs' })
    await makeFlavor(cloud, { name: 'docs.tiny' })
    const directory = cloud.config.home
    await mkdir(join(directory, '.nephos'))
    await writeFile(join(directory, '.nephos/admin-password'), 'a password of the docs\n')
    const disk = randomBytes(200_000)
    await writeFile(join(directory, 'disk.qcow2'), disk)

    const blocks = [...(await readFile(document, 'utf8')).matchAll(/^```sh\n(.*?)^```/gms)].map((it) => it[1])
    expect(blocks.length).toBeGreaterThanOrEqual(4)
    const script = blocks.join('\n').replace(/^API=.*$/m, `API=${server.url}`)
    const { stdout } = await run('sh', ['-euc', script], { cwd: directory })
    expect(stdout).toContain('docs.tiny')
    expect(await readFile(join(directory, 'copy.qcow2'))).toEqual(disk)
    expect(await services.db.network.count({ where: { name: 'blue' } })).toBe(1)
  } finally {
    await server.close(0)
    await services.close()
    await cloud.close()
  }
})
