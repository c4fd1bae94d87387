import { randomBytes, randomUUID } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type Door, openDoor } from './door.ts'
import { fetchFiles } from './fetch.ts'

let root: string
let door: Door | undefined
const disk = randomBytes(3 * 1024 * 1024 + 17)
const underlay = { address: '127.0.0.1', netns: null }
const quiet = { signal: new AbortController().signal, onProgress: () => {}, netns: null }

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'nephos-transfer-'))
  await mkdir(join(root, 'from'))
  await mkdir(join(root, 'to'))
  await writeFile(join(root, 'from/root.qcow2'), disk)
  await writeFile(join(root, 'from/empty'), '')
  await writeFile(join(root, 'from/secret'), 'not offered')
  door = await openDoor(
    { migrationId: randomUUID(), dir: join(root, 'from'), names: ['root.qcow2', 'empty'] },
    underlay,
  )
})
afterEach(async () => {
  await door?.close()
  await rm(root, { recursive: true, force: true })
})

it('brings the files over, byte for byte, and says how far it is', async () => {
  const seen: number[] = []
  await fetchFiles(door!.offer, join(root, 'to'), {
    ...quiet,
    onProgress: (done, total) => {
      expect(total).toBe(disk.length)
      seen.push(done)
    },
  })
  expect((await readFile(join(root, 'to/root.qcow2'))).equals(disk)).toBe(true)
  expect(await readFile(join(root, 'to/empty'))).toHaveLength(0)
  expect(seen.at(-1)).toBe(disk.length)
  expect(seen).toEqual(seen.toSorted((a, b) => a - b))
})

it('gives nothing to who has not the secret, and nothing that is not offered', async () => {
  const wrong = { ...door!.offer, secret: 'x'.repeat(43) }
  await expect(fetchFiles(wrong, join(root, 'to'), quiet)).rejects.toMatchObject({ code: 'driver_failed' })
  for (const name of ['secret', '..%2Ffrom%2Fsecret', '%2e%2e/from/secret'])
    await expect(
      fetchFiles({ ...door!.offer, files: [{ name, bytes: 11, mode: 0o600 }] }, join(root, 'to'), quiet),
    ).rejects.toMatchObject({ message: expect.stringContaining('404') })
})

it('takes no file that is not what was offered', async () => {
  await writeFile(join(root, 'from/root.qcow2'), disk.subarray(1))
  await expect(fetchFiles(door!.offer, join(root, 'to'), quiet)).rejects.toMatchObject({
    message: 'root.qcow2 did not arrive as it was sent.',
  })
  await expect(readFile(join(root, 'to/root.qcow2'))).rejects.toThrow()
})

it('ends when it is cancelled, and when the door is closed', async () => {
  const cancel = new AbortController()
  cancel.abort()
  await expect(
    fetchFiles(door!.offer, join(root, 'to'), { ...quiet, signal: cancel.signal }),
  ).rejects.toMatchObject({ code: 'cancelled' })
  await door!.close()
  await expect(fetchFiles(door!.offer, join(root, 'to'), quiet)).rejects.toMatchObject({
    code: 'driver_failed',
  })
  door = undefined
})
