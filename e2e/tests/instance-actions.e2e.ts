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
import { chooseAction, expect, fact, rowOf, signInAs, test } from '../support/test.ts'

/** What can be done to an instance besides starting and stopping it, in the browser and on the machine behind it. */
const cloud = theCloud()
const real = cloud.info().drivers?.compute.driver === 'qemu'
let tenant: Tenant
let id: string
let page: Page

test.describe.configure({ mode: 'serial' })

test.beforeAll(async ({ browser }) => {
  tenant = await makeTenant('actions')
  const { instances } = await tenant.api.compute.instances.create.mutate({
    name: 'acts',
    flavorId: '42',
    imageId: await tinyImage(tenant.api),
    networkIds: [await makeNetwork(tenant.api, 'actions', '10.79.0.0/24')],
  })
  id = instances[0]!.id
  await settled(tenant.api, [id], ['ACTIVE'])
  page = await browser.newPage({ baseURL: cloud.webUrl })
  await signInAs(page, { name: tenant.user.name, password: tenant.password }, `/instances/${id}`)
})

test.afterAll(async () => {
  await page.close()
  await emptyProject(tenant)
})

const openMenu = () => page.getByRole('button', { name: 'Actions of acts' }).click()
const act = (group: string, action: string) => chooseAction(page, 'acts', group, action)
const state = () => fact(page, 'State')
const machineRuns = () => machinesOf(id).length > 0

test('the menu has its actions in groups, and says why one cannot be done', async () => {
  await openMenu()
  await page.getByRole('menuitem', { name: 'Power', exact: true }).click()
  const resume = page.getByRole('menuitem', { name: /^Resume/ })
  await expect(resume).toBeDisabled()
  await expect(resume).toContainText('it must be suspended')
  await page.keyboard.press('Escape')
  await page.keyboard.press('Escape')
  await openMenu()
  await page.getByRole('menuitem', { name: 'Administration', exact: true }).click()
  await expect(page.getByRole('menuitem', { name: /^Reset state/ })).toContainText('Only administrators')
  await page.keyboard.press('Escape')
  await page.keyboard.press('Escape')
})

test('pause and unpause', async () => {
  await act('Power', 'Pause')
  await expect(state()).toContainText('Paused')
  expect(await tenant.api.compute.instances.show.query({ id })).toMatchObject({
    vmState: 'paused',
    powerState: 3,
  })
  if (real) expect(machineRuns()).toBe(true)
  await act('Power', 'Unpause')
  await expect(state()).toContainText('Running')
})

test('suspend: the machine is gone; resume: it is back', async () => {
  if (real) await expect(state()).toContainText('guest ready', { timeout: 120_000 })
  await act('Power', 'Suspend')
  await expect(state()).toContainText('Suspended', { timeout: 60_000 })
  expect(machineRuns()).toBe(false)
  await act('Power', 'Resume')
  await expect(state()).toContainText('Running', { timeout: 60_000 })
  expect(machineRuns()).toBe(real)
})

test('the guest says what it is', async () => {
  const card = page.getByRole('region').or(page.locator('section')).filter({ hasText: 'Guest agent' }).last()
  await expect(card).toContainText(real ? 'Nephos tiny guest' : 'Simulated guest', { timeout: 60_000 })
})

test('lock with a reason, which everybody reads; unlock', async () => {
  await act('Settings', 'Lock')
  await page.getByLabel('Reason').fill('being audited')
  await page.getByRole('dialog').getByRole('button', { name: 'Lock' }).click()
  await expect(page.getByRole('note')).toContainText('being audited')
  await expect(page.getByRole('button', { name: 'Stop', exact: true })).toBeDisabled()
  await expect(
    tenant.api.compute.instances.stop.mutate({ id }).catch((error: Error) => error.message),
  ).resolves.toBe('The instance is locked.')
  await page.getByRole('note').getByRole('button', { name: 'Unlock' }).click()
  await expect(page.getByRole('note')).toHaveCount(0)
  await expect(page.getByRole('button', { name: 'Stop', exact: true })).toBeEnabled()
})

test('tags lead to the instances that have them', async () => {
  await act('Settings', 'Edit tags')
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Tag', { exact: true }).fill('green')
  await page.keyboard.press('Enter')
  await dialog.getByRole('button', { name: 'Edit tags' }).click()
  await page.getByRole('link', { name: 'green' }).click()
  await expect(page).toHaveURL(/\/instances\?tag=green/)
  await expect(rowOf(page, 'acts')).toBeVisible()
  await page.goto(`/instances/${id}`)
})

test('rescue and unrescue', async () => {
  await act('Console and access', 'Rescue')
  await page.getByRole('dialog').getByRole('button', { name: 'Rescue' }).click()
  await expect(state()).toContainText('Rescue', { timeout: 120_000 })
  const note = page.getByRole('note')
  await expect(note).toContainText('its own disk is the second one', { timeout: 120_000 })
  expect(machineRuns()).toBe(real)
  await note.getByRole('button', { name: 'Unrescue' }).click()
  await expect(note).toHaveCount(0, { timeout: 120_000 })
  await expect(state()).toContainText('Running')
})

test('the history has all of it', async () => {
  await page.getByRole('tab', { name: 'Operations' }).click()
  const history = page.getByRole('list', { name: 'History' })
  for (const done of ['Paused', 'Unpaused', 'Suspended', 'Resumed', 'Locked', 'Unlocked', 'Rescued'])
    await expect(history.getByText(done, { exact: true })).toBeVisible()
  await expect(history.getByText('being audited').first()).toBeVisible()
})
