import { type Api, signIn, startCloud, type TestCloud, until } from '@nephos/testbed'
import type { Page } from '@playwright/test'
import { chooseAction, expect, fact, rowOf, signInAs, test } from '../support/test.ts'

/** Other sizes and other hosts, in a lab of two simulated hosts: what is shown and asked on the way. */
let lab: TestCloud
let api: Api
let page: Page
let id: string
/** Its simulated guest changes its memory as fast as it is copied. */
let busy: string

test.describe.configure({ mode: 'serial', timeout: 300_000 })

test.beforeAll(async ({ browser }) => {
  lab = await startCloud({
    hosts: 2,
    NEPHOS_COMPUTE_DRIVER: 'simulated',
    NEPHOS_NETWORK_DRIVER: 'simulated',
    NEPHOS_RESIZE_CONFIRM_WINDOW: 3_600,
  })
  const admin = { name: 'admin', password: lab.adminPassword }
  ;({ api } = await signIn(lab.apiUrl, { ...admin, project: 'demo' }))
  const [images, networks] = await Promise.all([
    api.image.images.list.query({}),
    api.network.networks.list.query({ external: false }),
  ])
  const flavor = (name: string, vcpus: number, ramMib: number, diskGib: number) =>
    api.compute.flavors.create.mutate({ name, vcpus, ramMib, diskGib })
  const medium = await flavor('medium', 2, 1_024, 10)
  await flavor('wide', 4, 2_048, 20)
  await flavor('narrow', 1, 512, 5)
  const create = async (name: string) => {
    const { instances } = await api.compute.instances.create.mutate({
      name,
      flavorId: medium.id,
      imageId: images.items[0]!.id,
      networkIds: [networks.items[0]!.id],
    })
    const made = instances[0]!.id
    await until(`${name} is there`, async () => (await show(made)).status === 'ACTIVE', { timeoutMs: 90_000 })
    return made
  }
  id = await create('mover')
  busy = await create('busy-mover')
  page = await browser.newPage({ baseURL: lab.webUrl })
  await signInAs(page, admin, `/instances/${id}`)
})

test.afterAll(async () => {
  await page?.close()
  await lab?.destroy()
})

const show = (of = id) => api.compute.instances.show.query({ id: of })
const act = (action: string) => chooseAction(page, 'mover', 'Resize and move', action)
const state = () => fact(page, 'State')
const note = () => page.getByRole('note')

async function resizeTo(flavor: string) {
  await act('Resize')
  const dialog = page.getByRole('dialog', { name: 'Resize mover' })
  await expect(dialog.getByRole('button', { name: 'Resize' })).toBeDisabled()
  await dialog.getByRole('radio', { name: flavor }).click()
  await expect(dialog.getByRole('region', { name: 'What changes' })).toContainText('Memory1 GiB')
  await dialog.getByRole('button', { name: 'Resize' }).click()
  await expect(state()).toContainText('Confirm resize', { timeout: 60_000 })
}

test('a flavor whose disk is smaller is not offered, and says why', async () => {
  await act('Resize')
  const dialog = page.getByRole('dialog', { name: 'Resize mover' })
  const narrow = dialog.getByRole('radio', { name: /^narrow/ })
  await expect(narrow).toBeDisabled()
  await expect(narrow).toContainText('smaller than the present one of 10 GiB; disks cannot shrink')
  await expect(dialog.getByRole('radio', { name: /^medium/ })).toContainText('has it already')
  await page.keyboard.press('Escape')
  await expect(
    api.compute.instances.resize
      .mutate({
        id,
        flavorId: (await api.compute.flavors.list.query({ search: 'narrow' })).items[0]!.id,
      })
      .catch((error: Error) => error.message),
  ).resolves.toContain('disks cannot shrink')
})

test('a resize that is reverted leaves the instance as it was', async () => {
  await resizeTo('wide')
  await expect(note()).toContainText('resized from medium to wide')
  await expect(note()).toContainText('confirmed by itself on')
  await expect(fact(page, 'Flavor')).toContainText('wide')
  await note().getByRole('button', { name: 'Revert' }).click()
  await page
    .getByRole('dialog', { name: 'Revert this resize?' })
    .getByRole('button', { name: 'Revert' })
    .click()
  await expect(state()).toContainText('Running', { timeout: 60_000 })
  await expect(note()).toHaveCount(0)
  await expect(fact(page, 'Flavor')).toContainText('medium')
  expect(await show()).toMatchObject({ flavorName: 'medium', vcpus: 2 })
})

test('a resize that is confirmed stays', async () => {
  await resizeTo('wide')
  await note().getByRole('button', { name: 'Confirm' }).click()
  await expect(state()).toContainText('Running', { timeout: 60_000 })
  await expect(note()).toHaveCount(0)
  expect(await show()).toMatchObject({ flavorName: 'wide', vcpus: 4, ramMib: 2_048 })
})

