import type { Page } from '@playwright/test'
import {
  adminApi,
  emptyProject,
  makeNetwork,
  makeTenant,
  settled,
  type Tenant,
  theCloud,
  tinyImage,
} from '../support/cloud.ts'
import { expect, fact, freshness, rowOf, signInAs, test } from '../support/test.ts'

/** How an instance gets an address of the outside: a router, a floating IP, and all of it taken back. */
let tenant: Tenant
let page: Page
let external: { id: string; name: string }
let instance = ''
let address = ''

test.describe.configure({ mode: 'serial' })

test.beforeAll(async ({ browser }) => {
  test.setTimeout(180_000)
  tenant = await makeTenant('floating')
  external = await (await adminApi()).network.networks.create.mutate({
    name: `outside-${tenant.project.name}`,
    external: true,
    subnet: { cidr: '203.0.113.0/24', enableDhcp: false },
  })
  const { instances } = await tenant.api.compute.instances.create.mutate({
    name: 'shop-1',
    flavorId: '42',
    imageId: await tinyImage(tenant.api),
    networkIds: [await makeNetwork(tenant.api, 'shop', '10.91.0.0/24')],
  })
  instance = instances[0]!.id
  await settled(tenant.api, [instance], ['ACTIVE'])
  page = await browser.newPage({ baseURL: theCloud().webUrl })
  await signInAs(page, { name: tenant.user.name, password: tenant.password }, '/routers')
})

test.afterAll(async () => {
  await page?.close()
  await emptyProject(tenant)
  await (await adminApi()).network.networks.delete.mutate({ id: external.id })
})

const choose = async (label: string, option: string | RegExp) => {
  await page.getByRole('dialog').getByLabel(label, { exact: true }).click()
  await page.getByRole('option', { name: option }).click()
}
const act = async (name: string, action: string) => {
  await page
    .getByRole('button', { name: `Actions of ${name}`, exact: true })
    .first()
    .click()
  await page.getByRole('menuitem', { name: action, exact: true }).click()
}

test('a router with a gateway joins the network', async () => {
  await page.getByRole('button', { name: 'Create router' }).first().click()
  const dialog = page.getByRole('dialog', { name: 'Create router' })
  await dialog.getByLabel('Name').fill('edge')
  await choose('Gateway', external.name)
  await dialog.getByRole('button', { name: 'Create router' }).click()
  await expect(rowOf(page, 'edge')).toContainText(external.name)
  await page.getByRole('link', { name: 'edge', exact: true }).click()
  await page.getByRole('button', { name: 'Add interface' }).first().click()
  await choose('Subnet', /^shop, 10\.91\.0\.0\/24/)
  await page.getByRole('dialog').getByRole('button', { name: 'Add interface' }).click()
  await expect(page.getByRole('table', { name: 'Interfaces' })).toContainText('10.91.0.1')
  await expect(fact(page, 'Gateway')).toHaveText(external.name)
})

test('a floating IP is allocated and led to the instance', async () => {
  await page.goto('/floating-ips')
  await expect(freshness(page)).toHaveText('Live')
  await page.getByRole('button', { name: 'Allocate floating IP' }).first().click()
  await choose('External network', external.name)
  await page.getByRole('dialog').getByRole('button', { name: 'Allocate' }).click()
  const copy = page.getByRole('button', { name: /^Copy address 203\.0\.113\./ })
  await expect(copy).toBeVisible()
  address = (await copy.textContent())!.trim()
  await act(address, 'Associate')
  const panel = page.getByRole('dialog', { name: 'Associate floating IP' })
  const search = panel.getByRole('combobox', { name: 'Instance address' })
  await search.fill('shop')
  await expect(panel.getByRole('option', { name: /^shop-1, 10\.91\.0\./ })).toBeVisible()
  await search.press('Enter')
  await panel.getByRole('button', { name: 'Associate' }).click()
  const row = page.getByRole('row').filter({ hasText: address })
  await expect(row.getByRole('link', { name: 'shop-1' })).toBeVisible()
  await page.goto('/instances')
  await expect(rowOf(page, 'shop-1')).toContainText(address)
  await page.goto(`/instances/${instance}?tab=networking`)
  await expect(page.getByRole('table', { name: 'Floating IPs' })).toContainText(address)
})

test('the picture shows how it is joined, and leads there', async () => {
  await page.goto('/topology')
  const picture = page.getByRole('region', { name: 'Picture of the networks' })
  await expect(picture.getByRole('link', { name: 'edge', exact: true })).toBeVisible()
  await expect(picture.getByText('10.91.0.1', { exact: true })).toBeVisible()
  const network = picture.getByRole('region', { name: 'Network shop' })
  await expect(network.getByRole('link', { name: /^shop-1 Running/ })).toContainText(address)
  // What changes is drawn anew by itself.
  await expect(freshness(page)).toHaveText('Live')
  await makeNetwork(tenant.api, 'later', '10.92.0.0/24')
  await expect(picture.getByRole('region', { name: 'Network later' })).toBeVisible()
  await network.getByRole('link', { name: 'shop', exact: true }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'shop' })).toBeVisible()
})

test('what stops the outside is said, and opened', async () => {
  await page.goto(`/instances/${instance}?tab=networking`)
  const way = page.getByRole('list', { name: 'The way' })
  const receiver = way.getByRole('listitem').filter({ hasText: 'What the receiver lets in' })
  await expect(receiver).toContainText('stops here')
  await expect(receiver).toContainText('Add a rule to default: TCP to port 22 from anybody.')
  await receiver.getByRole('button', { name: 'Add this rule to default' }).click()
  await expect(receiver).toContainText('The security group default allows it')
  await page.getByRole('link', { name: 'Open as a page' }).click()
  await expect(page).toHaveURL(/\/reachability\?from=outside&to=instance/)
  await page.getByLabel('Port', { exact: true }).fill('23')
  await expect(receiver).toContainText('stops here')
})

test('what it needs stays while it is needed', async () => {
  await page.goto('/routers')
  await rowOf(page, 'edge').getByRole('button', { name: 'Actions of edge' }).click()
  await page.getByRole('menuitem', { name: 'Clear gateway' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Clear gateway' }).click()
  await expect(page.getByText(`leads floating IPs to instances: ${address}`)).toBeVisible()
})

test('it is disassociated, and given back', async () => {
  await page.goto('/floating-ips')
  await expect(freshness(page)).toHaveText('Live')
  await act(address, 'Disassociate')
  const row = page.getByRole('row').filter({ hasText: address })
  await expect(row).toContainText('nowhere')
  await expect(row).toContainText('Free')
  await act(address, 'Release')
  await page.getByRole('dialog').getByRole('button', { name: 'Release' }).click()
  await expect(page.getByText('No floating IPs yet')).toBeVisible()
  expect((await tenant.api.network.floatingIps.list.query({})).items).toEqual([])
})
