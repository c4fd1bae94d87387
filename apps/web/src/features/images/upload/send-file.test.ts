import { expect, test } from 'vitest'
import type { ShownError } from '#trpc/error.ts'
import { crc32 } from './crc32.ts'
import { type SendEnd, sendFile } from './send-file.ts'
import { Lost, type Outcome, Refused, type Transport } from './transport.ts'

const bytes = Uint8Array.from({ length: 1_000 }, (_, index) => (index * 31) % 251)

/** A cloud that keeps what arrives, and does with each part what the plan says. */
function cloudOf(plan: ('ok' | 'half' | 'lost' | 'moved')[], begun = new Uint8Array()) {
  let kept = begun
  const parts: number[] = []
  const transport: Transport = {
    state: async () => ({
      offset: kept.length,
      size: bytes.length,
      fileName: 'disk.raw',
      check: kept.length > 0 ? { start: 0, length: kept.length, crc32: crc32(kept) } : null,
    }),
    append: async (part, offset, onProgress) => {
      const step = plan.shift() ?? 'ok'
      if (step === 'lost') throw new Lost()
      if (step === 'moved') {
        kept = bytes.slice(0, 700)
        throw new Refused({ ...refusal, detail: { reason: 'offset', offset: 700 } })
      }
      expect(offset).toBe(kept.length)
      const all = new Uint8Array(await part.arrayBuffer())
      const arrived = step === 'half' ? all.slice(0, all.length / 2) : all
      kept = Uint8Array.from([...kept, ...arrived])
      parts.push(arrived.length)
      onProgress(arrived.length)
      if (step === 'half') throw new Lost()
      return kept.length
    },
    finish: async () => {},
    outcome: async () => 'stored',
  }
  return { transport, parts, kept: () => kept }
}

const refusal: ShownError = {
  code: 'conflict',
  message: 'No.',
  field: null,
  remedy: null,
  requestId: null,
  detail: null,
}

const send = (transport: Transport, file = new Blob([bytes])) => {
  const told = { interrupted: 0, progress: [] as number[], sent: 0 }
  return new Promise<{ end: SendEnd; told: typeof told }>((resolve) => {
    sendFile(
      transport,
      file,
      {
        onPlaced: () => {},
        onProgress: (sent) => told.progress.push(sent),
        onInterrupted: () => told.interrupted++,
        onSent: () => told.sent++,
        onEnd: (end) => resolve({ end, told }),
      },
      { part: 400, patience: async () => {} },
    )
  })
}

test('a file goes in parts', async () => {
  const cloud = cloudOf([])
  const { end, told } = await send(cloud.transport)
  expect(end).toEqual({ type: 'accepted' })
  expect(cloud.parts).toEqual([400, 400, 200])
  expect(cloud.kept()).toEqual(bytes)
  expect(told).toMatchObject({ interrupted: 0, sent: 1 })
})

test('what arrived before the line broke is not sent again', async () => {
  const cloud = cloudOf(['half', 'lost', 'ok', 'moved'])
  const { end, told } = await send(cloud.transport)
  expect(end).toEqual({ type: 'accepted' })
  expect(cloud.parts).toEqual([200, 400, 300])
  expect(cloud.kept()).toEqual(bytes)
  expect(told.interrupted).toBe(2)
})

test('an upload of another tab is continued with the same file only', async () => {
  const same = cloudOf([], bytes.slice(0, 300))
  expect((await send(same.transport)).end).toEqual({ type: 'accepted' })
  expect(same.parts).toEqual([400, 300])

  const other = cloudOf(
    [],
    Uint8Array.from({ length: 300 }, () => 7),
  )
  expect((await send(other.transport)).end).toMatchObject({
    type: 'refused',
    error: { detail: { reason: 'other_file' } },
  })
  expect(other.parts).toEqual([])
  const short = cloudOf([])
  expect((await send(short.transport, new Blob([bytes.slice(1)]))).end).toMatchObject({ type: 'refused' })
})

test('when the last answer is lost, the image says what became of it', async () => {
  const cloud = cloudOf([])
  const outcomes: Outcome[] = ['waiting', 'stored']
  let finished = 0
  const transport: Transport = {
    ...cloud.transport,
    finish: () => {
      finished++
      return Promise.reject(new Lost())
    },
    outcome: async () => outcomes.shift() ?? 'stored',
  }
  expect((await send(transport)).end).toEqual({ type: 'accepted' })
  expect([finished, outcomes]).toEqual([2, []])
  outcomes.push('waiting')
  const refused = { ...transport, outcome: () => Promise.reject(new Refused(refusal)) }
  expect((await send(refused)).end).toEqual({ type: 'refused', error: refusal })
})

test('nothing is told after it was stopped', async () => {
  const cloud = cloudOf([])
  let told = 0
  const stop = sendFile(cloud.transport, new Blob([bytes]), {
    onPlaced: () => told++,
    onProgress: () => told++,
    onInterrupted: () => told++,
    onSent: () => told++,
    onEnd: () => told++,
  })
  stop()
  const before = told
  await new Promise((resolve) => setTimeout(resolve, 20))
  expect(told).toBe(before)
})
