import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { continued, startTracing, traced, traceparent } from './index.ts'

interface Sent {
  name: string
  traceId: string
  spanId: string
  parentSpanId?: string
  status: { code?: number; message?: string }
  attributes: { key: string; value: { stringValue?: string } }[]
}
const sent: Sent[] = []
const services = new Set<string>()

/** Takes OTLP as a collector does. */
const collector = createServer((request, response) => {
  const parts: Buffer[] = []
  request.on('data', (part: Buffer) => parts.push(part))
  request.on('end', () => {
    if (request.url === '/v1/traces')
      for (const { resource, scopeSpans } of JSON.parse(Buffer.concat(parts).toString()).resourceSpans) {
        for (const { key, value } of resource.attributes)
          if (key === 'service.name') services.add(value.stringValue)
        for (const { spans } of scopeSpans) sent.push(...spans)
      }
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
  })
})
let stop: () => Promise<void>

beforeAll(async () => {
  collector.listen(0, '127.0.0.1')
  await once(collector, 'listening')
  const { port } = collector.address() as AddressInfo
  expect(traceparent()).toBeUndefined()
  stop = await startTracing({ endpoint: `http://127.0.0.1:${port}`, service: 'nephos-test', version: '1' })
})
afterAll(() => void collector.close())

test('a trace goes on in another process, and says what failed', async () => {
  const message = await traced('compute.instances.create', { 'nephos.request_id': 'req-1' }, async () =>
    traceparent(),
  )
  expect(message).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/)
  await expect(
    continued(message, () =>
      traced('job instance.create', {}, () =>
        traced('step start-machine', {}, () => Promise.reject(new Error('no room'))),
      ),
    ),
  ).rejects.toThrow('no room')
  await continued(undefined, () => traced('alone', {}, async () => undefined))
  await stop()

  const span = (name: string) => sent.find((one) => one.name === name)!
  const [verb, job, step] = ['compute.instances.create', 'job instance.create', 'step start-machine'].map(
    span,
  )
  expect(services).toEqual(new Set(['nephos-test']))
  expect(verb!.attributes).toEqual([{ key: 'nephos.request_id', value: { stringValue: 'req-1' } }])
  expect([job!.traceId, step!.traceId]).toEqual([verb!.traceId, verb!.traceId])
  expect([job!.parentSpanId, step!.parentSpanId]).toEqual([verb!.spanId, job!.spanId])
  expect(step!.status).toEqual({ code: 2, message: 'no room' })
  expect(verb!.status.code ?? 0).toBe(0)
  expect(span('alone').traceId).not.toBe(verb!.traceId)
})
