import {
  addUser,
  emptyProject,
  makeNetwork,
  makeTenant,
  password,
  settled,
  type Tenant,
  tinyImage,
} from '../support/cloud.ts'
import { expect, rowOf, signInAs, test } from '../support/test.ts'

/** What somebody may not do is visible, says why, and is refused wherever it is asked. */
let tenant: Tenant
let stranger: Tenant
let instanceId: string
let reader: string

test.beforeAll(async () => {
  tenant = await makeTenant('authz')
  stranger = await makeTenant('stranger')
  reader = `${tenant.project.name}-reader`
  await addUser(reader, tenant.project.id, 'reader')
  const { api } = tenant
  const { instances } = await api.compute.instances.create.mutate({
    name: 'theirs',
    flavorId: '42',
    imageId: await tinyImage(api),
    networkIds: [await makeNetwork(api, 'authz', '10.79.0.0/24')],
  })
  instanceId = instances[0]!.id
  await settled(api, [instanceId])
})

test.afterAll(() => emptyProject(tenant))

test('a reader sees everything, and why nothing can be changed', async ({ page }) => {
  const why = `Your role on ${tenant.project.name} is reader; changes need the role member.`
  await signInAs(page, { name: reader, password }, '/instances')
  await expect(rowOf(page, 'theirs')).toContainText('Running')

  const create = page.getByRole('button', { name: 'Create instance' })
  await expect(create).toBeDisabled()
  await create.focus()
  await expect(page.getByRole('tooltip', { name: why })).toBeVisible()
  await page.keyboard.press('Escape')

  await rowOf(page, 'theirs').getByRole('button', { name: 'Actions of theirs' }).click()
  for (const action of ['Stop', 'Reboot', 'Delete']) {
    const item = page.getByRole('menuitem', { name: action }).first()
    await expect(item).toBeDisabled()
    await expect(item).toContainText(why)
  }
  await expect(page.getByRole('menuitem', { name: 'Copy ID' })).toBeEnabled()
  await page.keyboard.press('Escape')

  await page.goto(`/instances/${instanceId}`)
  await expect(page.getByRole('heading', { name: 'theirs' })).toBeVisible()
  await expect(page.getByRole('button', { name: 'Stop' })).toBeDisabled()
})

test('a button that does not fit the state says which state it needs', async ({ page }) => {
  await signInAs(page, { name: tenant.user.name, password }, `/instances/${instanceId}`)
  const start = page.getByRole('button', { name: 'Start' })
  await expect(start).toBeDisabled()
  await start.focus()
  await expect(
    page.getByRole('tooltip', { name: 'Cannot start while the instance is active; it must be stopped.' }),
  ).toBeVisible()
})

test("another project's instance does not exist, wherever its address is opened", async ({ page }) => {
  await signInAs(page, { name: stranger.user.name, password }, `/instances/${instanceId}`)
  await expect(page.getByRole('alert').filter({ hasText: 'was found' })).toContainText(
    `No instance ${instanceId} was found.`,
  )
  await expect(page.getByText('theirs')).toHaveCount(0)
  await page.goto('/instances')
  await expect(page.getByText('No instances yet')).toBeVisible()
  await page.goto(`/instances/${instanceId}?tab=console`)
  await expect(page.getByRole('alert').filter({ hasText: 'was found' })).toBeVisible()
  const direct = await page.request.get(`/api/instances/${instanceId}/console`)
  expect(direct.status()).toBe(404)
})

test('members do not see the administration, and its pages refuse them', async ({ page }) => {
  await signInAs(page, { name: tenant.user.name, password })
  await expect(page.getByRole('heading', { name: 'Administration' })).toHaveCount(0)
  for (const path of ['hosts', 'flavors', 'projects', 'users']) {
    await page.goto(`/admin/${path}`)
    await expect(page.getByRole('heading', { name: 'This page is for administrators' })).toBeVisible()
    await expect(page.getByText(`signed in as ${tenant.user.name}, with the role member`)).toBeVisible()
    await expect(page.getByRole('table')).toHaveCount(0)
  }
})

test('a page asks to sign in and then shows what was asked for', async ({ page }) => {
  await page.goto('/instances?status=ACTIVE')
  await expect(page).toHaveURL(/\/login\?next=%2Finstances%3Fstatus%3DACTIVE/)
  await page.getByLabel('User name').fill(tenant.user.name)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page).toHaveURL(/\/instances\?status=ACTIVE$/)
  await expect(rowOf(page, 'theirs')).toBeVisible()
})

test('after too many wrong passwords the login says how long to wait', async ({ page }) => {
  await page.goto('/login')
  await page.getByLabel('User name').fill(stranger.user.name)
  const button = page.getByRole('button', { name: 'Sign in' })
  await page.getByLabel('Password').fill('not the password')
  for (let attempt = 0; attempt < 10; attempt++) {
    const answer = page.waitForResponse(/identity\.sessions\.login/)
    await button.click()
    expect((await answer).status()).toBe(401)
    await expect(page.getByRole('alert').first()).toBeVisible()
  }
  await button.click()
  await expect(page.getByRole('alert').filter({ hasText: 'Too many failed logins' })).toContainText(
    /Try again in \d+ s\./,
  )
  await expect(page.getByRole('button', { name: /^Wait \d+ s$/ })).toBeDisabled()
  // Only this account waits: somebody else at the same address comes in.
  await page.reload()
  await signInAs(page, { name: tenant.user.name, password }, '/login')
})
