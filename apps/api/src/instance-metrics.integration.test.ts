import { join } from 'node:path'
import { createServices, NephosError, type OpenServices } from '@nephos/core'
import { createTestCloud, makeHost, makeProject, makeUser, type TestCloud } from '@nephos/core/testing'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createApps } from './app.ts'
import { type ApiServer, listen } from './server.ts'

const password = 'correct horse battery'
const instances = ['a', 'b', 'c'].map((id) => ({
  id,
  projectId: 'p',
  name: `quoted "${id}"`,
  cpuSeconds: [1.5, 0],
  memoryUsed: null,
  memoryResident: 1_024,
  memoryTotal: 2_048,
  diskReadBytes: 1,
  diskWriteBytes: 2,
  diskReadOps: 3,
  diskWriteOps: 4,
  ports: [{ id: `port-${id}`, rxBytes: 5, txBytes: 6, rxPackets: 7, txPackets: 8 }],
}))
const host = {
  cpuSeconds: 9,
  cpus: 2,
  load: 0.5,
  memoryUsed: 1,
  memoryTotal: 2,
  diskUsed: 3,
  diskTotal: 4,
  diskReadBytes: 5,
  diskWriteBytes: 6,
  netRxBytes: 7,
  netTxBytes: 8,
}

let cloud: TestCloud
let services: OpenServices
let server: ApiServer
let here: string
let away: string
beforeAll(async () => {
  cloud = await createTestCloud()
  services = createServices({
    config: { ...cloud.config, databaseUrl: cloud.databaseUrl, natsUrl: 'nats://127.0.0.1:1' },
    processName: 'api',
    log: pino({ level: 'silent' }),
  })
  here = (await makeHost(cloud)).name
  away = (await makeHost(cloud)).name
  // Two instances fit into an answer of the host that lives.
  const ask = async (name: string, request: string, { after }: { after: string }) => {
    if (name !== here || request !== 'metrics.counters')
      throw new NephosError('unavailable', `${name} does not answer.`)
    const rest = instances.filter(({ id }) => id > after)
    return { host, instances: rest.slice(0, 2), next: rest.length > 2 ? rest[1]!.id : null }
  }
  const asked = { ...services, ask: ask as unknown as OpenServices['ask'] }
  server = await listen(
    createApps(asked),
    { bind: '127.0.0.1', apiPort: 0 },
    join(cloud.config.home, 'run', 'api.sock'),
  )
})
afterAll(async () => {
  await server?.close(0)
  await services?.close()
  await cloud?.close()
})

async function tokenOf(role: 'reader' | 'member' | 'admin'): Promise<string> {
  const project = await makeProject(cloud)
  const { name } = await makeUser(cloud, { password, role, project })
  const response = await fetch(`${server.url}/trpc/identity.tokens.authenticate`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ json: { name, password, project: project.name } }),
  })
  const body = (await response.json()) as { result: { data: { json: { secret: string } } } }
  return body.result.data.json.secret
}
const read = (token?: string) =>
  fetch(`${server.url}/metrics/instances`, {
    headers: token ? { authorization: `Bearer ${token}` } : {},
  })

test('only administrators read what instances use', async () => {
  expect((await read()).status).toBe(401)
  expect((await read('nonsense')).status).toBe(401)
  for (const role of ['reader', 'member'] as const)
    expect((await read(await tokenOf(role))).status, role).toBe(403)
})

test('all pages of every host are there, as Prometheus reads them, and who was silent is told', async () => {
  const response = await read(await tokenOf('admin'))
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
  const text = await response.text()
  const lines = text.trimEnd().split('\n')
  for (const line of lines)
    expect(line).toMatch(
      /^(# (HELP|TYPE) nephos_\w+ .+|nephos_\w+\{(\w+="([^"\\\n]|\\.)*",?)+\} -?\d+(\.\d+)?)$/,
    )
  expect(lines).toContain(`nephos_host_metrics_up{host="${here}"} 1`)
  expect(lines).toContain(`nephos_host_metrics_up{host="${away}"} 0`)
  expect(lines).toContain(`nephos_host_cpu_seconds_total{host="${here}"} 9`)
  expect(text).not.toContain(`nephos_host_cpus{host="${away}"}`)
  for (const { id } of instances) {
    expect(lines).toContain(
      `nephos_instance_info{instance="${id}",project="p",name="quoted \\"${id}\\"",host="${here}"} 1`,
    )
    expect(lines).toContain(`nephos_instance_cpu_seconds_total{instance="${id}",project="p",vcpu="0"} 1.5`)
    expect(lines).toContain(
      `nephos_instance_network_receive_bytes_total{instance="${id}",project="p",port="port-${id}"} 5`,
    )
  }
  // What a guest does not tell has no series.
  expect(text).not.toContain('nephos_instance_memory_used_bytes{')
  // A family is told once, whatever the number of hosts.
  const types = lines.filter((line) => line.startsWith('# TYPE'))
  expect(new Set(types).size).toBe(types.length)
})
