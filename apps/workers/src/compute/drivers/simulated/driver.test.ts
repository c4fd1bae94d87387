import { randomUUID } from 'node:crypto'
import { appendFileSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { MachineEvent, MachineSpec } from '../../driver.ts'
import { SimulatedDriver } from './driver.ts'

let dir: string
let driver: SimulatedDriver
let events: MachineEvent[]
const open = () => {
  events = []
  driver = new SimulatedDriver({
    instancesDir: dir,
    vcpus: 10,
    ramMib: 1_000,
    diskGib: 100,
    consoleLogBytes: 65_536,
    bootMs: 10,
  })
  driver.onEvent((event) => events.push(event))
}
const spec = (name = 'vm'): MachineSpec => ({
  instanceId: randomUUID(),
  name,
  vcpus: 1,
  ramMib: 256,
  diskGib: 1,
  image: { imageId: 'i', sha512: 'a'.repeat(128), format: 'qcow2' },
  nics: [{ portId: 'p', mac: 'fa:16:3e:00:00:01', tap: 'tap1', mtu: 1450 }],
  netns: null,
})
const made = async (name?: string) => {
  const machine = spec(name)
  await driver.createDisk(machine)
  return machine
}
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'nephos-simulated-'))
  open()
})
afterEach(async () => {
  await driver.close()
  rmSync(dir, { recursive: true })
})

it('starts, says that its guest is ready, stops and leaves nothing', async () => {
  const machine = await made()
  const { instanceId } = machine
  expect(await driver.status(instanceId)).toMatchObject({ powerState: 4 })
  expect(await driver.start(machine)).toEqual({ instanceId, powerState: 1, pid: null })
  expect(await driver.start(machine)).toMatchObject({ powerState: 1 })
  await expect.poll(() => events).toEqual([{ instanceId, kind: 'guest-ready' }])
  const { text } = await driver.readConsole(instanceId, 0, 65_536)
  expect(text).toContain('This machine is simulated')
  expect(text).toContain('READY vm (simulated)')
  await driver.stop(instanceId, { timeoutMs: 1_000 })
  expect(await driver.list()).toEqual([{ instanceId, powerState: 4, pid: null }])
  expect(await driver.reboot(machine, { hard: false, timeoutMs: 0 })).toMatchObject({ powerState: 1 })
  await driver.destroy(instanceId)
  await driver.destroy(instanceId)
  expect(await driver.list()).toEqual([])
  expect(readdirSync(dir)).toEqual([])
})

it('finds its machines again, and goes on with a boot that was under way', async () => {
  const [on, off] = [await made('on'), await made('off')]
  await driver.start(on)
  await driver.close()
  open()
  const adopted = await driver.adopt()
  expect(adopted).toHaveLength(2)
  expect(adopted).toContainEqual({ instanceId: on.instanceId, powerState: 1, pid: null })
  expect(adopted).toContainEqual({ instanceId: off.instanceId, powerState: 4, pid: null })
  await expect.poll(() => events).toEqual([{ instanceId: on.instanceId, kind: 'guest-ready' }])
})

it('fails where the name asks for it, as a driver failure', async () => {
  await expect(made('fail-disk-a')).rejects.toMatchObject({ code: 'driver_failed' })
  await expect(driver.start(await made('fail-start-a'))).rejects.toMatchObject({ code: 'driver_failed' })
  const stuck = await made('fail-stop-a')
  await driver.start(stuck)
  await expect(driver.stop(stuck.instanceId, { timeoutMs: 0 })).rejects.toMatchObject({
    code: 'driver_failed',
  })
  await driver.destroy(stuck.instanceId)
  expect(existsSync(join(dir, stuck.instanceId))).toBe(false)
  await expect(driver.start(spec())).rejects.toThrow(/has no disk/)
})

it('crashes and powers off by itself where the name asks for it', async () => {
  const [crash, off] = [await made('crash-a'), await made('power-off-a')]
  await Promise.all([driver.start(crash), driver.start(off)])
  await expect.poll(() => events).toHaveLength(2)
  expect(events).toContainEqual({ instanceId: crash.instanceId, kind: 'crashed' })
  expect(events).toContainEqual({ instanceId: off.instanceId, kind: 'powered-off' })
  expect(await driver.status(crash.instanceId)).toMatchObject({ powerState: 6 })
  await driver.stop(crash.instanceId, { timeoutMs: 0 })
  expect(await driver.status(crash.instanceId)).toMatchObject({ powerState: 4 })
})

it('lets a stop be cancelled while a deaf guest is asked, and forces it after the timeout', async () => {
  const deaf = await made('deaf-a')
  await driver.start(deaf)
  const controller = new AbortController()
  const stop = driver.stop(deaf.instanceId, { timeoutMs: 10_000, signal: controller.signal })
  controller.abort()
  await expect(stop).rejects.toMatchObject({ code: 'cancelled' })
  expect(await driver.status(deaf.instanceId)).toMatchObject({ powerState: 1 })
  await driver.stop(deaf.instanceId, { timeoutMs: 10 })
  expect(await driver.status(deaf.instanceId)).toMatchObject({ powerState: 4 })
})

it('goes by the last whole state when its predecessor died while it wrote one', async () => {
  const machine = await made()
  await driver.start(machine)
  await driver.close()
  appendFileSync(join(dir, machine.instanceId, 'simulated.jsonl'), '{"version":1,"state":"of')
  open()
  expect(await driver.adopt()).toMatchObject([{ powerState: 1 }])
})
