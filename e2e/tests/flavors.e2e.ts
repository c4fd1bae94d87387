import type { Page } from '@playwright/test'
import {
  adminApi,
  emptyProject,
  makeNetwork,
  makeTenant,
  settled,
  type Tenant,
  tinyImage,
} from '../support/cloud.ts'
import { expect, fact, signInAs, signInAsAdmin, test } from '../support/test.ts'

/** What machines can be, who may have which, and what can be plugged into them. */
let tenant: Tenant

test.beforeAll(async () => {
  tenant = await makeTenant('machines')
})
test.afterAll(() => emptyProject(tenant))

const choose = async (page: Page, label: string, option: string | RegExp) => {
  await page.getByRole('combobox', { name: label }).click()
  await page.getByRole('option', { name: option }).click()
}

test('an administrator makes a private flavor with limits and gives it to a project', async ({ page }) => {
  const name = `limited-${tenant.project.name}`
  await signInAsAdmin(page, '/admin/flavors')
  await page.getByRole('button', { name: 'Create flavor' }).first().click()
  const form = page.getByRole('dialog', { name: 'Create flavor' })
  await form.getByLabel('Name').fill(name)
  await form.getByLabel('Memory, MiB').fill('128')
  await form.getByLabel('Root disk, GiB').fill('1')
  await form.getByLabel('Swap disk, MiB').fill('64')
  await form.getByLabel('Public').uncheck()
  await form.getByRole('button', { name: 'Create flavor' }).click()
  await page.getByRole('link', { name, exact: true }).click()
  await expect(page.getByRole('heading', { name, level: 1 })).toBeVisible()
  await expect(fact(page, 'Swap disk')).toHaveText(/^64\s*MiB$/)

  await page.getByRole('button', { name: 'Set extra spec' }).first().click()
  const spec = page.getByRole('dialog', { name: 'Set extra spec' })
  await spec.getByLabel('Name').fill('quota:vif_inbound_avrage')
  await spec.getByLabel('Value').fill('1000')
  await expect(spec.getByText(/not something a machine here can do/)).toBeVisible()
  await expect(spec.getByRole('button', { name: 'Set extra spec' })).toBeDisabled()
  await spec.getByLabel('Name').fill('quota:vif_inbound_average')
  await spec.getByRole('button', { name: 'Set extra spec' }).click()
  const specs = page.getByRole('table', { name: `Extra specs of ${name}` })
  await expect(specs.getByRole('row').filter({ hasText: 'quota:vif_inbound_average' })).toContainText('1000')

  await page.getByRole('button', { name: 'Actions of quota:vif_inbound_average' }).click()
  await page.getByRole('menuitem', { name: 'Change' }).click()
  await spec.getByLabel('Value').fill('2000')
  await spec.getByRole('button', { name: 'Set extra spec' }).click()
  await expect(specs.getByRole('row').filter({ hasText: 'quota:vif_inbound_average' })).toContainText('2000')

  const sees = async () =>
    (await tenant.api.compute.flavors.list.query({ limit: 200 })).items.some((flavor) => flavor.name === name)
  expect(await sees()).toBe(false)
  await page.getByRole('button', { name: 'Add project' }).first().click()
  await choose(page, 'Project', new RegExp(tenant.project.name))
  await page.getByRole('dialog', { name: 'Add project' }).getByRole('button', { name: 'Add project' }).click()
  const access = page.getByRole('table', { name: `Projects that can use ${name}` })
  await expect(access.getByRole('link', { name: tenant.project.name })).toBeVisible()
  expect(await sees()).toBe(true)

  // What another administrator does appears by itself.
  const { items } = await (await adminApi()).compute.flavors.list.query({ limit: 200, search: name })
  await (await adminApi()).compute.flavors.removeAccess.mutate({
    id: items[0]!.id,
    projectId: tenant.project.id,
  })
  await expect(page.getByText('Only administrators can use it')).toBeVisible()
  expect(await sees()).toBe(false)
  await (await adminApi()).compute.flavors.delete.mutate({ id: items[0]!.id })
  await expect(page.getByText(`${name} was deleted`)).toBeVisible()
})

test('an interface is attached to a running instance, and detached again', async ({ page }) => {
  const { api } = tenant
  const imageId = await tinyImage(api)
  const [first] = [
    await makeNetwork(api, 'front', '10.81.0.0/24'),
    await makeNetwork(api, 'back', '10.82.0.0/24'),
  ]
  const created = await api.compute.instances.create.mutate({
    name: 'plugged',
    flavorId: '42',
    imageId,
    networkIds: [first],
  })
  const id = created.instances[0]!.id
  await settled(api, [id])
  await signInAs(
    page,
    { name: tenant.user.name, password: tenant.password },
    `/instances/${id}?tab=networking`,
  )
  const table = page.getByRole('table', { name: 'Interfaces' })
  await expect(table.getByRole('row').filter({ hasText: 'eth0' })).toContainText('front')
  // Only a guest that has booted takes part in this.
  await expect(page.getByText('guest ready')).toBeVisible({ timeout: 90_000 })

  await page.getByRole('button', { name: 'Attach interface' }).click()
  await choose(page, 'Network or port', /^back/)
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel(/^Address/).fill('10.82.0.300')
  await dialog.getByRole('button', { name: 'Attach interface' }).click()
  await expect(dialog.getByText(/is not an IP address/)).toBeVisible()
  await dialog.getByLabel(/^Address/).fill('10.82.0.77')
  await dialog.getByRole('button', { name: 'Attach interface' }).click()
  const eth1 = table.getByRole('row').filter({ hasText: 'eth1' })
  await expect(eth1).toContainText('10.82.0.77')
  await expect(eth1).toContainText('Up', { timeout: 30_000 })

  await page.getByRole('button', { name: 'Actions of eth1' }).click()
  await page.getByRole('menuitem', { name: 'Detach' }).click()
  await page.getByRole('button', { name: 'Detach', exact: true }).click()
  await expect(eth1).toHaveCount(0, { timeout: 60_000 })
  const { items } = await api.network.ports.list.query({ instanceId: id })
  expect(items).toHaveLength(1)
})
