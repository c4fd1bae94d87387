import { type Api, signIn, startCloud, type TestCloud, until } from '@nephos/testbed'
import type { Page } from '@playwright/test'
import { expect, expectSameDocument, fact, markDocument, signInAs, test } from '../support/test.ts'

/** A host is emptied as a plan, in a lab of two simulated hosts: what its page says before, meanwhile and afterwards. */
let lab: TestCloud
let api: Api
let page: Page
const hosts: Record<string, string> = {}
const ids: Record<string, string> = {}

test.describe.configure({ mode: 'serial', timeout: 300_000 })

test.beforeAll(async ({ browser }) => {
  test.setTimeout(400_000)
  lab = await startCloud({
    hosts: 2,
    NEPHOS_COMPUTE_DRIVER: 'simulated',
    NEPHOS_NETWORK_DRIVER: 'simulated',
  })
  const admin = { name: 'admin', password: lab.adminPassword }
  ;({ api } = await signIn(lab.apiUrl, { ...admin, project: 'demo' }))
  for (const { id, name } of (await api.compute.hosts.list.query({})).items) hosts[name] = id
  await api.compute.hosts.update.mutate({ id: hosts.host2!, enabled: false, disabledReason: 'not yet' })
  const [images, networks] = await Promise.all([
    api.image.images.list.query({}),
    api.network.networks.list.query({ external: false }),
  ])
  // The name of the last but two has its simulated guest refuse to move.
  for (const name of ['calm-1', 'calm-2', 'calm-3', 'calm-4', 'fail-move-1', 'asleep', 'held']) {
    const { instances } = await api.compute.instances.create.mutate({
      name,
      flavorId: '42',
      imageId: images.items[0]!.id,
      networkIds: [networks.items[0]!.id],
    })
    ids[name] = instances[0]!.id
  }
  await reached('ACTIVE', Object.keys(ids))
  await api.compute.instances.stop.mutate({ id: ids.asleep! })
  await api.compute.instances.suspend.mutate({ id: ids.held! })
  await reached('SHUTOFF', ['asleep'])
  await reached('SUSPENDED', ['held'])
  await api.compute.hosts.update.mutate({ id: hosts.host2!, enabled: true })
  page = await browser.newPage({ baseURL: lab.webUrl })
  await signInAs(page, admin, `/admin/hosts/${hosts.host1}`)
})

test.afterAll(async () => {
  await page?.close()
  await lab?.destroy()
})

const reached = (status: string, names: string[]) =>
  until(
    `${names.join(', ')}: ${status}`,
    async () => {
      const rows = await Promise.all(
        names.map((name) => api.compute.instances.show.query({ id: ids[name]! })),
      )
      return rows.every((row) => row.status === status && row.taskState === null)
    },
    { timeoutMs: 90_000 },
  )
const hostOf = async (name: string) => (await api.compute.instances.show.query({ id: ids[name]! })).hostName
const lastDrain = async (host: string) =>
  (await api.compute.drains.list.query({ hostId: hosts[host]!, limit: 1 })).items[0]!
const drainCard = (title: string) =>
  page.locator('section').filter({ has: page.getByRole('heading', { name: title, exact: true }) })
const leaving = (host: string, name: string) =>
  page
    .getByRole('list', { name: `Instances that leave ${host}` })
    .getByRole('listitem')
    .filter({ has: page.getByRole('link', { name, exact: true }) })

async function openPlan(host: string) {
  await page.getByRole('button', { name: `Actions of ${host}` }).click()
  await page.getByRole('menuitem', { name: 'Drain', exact: true }).click()
  return page.getByRole('dialog', { name: `Drain: ${host}` })
}