test('a migration to the host that was chosen', async () => {
  const from = (await show()).hostName!
  const to = from === 'host1' ? 'host2' : 'host1'
  await act('Migrate')
  const dialog = page.getByRole('dialog', { name: 'Migrate mover' })
  await dialog.getByLabel('To', { exact: true }).click()
  await expect(page.getByRole('option', { name: from })).toBeDisabled()
  await page.getByRole('option', { name: to }).click()
  await dialog.getByRole('button', { name: 'Migrate' }).click()
  await expect(note()).toContainText(`migrated from ${from} to ${to}`, { timeout: 60_000 })
  await expect(fact(page, 'Host')).toHaveText(to)
  await note().getByRole('button', { name: 'Confirm' }).click()
  await expect(state()).toContainText('Running', { timeout: 60_000 })
  expect((await show()).hostName).toBe(to)
})

async function liveMigrate(to: string) {
  await chooseAction(page, 'busy-mover', 'Resize and move', 'Live migrate')
  const dialog = page.getByRole('dialog', { name: 'Live migrate busy-mover' })
  await dialog.getByLabel('To', { exact: true }).click()
  await page.getByRole('option', { name: to }).click()
  await dialog.getByRole('button', { name: 'Live migrate' }).click()
  const move = page.getByRole('region', { name: 'Move of busy-mover' })
  await expect(move).toContainText('Live migration', { timeout: 60_000 })
  await expect(move.getByText(/GiB of 11GiB/)).toBeVisible({ timeout: 60_000 })
  await expect(move.getByRole('progressbar')).toHaveAttribute('aria-valuenow', /\d+/)
  return move
}

test('a live migration: its progress, aborted from the page of the instance, then brought to its end', async () => {
  await page.goto(`/instances/${busy}`)
  const from = (await show(busy)).hostName!
  const to = from === 'host1' ? 'host2' : 'host1'
  const move = await liveMigrate(to)
  await expect(state()).toContainText('Migrating')
  await expect(page.getByRole('button', { name: 'Stop', exact: true })).toBeDisabled()
  await move.getByRole('button', { name: 'Abort' }).click()
  await expect(state()).toContainText('Running', { timeout: 60_000 })
  await expect(move).toHaveCount(0)
  await expect(fact(page, 'Host')).toHaveText(from)

  await liveMigrate(to)
  await move.getByRole('button', { name: 'Complete now' }).click()
  await expect(move).toHaveCount(0, { timeout: 60_000 })
  await expect(state()).toContainText('Running', { timeout: 60_000 })
  await expect(fact(page, 'Host')).toHaveText(to)
  expect(await show(busy)).toMatchObject({ hostName: to, vmState: 'active', taskState: null })
})

test('only an instance of a lost host is evacuated, and the dialog says so', async () => {
  await chooseAction(page, 'busy-mover', 'Resize and move', 'Evacuate')
  const dialog = page.getByRole('dialog', { name: 'Evacuate busy-mover' })
  const evacuate = dialog.getByRole('button', { name: 'Evacuate' })
  await expect(evacuate).toBeDisabled()
  await evacuate.focus()
  await expect(page.getByText(/is up: migrate it instead/).first()).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(
    api.compute.instances.evacuate.mutate({ id: busy }).catch((error: Error) => error.message),
  ).resolves.toContain('is up: only a lost host is evacuated')
})

test('every move is on the page of migrations, and can be filtered', async () => {
  await page.goto('/admin/migrations')
  const rows = page.getByRole('row').filter({ has: page.getByRole('link', { name: 'mover', exact: true }) })
  await expect(rows).toHaveCount(3)
  await expect(rows.filter({ hasText: 'Reverted' })).toContainText('medium to wide')
  await page.getByLabel('Kind').click()
  await page.getByRole('option', { name: 'Cold migration' }).click()
  await expect(rows).toHaveCount(1)
  await expect(rowOf(page, 'mover')).toContainText('Confirmed')
})

test('a live migration is followed and aborted among the migrations, while one looks', async () => {
  await page.goto('/admin/migrations?state=open')
  await expect(page.getByText('Nothing matches')).toBeVisible()
  const from = (await show(busy)).hostName!
  await api.compute.instances.liveMigrate.mutate({ id: busy })
  const row = rowOf(page, 'busy-mover')
  await expect(row).toContainText('GiB of 11GiB', { timeout: 60_000 })
  await page.getByRole('button', { name: 'Actions of busy-mover' }).click()
  await page.getByRole('menuitem', { name: 'Abort' }).click()
  await expect(row).toHaveCount(0, { timeout: 60_000 })
  await page.goto('/admin/migrations?kind=live-migration')
  await expect(row).toHaveCount(3)
  await expect(row.filter({ hasText: 'Aborted' })).toHaveCount(2)
  await expect(row.filter({ hasText: 'Done' })).toHaveCount(1)
  expect((await show(busy)).hostName).toBe(from)
})
