import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadConfig, type NephosConfig } from '@nephos/config'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { MachineSpec } from './compute/driver.ts'
import { createComputeDriver } from './compute/drivers/index.ts'
import { tearDownHost } from './tear-down-host.ts'

const log = { info: () => {}, warn: () => {}, error: () => {} }
const instanceId = '0190a0b0-0000-7000-8000-000000000001'
const spec: MachineSpec = {
  instanceId,
  name: 'a',
  vcpus: 1,
  ramMib: 64,
  diskGib: 1,
  image: { imageId: '0190a0b0-0000-7000-8000-000000000002', sha512: 'ab', format: 'qcow2' },
  nics: [],
  netns: null,
}
let config: NephosConfig

beforeEach(async () => {
  config = loadConfig({
    env: {},
    overrides: {
      home: mkdtempSync(join(tmpdir(), 'nephos-teardown-')),
      computeDriver: 'simulated',
      networkDriver: 'simulated',
    },
  })
  const driver = await createComputeDriver(config, log)
  await driver.createDisk(spec)
  await driver.start(spec)
  await driver.close()
})
afterEach(() => rmSync(config.home, { recursive: true }))

const statuses = async () => {
  const driver = await createComputeDriver(config, log)
  const found = await driver.adopt()
  await driver.close()
  return found.map(({ powerState }) => powerState)
}

it('ends what runs and keeps it for the next start', async () => {
  expect(await statuses()).toEqual([1])
  expect(await tearDownHost(config, log, { destroy: false })).toMatchObject({ machines: 1 })
  expect(await statuses()).toEqual([4])
  expect(await tearDownHost(config, log, { destroy: false })).toMatchObject({ machines: 0 })
})

it('removes everything when told to', async () => {
  await tearDownHost(config, log, { destroy: true })
  expect(await statuses()).toEqual([])
})