test('the plan has a verdict for each instance before anything moves', async () => {
  const panel = await openPlan('host1')
  await expect(panel).toContainText(
    '5 instances move while they run, 1 moves while it is off, 1 stays. The host is disabled, and stays so',
  )
  const verdict = (name: string) =>
    panel.getByRole('region', { name: 'Plan' }).getByRole('listitem').filter({ hasText: name })
  await expect(verdict('calm-1')).toContainText('live')
  await expect(verdict('asleep')).toContainText('while off')
  await expect(verdict('held')).toContainText('Its memory is saved on this host; resume it first.')
  await panel.getByLabel('At the same time').fill('0')
  await expect(panel.getByRole('button', { name: 'Begin drain' })).toBeDisabled()
  expect((await api.compute.drains.list.query({})).items).toEqual([])
  expect(await hostOf('calm-1')).toBe('host1')
})

test('it begins, is paused and goes on, while one looks', async () => {
  await markDocument(page)
  const panel = page.getByRole('dialog', { name: 'Drain: host1' })
  await panel.getByLabel('At the same time').fill('1')
  await panel.getByLabel('Reason').fill('Its power supply is replaced')
  await panel.getByRole('button', { name: 'Begin drain' }).click()
  await expect(panel).toHaveCount(0)
  const card = drainCard('Drain')
  await card.getByRole('button', { name: 'Pause' }).click()
  await expect(card).toContainText('Paused')
  await expect(fact(page, 'State')).toHaveText('Up, disabled')
  await expect(fact(page, 'Because')).toHaveText('Its power supply is replaced')
  await until('nothing is on the way', async () => (await lastDrain('host1')).counts.moving === 0)
  const { counts, status } = await lastDrain('host1')
  expect(status).toBe('paused')
  expect(counts.waiting).toBeGreaterThan(0)
  await expect(leaving('host1', 'asleep')).toContainText('Waiting')

  await card.getByRole('button', { name: 'Resume' }).click()
  const over = drainCard('Last drain')
  await expect(over).toContainText('Done, not empty', { timeout: 120_000 })
  await expect(over).toContainText('5 moved, 1 failed, 1 staying')
  await expectSameDocument(page)
})

test('each instance says what became of it, and is where that says', async () => {
  for (const name of ['calm-1', 'calm-2', 'calm-3', 'calm-4', 'asleep']) {
    await expect(leaving('host1', name)).toContainText('to host2')
    await expect(leaving('host1', name)).toContainText('Moved')
    expect(await hostOf(name)).toBe('host2')
  }
  await expect(leaving('host1', 'held')).toContainText('Stays')
  await expect(leaving('host1', 'held')).toContainText('resume it first')
  await expect(leaving('host1', 'fail-move-1')).toContainText('does not move, as its name asks')
  expect(await hostOf('held')).toBe('host1')
  expect(await hostOf('fail-move-1')).toBe('host1')
  expect(await api.compute.instances.show.query({ id: ids['calm-1']! })).toMatchObject({
    vmState: 'active',
    taskState: null,
  })
  expect(await api.compute.instances.show.query({ id: ids.asleep! })).toMatchObject({ vmState: 'stopped' })
})

test('one that is aborted leaves the others where they are', async () => {
  await api.compute.hosts.update.mutate({ id: hosts.host1!, enabled: true })
  await page.goto(`/admin/hosts/${hosts.host2}`)
  const panel = await openPlan('host2')
  await panel.getByLabel('At the same time').fill('1')
  await panel.getByRole('button', { name: 'Begin drain' }).click()
  await drainCard('Drain').getByRole('button', { name: 'Abort' }).click()
  const over = drainCard('Last drain')
  await expect(over).toContainText('Aborted')
  await until('nothing is on the way', async () => (await lastDrain('host2')).counts.moving === 0)
  const { counts, status } = await lastDrain('host2')
  expect(status).toBe('aborted')
  expect(counts.skipped).toBeGreaterThan(0)
  await expect(over).toContainText(`${counts.skipped} left out`)
  await expect(leaving('host2', 'asleep')).toContainText('aborted before its turn came')
  expect(await hostOf('asleep')).toBe('host2')
  await expect(fact(page, 'State')).toHaveText('Up, disabled')
})
