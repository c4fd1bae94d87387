import type { Page } from '@playwright/test'
import { emptyProject, makeNetwork, makeTenant, type Tenant, theCloud, tinyImage } from '../support/cloud.ts'
import {
  expect,
  expectSameDocument,
  freshness,
  markDocument,
  rowOf,
  signInAs,
  signInAsAdmin,
  test,
} from '../support/test.ts'

/** Pages follow the cloud by themselves, and say so truly when they cannot. */
const cloud = theCloud()
let tenant: Tenant
let imageId: string
let networkId: string

test.beforeAll(async () => {
  tenant = await makeTenant('live')
  imageId = await tinyImage(tenant.api)
  networkId = await makeNetwork(tenant.api, 'live', '10.78.0.0/24')
})

test.afterAll(() => emptyProject(tenant))

const signIn = (page: Page, path: string) =>
  signInAs(page, { name: tenant.user.name, password: tenant.password }, path)

async function create(name: string): Promise<string> {
  const { instances } = await tenant.api.compute.instances.create.mutate({
    name,
    flavorId: '42',
    imageId,
    networkIds: [networkId],
  })
  return instances[0]!.id
}

/** Everything that the freshness indicator says from now on, in order. */
async function watchFreshness(page: Page): Promise<() => Promise<string[]>> {
  const said = await freshness(page).evaluateHandle((element) => {
    const texts = [element.textContent ?? '']
    new MutationObserver(() => {
      const text = element.textContent ?? ''
      if (text !== texts.at(-1)) texts.push(text)
    }).observe(element, { childList: true, subtree: true, characterData: true })
    return texts
  })
  return () => said.jsonValue()
}

test('what happens elsewhere appears in every open tab by itself', async ({ page, context }) => {
  await signIn(page, '/instances')
  await expect(page.getByText('No instances yet')).toBeVisible()
  const second = await context.newPage()
  await second.goto('/instances')
  await expect(freshness(second)).toHaveText('Live')
  await markDocument(page)
  await markDocument(second)

  const id = await create('from-the-api')
  for (const tab of [page, second]) {
    await expect(rowOf(tab, 'from-the-api')).toBeVisible()
    await expect(rowOf(tab, 'from-the-api')).toContainText('Running')
  }
  await tenant.api.compute.instances.rename.mutate({ id, name: 'renamed' })
  await expect(rowOf(page, 'renamed')).toBeVisible()
  await expect(rowOf(second, 'renamed')).toBeVisible()
  // Asked for in one tab, seen in the other.
  await rowOf(page, 'renamed').getByRole('button', { name: 'Actions of renamed' }).click()
  await page.getByRole('menuitem', { name: 'Delete' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await expect(rowOf(second, 'renamed')).toHaveCount(0)
  await expect(rowOf(page, 'renamed')).toHaveCount(0)
  await expectSameDocument(page)
  await expectSameDocument(second)
})

for (const [what, victim] of [
  ['the queue', 'nats'],
  ['the dashboard', 'web'],
] as const)
  test(`while ${what} is dead a page says since when it is stale, and then catches up`, async ({ page }) => {
    await signIn(page, '/instances')
    await markDocument(page)
    const said = await watchFreshness(page)
    const pid = cloud.kill(victim)
    const name = `while-${victim}-was-dead`
    await create(name)
    await cloud.restarted(victim, pid)
    await expect(freshness(page)).toHaveText('Live', { timeout: 30_000 })
    await expect(rowOf(page, name)).toContainText('Running', { timeout: 60_000 })
    const texts = await said()
    expect(texts[0]).toBe('Live')
    expect(
      texts.some((text) => /^Stale since \d\d:\d\d/.test(text)),
      texts.join(' → '),
    ).toBe(true)
    expect(texts.at(-1)).toBe('Live')
    await expectSameDocument(page)
  })

test('a session that is ended elsewhere asks to sign in again, and nothing that was entered is lost', async ({
  page,
  browser,
}) => {
  await signIn(page, '/instances/new')
  await page.getByLabel('Name', { exact: true }).fill('half-written')
  await markDocument(page)

  const elsewhere = await browser.newContext({ baseURL: cloud.webUrl })
  const other = await elsewhere.newPage()
  await signIn(other, '/account')
  const sessions = other.getByRole('listitem').filter({ has: other.getByRole('button', { name: 'End' }) })
  await sessions.filter({ hasNotText: 'this one' }).getByRole('button', { name: 'End' }).first().click()

  const dialog = page.getByRole('dialog', { name: 'Your session has ended' })
  await expect(dialog).toBeVisible()
  await expect(dialog.getByLabel('User name')).toHaveValue(tenant.user.name)
  await dialog.getByLabel('Password').fill(tenant.password)
  await dialog.getByRole('button', { name: 'Sign in' }).click()
  await expect(dialog).toBeHidden()
  await expect(page.getByLabel('Name', { exact: true })).toHaveValue('half-written')
  await expect(freshness(page)).toHaveText('Live')
  await expectSameDocument(page)
  await elsewhere.close()
})

test('another project is another view at once, also on a page that is loaded anew', async ({ page }) => {
  await signInAsAdmin(page)
  const choose = async (project: string) => {
    await page.getByRole('button', { name: /^Project .*, change$/ }).click()
    await page.getByRole('menuitem', { name: new RegExp(`^${project} `) }).click()
    await expect(page.getByRole('heading', { name: project, level: 1 })).toBeVisible()
    await page.reload()
    await expect(page.getByRole('heading', { name: project, level: 1 })).toBeVisible()
    await expect(page.getByRole('button', { name: `Project ${project}, change` })).toBeVisible()
  }
  await choose('demo')
  await choose('admin')
})

test('signing out ends every tab of the browser', async ({ page, context }) => {
  await signIn(page, '/instances')
  const second = await context.newPage()
  await second.goto('/operations')
  await expect(freshness(second)).toHaveText('Live')
  await page.getByRole('button', { name: /^Account of/ }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await expect(page.getByRole('heading', { name: 'Sign in to Nephos' })).toBeVisible()
  await expect(second.getByRole('dialog', { name: 'Your session has ended' })).toBeVisible()
  // The way back is closed, too.
  await page.goto('/instances')
  await expect(page).toHaveURL(/\/login\?next=/)
})
