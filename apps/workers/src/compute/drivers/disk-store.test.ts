import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { DiskStore, StoredDisks } from './disk-store.ts'

const id = '5b0a3c56-6f1d-4d50-9d2b-6f6c6f0a1c11'
let dir: string
let one: DiskStore
let two: DiskStore

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'nephos-store-'))
  one = new DiskStore(join(dir, 'disks'), 'host1')
  two = new DiskStore(join(dir, 'disks'), 'host2')
})
afterEach(() => rm(dir, { recursive: true, force: true }))

const make = async (store: DiskStore) => {
  await store.claim(id)
  mkdirSync(store.disks(id), { recursive: true })
  writeFileSync(join(store.disks(id), 'root.qcow2'), 'data')
}
const there = () => existsSync(join(one.disks(id), 'root.qcow2'))

it('removes disks with the last host that has a part in them, whichever that is', async () => {
  await make(one)
  await two.claim(id)
  expect(await one.others(id)).toEqual(['host2'])
  await two.release(id)
  await two.release(id)
  expect(there()).toBe(true)
  await two.claim(id)
  await one.release(id)
  await one.release(id)
  expect(there()).toBe(true)
  expect(await one.others(id)).toEqual(['host2'])
  await two.release(id)
  expect(existsSync(join(dir, 'disks', id))).toBe(false)
  await two.release(id)
})

it('ends the part of a host that is lost, and keeps the disks for the one that has them now', async () => {
  await make(one)
  const storage = new StoredDisks(two, { uid: null, isStored: async () => true })
  expect(await storage.adopt(id)).toBe(true)
  await storage.dismiss(id, 'host1')
  await one.release(id)
  expect(there()).toBe(true)
  await two.release(id)
  expect(there()).toBe(false)
  expect(await storage.adopt(id)).toBe(false)
})

it('says of storage that is the same that it is, and of another that it is not', async () => {
  expect(await one.open()).toBe(await two.open())
  const apart = new DiskStore(join(dir, 'other'), 'host2')
  expect(await apart.open()).not.toBe(await one.open())
  const hosts = await Promise.all(
    Array.from({ length: 8 }, (_, n) => new DiskStore(join(dir, 'new'), `host${n}`).open()),
  )
  expect(new Set(hosts).size).toBe(1)
  expect(readdirSync(join(dir, 'new')).sort()).toEqual(['images', 'probes', 'storage-id'])
})

it('finds out by a file whether another host sees the disks', async () => {
  const storage = (store: DiskStore | null, uid: number | null = null) =>
    new StoredDisks(store, { uid, isStored: async () => true })
  await Promise.all([one.open(), two.open()])
  await make(one)
  const probe = (await storage(one).offer(id))!
  expect(await storage(two).sees(id, probe)).toBe(true)
  expect(await storage(two).sees(id, { ...probe, text: 'something else' })).toBe(false)
  expect(await storage(null).sees(id, probe)).toBe(false)
  expect(await storage(null).offer(id)).toBeNull()
  const apart = new DiskStore(join(dir, 'other'), 'host2')
  await apart.open()
  expect(await storage(apart).sees(id, probe)).toBe(false)
  // Seen, and not to be opened by QEMU's user over there: copying would write over it.
  await expect(storage(two, 4_242).sees(id, probe)).rejects.toMatchObject({
    code: 'driver_failed',
    field: 'qemu_user',
  })
  await storage(one).withdraw(probe)
  expect(await storage(two).sees(id, probe)).toBe(false)
})

it('removes what its own former process left to be looked at, not what others did', async () => {
  await one.open()
  await one.leaveProbe(null)
  const other = await two.leaveProbe(null)
  await one.open()
  expect(readdirSync(join(dir, 'disks/probes'))).toEqual([other.name])
})

it('says what is wrong with a directory that it cannot use', async () => {
  writeFileSync(join(dir, 'file'), '')
  await expect(new DiskStore(join(dir, 'file'), 'host1').open()).rejects.toMatchObject({
    code: 'driver_failed',
    field: 'instances_directory',
  })
})
