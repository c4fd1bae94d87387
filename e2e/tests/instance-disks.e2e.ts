import { until } from '@nephos/testbed'
import type { Page } from '@playwright/test'
import {
  emptyProject,
  makeNetwork,
  makeTenant,
  settled,
  type Tenant,
  theCloud,
  tinyImage,
} from '../support/cloud.ts'
import { machinesOf } from '../support/host.ts'
import { chooseAction, expect, fact, signInAs, test } from '../support/test.ts'

/** What is done with the disks of an instance: images and backups of them, new ones, and putting them away. */
const cloud = theCloud()
const real = cloud.info().drivers?.compute.driver === 'qemu'
let tenant: Tenant
let id: string
let page: Page

test.describe.configure({ mode: 'serial', timeout: 300_000 })

test.beforeAll(async ({ browser }) => {
  tenant = await makeTenant('disks')
  const { instances } = await tenant.api.compute.instances.create.mutate({
    name: 'disks',
    flavorId: '42',
    imageId: await tinyImage(tenant.api),
    networkIds: [await makeNetwork(tenant.api, 'disks', '10.76.0.0/24')],
  })
  id = instances[0]!.id
  await settled(tenant.api, [id], ['ACTIVE'])
  page = await browser.newPage({ baseURL: cloud.webUrl })
  await signInAs(page, { name: tenant.user.name, password: tenant.password }, `/instances/${id}`)
})

test.afterAll(async () => {
  await page?.close()
  await emptyProject(tenant)
  const { items } = await tenant.api.image.images.list.query({})
  for (const image of items)
    if (image.projectId === tenant.project.id) await tenant.api.image.images.delete.mutate({ id: image.id })
})

const act = (action: string) => chooseAction(page, 'disks', 'Snapshot and backup', action)
const state = () => fact(page, 'State')
const running = async () => {
  await expect(state()).toContainText('Running', { timeout: 120_000 })
  if (real) await expect(state()).toContainText('guest ready', { timeout: 180_000 })
}
const copies = () => page.getByRole('list', { name: 'Images of disks' }).getByRole('listitem')
const copy = (name: string) => copies().filter({ hasText: name })
const usable = (name: string) => expect(copy(name)).toContainText('Ready', { timeout: 120_000 })

test('an image of its disk, while it runs', async () => {
  await running()
  await page.getByRole('button', { name: 'Create image', exact: true }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name of the image').fill('golden')
  await dialog.getByRole('button', { name: 'Create image' }).click()
  await usable('golden')
  await running()
  const { items } = await tenant.api.image.images.list.query({ search: 'golden' })
  expect(items).toMatchObject([{ name: 'golden', status: 'active', projectId: tenant.project.id }])
  expect(items[0]!.size).toBeGreaterThan(0)
})

test('a rebuild from that image: new disks, the same address', async () => {
  const before = await tenant.api.compute.instances.show.query({ id })
  const machine = machinesOf(id)
  await act('Rebuild')
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Image', { exact: true }).click()
  await page.getByRole('option', { name: 'golden' }).click()
  await dialog.getByRole('button', { name: 'Rebuild' }).click()
  await expect(fact(page, 'Image')).toHaveText('golden', { timeout: 120_000 })
  await running()
  const after = await tenant.api.compute.instances.show.query({ id })
  expect(after.addresses).toEqual(before.addresses)
  expect(after.imageName).toBe('golden')
  if (real) {
    expect(machinesOf(id)).toHaveLength(1)
    expect(machinesOf(id)).not.toEqual(machine)
  }
})

test('a backup, of which one stays', async () => {
  for (const name of ['first', 'second']) {
    await act('Back up')
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Name of the image').fill(name)
    await dialog.getByLabel('Keep').fill('1')
    await dialog.getByRole('button', { name: 'Back up' }).click()
    await usable(name)
    await running()
  }
  await expect(copy('second')).toContainText('daily')
  await expect(copy('first')).toHaveCount(0, { timeout: 60_000 })
})

test('shelved, nothing of it runs; unshelved, it is back with its address', async () => {
  const { addresses } = await tenant.api.compute.instances.show.query({ id })
  await act('Shelve')
  const question = page.getByRole('dialog', { name: 'Shelve this instance?' })
  await expect(question).toContainText('disks')
  await question.getByRole('button', { name: 'Shelve' }).click()
  const note = page.getByRole('note')
  await expect(note).toContainText('its root disk is kept as an image', { timeout: 120_000 })
  await expect(note).toContainText('it takes no room on any host', { timeout: 120_000 })
  await expect(state()).toContainText('Shelved')
  expect(machinesOf(id)).toEqual([])
  await expect(page.getByRole('button', { name: 'Stop', exact: true })).toBeDisabled()
  await note.getByRole('button', { name: 'Unshelve' }).click()
  await expect(note).toHaveCount(0, { timeout: 120_000 })
  await running()
  expect((await tenant.api.compute.instances.show.query({ id })).addresses).toEqual(addresses)
  expect(machinesOf(id)).toHaveLength(real ? 1 : 0)
})

test('backups by themselves: the schedule says when the next one comes, and it comes', async () => {
  await page.getByRole('button', { name: 'Schedule backups' }).click()
  const dialog = page.getByRole('dialog', { name: 'Scheduled backups of disks' })
  await dialog.getByLabel('How often').click()
  await page.getByRole('option', { name: 'Every hour' }).click()
  await dialog.getByLabel('Keep').fill('0')
  await expect(dialog.getByRole('button', { name: 'Save schedule' })).toBeDisabled()
  await dialog.getByLabel('Keep').fill('2')
  const now = new Date()
  const two = (value: number) => String(value).padStart(2, '0')
  await dialog
    .getByLabel('Next one at')
    .fill(
      `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}T${two(now.getHours())}:${two(now.getMinutes())}`,
    )
  await dialog.getByRole('button', { name: 'Save schedule' }).click()
  await expect(page.getByText('A backup every hour, of which 2 stay.')).toBeVisible()
  const before = await copies().count()
  await until(
    'a backup was begun by itself',
    async () =>
      (await tenant.api.compute.backups.show.query({ instanceId: id })).schedule!.nextAt > now &&
      (await copies().count()) > before,
    { timeoutMs: 180_000 },
  )
  await running()
  await page.getByRole('button', { name: 'Edit schedule' }).click()
  await dialog.getByLabel('Keep').fill('3')
  await dialog.getByRole('button', { name: 'Save schedule' }).click()
  await expect(page.getByText('of which 3 stay.')).toBeVisible()
  await page.getByRole('button', { name: 'End schedule' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'End schedule' }).click()
  await expect(page.getByText('No backups are scheduled.')).toBeVisible()
})

test('the history has all of it', async () => {
  await page.getByRole('tab', { name: 'Operations' }).click()
  const history = page.getByRole('list', { name: 'History' })
  for (const done of [
    'Image created',
    'Rebuilt',
    'Backed up',
    'Shelved',
    'Unshelved',
    'Backups scheduled',
    'Scheduled backups ended',
  ])
    await expect(history.getByText(done, { exact: true }).first()).toBeVisible()
})
