import { type Api, signIn, type TestCloud, until } from '@nephos/testbed'
import { expect, test } from '@playwright/test'
import { removeInstances, settled, tinyImage } from '../support/cloud.ts'
import { machinesOf } from '../support/host.ts'
import { theLab } from '../support/lab.ts'

/** A guest moves between two hosts while its processes are killed: it runs on one of them, whatever happens. */
let lab: TestCloud
let api: Api
let id: string

test.describe.configure({ mode: 'serial', timeout: 300_000 })

test.beforeAll(async () => {
  lab = await theLab()
  ;({ api } = await signIn(lab.apiUrl, { name: 'admin', password: lab.adminPassword, project: 'demo' }))
  const [{ items: networks }, imageId] = await Promise.all([
    api.network.networks.list.query({ external: false }),
    tinyImage(api),
  ])
  const { instances } = await api.compute.instances.create.mutate({
    name: 'traveller',
    flavorId: '42',
    imageId,
    networkIds: [networks[0]!.id],
    userData: '#!/bin/sh\n(i=0; while :; do i=$((i+1)); echo tick $i > /dev/console; sleep 0.5; done) &\n',
  })
  id = instances[0]!.id
  await settled(api, [id], ['ACTIVE'])
})

test.afterAll(async () => {
  if (id) await removeInstances(api, [id])
})

const show = () => api.compute.instances.show.query({ id })
const lastTick = async (): Promise<number> => {
  const { text } = await api.compute.instances.console.query({ id, offset: -4_000, limit: 4_000 })
  return Number([...text.matchAll(/tick (\d+)/g)].at(-1)?.[1] ?? 0)
}

/** The guest counts on: it was not started anew, and there is one of it. */
async function expectOneGuest(from: number): Promise<void> {
  await expect.poll(lastTick, { timeout: 90_000 }).toBeGreaterThan(from + 5)
  await expect.poll(() => machinesOf(id).length, { timeout: 90_000 }).toBe(1)
}

for (const [victim, status] of [
  ['source', 'running'],
  ['destination', 'running'],
  ['source', 'completing'],
  ['destination', 'post-migrating'],
] as const)
  test(`the worker of the ${victim} is killed when a live migration is ${status}`, async () => {
    test.skip(lab.info().simulated, 'simulated guests count nothing')
    await expect.poll(lastTick, { timeout: 120_000 }).toBeGreaterThan(3)
    const [source, counted] = [(await show()).hostName!, await lastTick()]
    const { migrationId } = await api.compute.instances.liveMigrate.mutate({ id })
    const look = async () => {
      const { items } = await api.compute.migrations.list.query({ instanceId: id })
      return items.find((one) => one.id === migrationId)!
    }
    // Where the moment is over too soon, the kill comes a little later: that has to be survived, too.
    const seen = await until(
      `the migration is ${status}`,
      async () => {
        const now = await look()
        return (now.status === status || now.endedAt !== null) && now
      },
      { timeoutMs: 60_000, everyMs: 20 },
    )
    const name = `compute-${victim === 'source' ? source : seen.destHost}`
    await lab.restarted(name, lab.kill(name))
    const ended = await until(
      'the migration is over',
      async () => {
        const now = await look()
        return now.endedAt !== null && now
      },
      { timeoutMs: 180_000 },
    )
    const [row] = await settled(api, [id], ['ACTIVE'])
    expect(row!.hostName).toBe(ended.status === 'completed' ? ended.destHost : source)
    await expectOneGuest(counted)
  })
