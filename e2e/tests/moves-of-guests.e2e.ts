import { type Api, signIn, type TestCloud, until } from '@nephos/testbed'
import type { Page } from '@playwright/test'
import { removeInstances, settled, tinyImage } from '../support/cloud.ts'
import { machinesOf } from '../support/host.ts'
import { theLab } from '../support/lab.ts'
import { chooseAction, expect, fact, rowOf, signInAs, test } from '../support/test.ts'

/** Guests move and are rescued from a lost host, by what an administrator does in the browser. */
let lab: TestCloud
let api: Api
let page: Page
const ids: Record<string, string> = {}
const stopped: number[] = []

test.describe.configure({ mode: 'serial', timeout: 300_000 })

test.beforeAll(async ({ browser }) => {
  test.setTimeout(300_000)
  lab = await theLab()
  const admin = { name: 'admin', password: lab.adminPassword }
  ;({ api } = await signIn(lab.apiUrl, { ...admin, project: 'demo' }))
  const [{ items: networks }, imageId] = await Promise.all([
    api.network.networks.list.query({}),
    tinyImage(api),
  ])
  // Everything is to be lost with one host.
  const { items: hosts } = await api.compute.hosts.list.query({})
  const other = hosts.find(({ name }) => name === 'host2')!.id
  await api.compute.hosts.update.mutate({ id: other, enabled: false })
  for (const name of ['nomad', 'survivor', 'unwanted']) {
    const { instances } = await api.compute.instances.create.mutate({
      name,
      flavorId: '42',
      imageId,
      networkIds: [networks[0]!.id],
    })
    ids[name] = instances[0]!.id
  }
  await settled(api, Object.values(ids), ['ACTIVE'])
  await api.compute.hosts.update.mutate({ id: other, enabled: true })
  page = await browser.newPage({ baseURL: lab.webUrl })
  await signInAs(page, admin, `/instances/${ids.nomad}`)
})

test.afterAll(async () => {
  // A test that failed in the middle leaves nobody stopped.
  for (const pid of stopped) kill(pid, 'SIGKILL')
  await page?.close()
  if (!api) return
  const { items } = await api.compute.instances.list.query({})
  const left = Object.values(ids).filter((id) => items.some((row) => row.id === id))
  await removeInstances(api, left)
})

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // It has ended.
  }
}
const show = (name: string) => api.compute.instances.show.query({ id: ids[name]! })
const state = () => fact(page, 'State')
/** Running machines of an instance; a simulated one has no process. */
const machines = (name: string) => (lab.info().simulated ? 1 : machinesOf(ids[name]!).length)

test('a guest moves while it runs, and its page says how far it is', async () => {
  const before = lab.info().simulated ? [] : machinesOf(ids.nomad!)
  await chooseAction(page, 'nomad', 'Resize and move', 'Live migrate')
  await page
    .getByRole('dialog', { name: 'Live migrate nomad' })
    .getByRole('button', { name: 'Live migrate' })
    .click()
  const move = page.getByRole('region', { name: 'Move of nomad' })
  await expect(move).toContainText('Live migration')
  await expect(move.getByRole('progressbar')).toBeVisible()
  await expect(move).toHaveCount(0, { timeout: 90_000 })
  await expect(state()).toContainText('Running')
  await expect(fact(page, 'Host')).toHaveText('host2')
  expect(await show('nomad')).toMatchObject({ hostName: 'host2', vmState: 'active' })
  await expect.poll(() => machines('nomad')).toBe(1)
  if (!lab.info().simulated) expect(machinesOf(ids.nomad!)).not.toEqual(before)
})

test('it is migrated back while it is off, and the move is confirmed', async () => {
  await chooseAction(page, 'nomad', 'Resize and move', 'Migrate')
  await page.getByRole('dialog', { name: 'Migrate nomad' }).getByRole('button', { name: 'Migrate' }).click()
  const note = page.getByRole('note')
  await expect(note).toContainText('migrated from host2 to host1', { timeout: 90_000 })
  await note.getByRole('button', { name: 'Confirm' }).click()
  await expect(state()).toContainText('Running', { timeout: 60_000 })
  await expect(note).toHaveCount(0)
  await expect(fact(page, 'Host')).toHaveText('host1')
  await expect.poll(() => machines('nomad')).toBe(1)
})

test('a host that gives no sign of life is seen to be down', async () => {
  // Its machines go on: from here nobody can tell that from a host that has lost its power.
  for (const name of ['compute-host1', 'network-host1']) {
    const pid = lab.pidOf(name)
    stopped.push(pid)
    process.kill(pid, 'SIGSTOP')
  }
  await page.goto('/admin/hosts')
  await expect(rowOf(page, 'host1')).toContainText('Down', { timeout: 60_000 })
  await expect(rowOf(page, 'host2')).toContainText('Up')
})

test('an instance of it is deleted without it', async () => {
  await page.goto(`/instances/${ids.unwanted}`)
  await page.getByRole('button', { name: 'Actions of unwanted', exact: true }).click()
  await page.getByRole('menuitem', { name: 'Delete', exact: true }).press('Enter')
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await until('it is gone', async () => {
    const { items } = await api.compute.instances.list.query({})
    return !items.some(({ id }) => id === ids.unwanted)
  })
  expect(machines('unwanted')).toBe(1)
})

test('its other instances are evacuated, and run elsewhere', async () => {
  await page.goto('/admin/hosts')
  await page.getByRole('button', { name: 'Actions of host1' }).click()
  await expect(page.getByRole('menuitem', { name: /^Drain/ })).toHaveAttribute('aria-disabled', 'true')
  await page.getByRole('menuitem', { name: 'Evacuate', exact: true }).click()
  const panel = page.getByRole('dialog', { name: 'Evacuate: host1' })
  await panel.getByRole('button', { name: 'Evacuate 2 instances' }).click()
  for (const name of ['nomad', 'survivor'])
    await expect(panel.getByRole('listitem').filter({ hasText: name })).toContainText('Accepted')
  await panel.getByRole('button', { name: 'Cancel' }).click()
  for (const name of ['nomad', 'survivor']) {
    await page.goto(`/instances/${ids[name]}`)
    await expect(fact(page, 'Host')).toHaveText('host2', { timeout: 90_000 })
    await expect(state()).toContainText('Running', { timeout: 90_000 })
  }
  await page.goto('/admin/migrations?kind=evacuation')
  for (const name of ['nomad', 'survivor']) await expect(rowOf(page, name)).toContainText('Done')
})

test('the lost host comes back, and nothing runs twice', async () => {
  await page.goto('/admin/hosts')
  if (!lab.info().simulated) expect(machines('survivor'), 'the lost host still runs its own').toBe(2)
  for (const pid of stopped.splice(0)) kill(pid, 'SIGKILL')
  await expect(rowOf(page, 'host1')).toContainText('Up', { timeout: 60_000 })
  for (const name of ['nomad', 'survivor']) {
    await expect.poll(() => machines(name), { timeout: 60_000 }).toBe(1)
    expect(await show(name)).toMatchObject({ hostName: 'host2', vmState: 'active', taskState: null })
  }
  if (!lab.info().simulated) expect(machines('unwanted')).toBe(0)
})
