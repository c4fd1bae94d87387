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

/** Where instances go: groups of hosts, groups of instances, how much room there is, and why none was found. */
let tenant: Tenant
let imageId: string
let networkId: string

test.beforeAll(async () => {
  tenant = await makeTenant('placement')
  imageId = await tinyImage(tenant.api)
  networkId = await makeNetwork(tenant.api, 'web', '10.83.0.0/24')
})
test.afterAll(() => emptyProject(tenant))

const choose = async (page: Page, label: string, option: string | RegExp) => {
  await page.getByRole('combobox', { name: label }).click()
  await page.getByRole('option', { name: option }).click()
}
const member = () => ({ name: tenant.user.name, password: tenant.password })

test('an administrator groups hosts, describes the group and takes it apart again', async ({ page }) => {
  const name = `fast-${tenant.project.name}`
  const admin = await adminApi()
  const host = (await admin.compute.hosts.list.query({})).items[0]!
  await signInAsAdmin(page, '/admin/aggregates')
  await page.getByRole('button', { name: 'Create aggregate' }).first().click()
  const form = page.getByRole('dialog', { name: 'Create aggregate' })
  await form.getByLabel('Name').fill(name)
  await form.getByRole('button', { name: 'Create aggregate' }).click()
  await page.getByRole('link', { name, exact: true }).click()
  await expect(page.getByRole('heading', { name, level: 1 })).toBeVisible()

  await page.getByRole('button', { name: 'Add host' }).first().click()
  await choose(page, 'Host', new RegExp(`^${host.name}`))
  await page.getByRole('dialog', { name: 'Add host' }).getByRole('button', { name: 'Add host' }).click()
  const hosts = page.getByRole('table', { name: `Hosts of ${name}` })
  await expect(hosts.getByRole('link', { name: host.name })).toBeVisible()

  await page.getByRole('button', { name: 'Set metadata' }).first().click()
  const item = page.getByRole('dialog', { name: 'Set metadata' })
  await item.getByLabel('Key').fill('availability_zone')
  await item.getByLabel('Value').fill('elsewhere')
  await item.getByRole('button', { name: 'Set metadata' }).click()
  await expect(item.getByText('Set the zone of the aggregate instead.')).toBeVisible()
  await item.getByLabel('Key').fill('ram_weight_multiplier')
  await expect(item.getByText(/its hosts fill up/)).toBeVisible()
  await item.getByLabel('Value').fill('-1')
  await item.getByRole('button', { name: 'Set metadata' }).click()
  const metadata = page.getByRole('table', { name: `Metadata of ${name}` })
  await expect(metadata.getByRole('row').filter({ hasText: 'ram_weight_multiplier' })).toContainText('-1')

  // What another administrator does appears by itself.
  const { items } = await admin.compute.aggregates.list.query({ search: name })
  const { id } = items[0]!
  await admin.compute.aggregates.setMetadata.mutate({ id, metadata: { ssd: 'true' } })
  await expect(metadata.getByRole('row').filter({ hasText: 'ssd' })).toBeVisible()

  await page.getByRole('button', { name: `Actions of ${host.name}` }).click()
  await page.getByRole('menuitem', { name: 'Remove' }).click()
  await expect(page.getByText('No hosts')).toBeVisible()
  await page.getByRole('button', { name: `Actions of ${name}` }).click()
  await page.getByRole('menuitem', { name: 'Delete' }).click()
  await page.getByRole('button', { name: 'Delete', exact: true }).click()
  await expect(page.getByText(`${name} was deleted`)).toBeVisible()
})

test('the zones that people can choose', async ({ page }) => {
  await signInAsAdmin(page, '/admin/zones')
  const zones = page.getByRole('table', { name: 'Availability zones' })
  await expect(zones.getByRole('row').filter({ hasText: 'nova' })).toContainText('Available')
  await page.getByRole('button', { name: 'Create zone' }).first().click()
  const form = page.getByRole('dialog', { name: 'Create availability zone' })
  const zone = `room-${tenant.project.name}`
  await form.getByLabel('Availability zone').fill(zone)
  await form.getByRole('button', { name: 'Create zone' }).click()
  await expect(form).toHaveCount(0)
  const admin = await adminApi()
  const [made] = (await admin.compute.aggregates.list.query({ search: zone })).items
  expect(made).toMatchObject({ name: zone, zone })
  await admin.compute.aggregates.delete.mutate({ id: made!.id })
})

test('a group keeps its members apart: how many fit, who is in it, and why one more found no host', async ({
  page,
}) => {
  const { api } = tenant
  const hosts = (await (await adminApi()).compute.hosts.list.query({})).items.length
  await signInAs(page, member(), '/server-groups')
  await page.getByRole('button', { name: 'Create server group' }).first().click()
  const form = page.getByRole('dialog', { name: 'Create server group' })
  await form.getByLabel('Name').fill('database')
  await form.getByRole('button', { name: 'Create server group' }).click()
  await page.getByRole('link', { name: 'database', exact: true }).click()
  await expect(fact(page, 'Members run')).toHaveText('Apart')
  await page.getByRole('button', { name: 'Launch instance' }).click()

  const room = page.getByRole('region', { name: 'Room' })
  await expect(room).toContainText(`Room for ${hosts} of this kind.`)
  await expect(room).toContainText('What the server group allows runs out first.')
  await expect(room.getByRole('list', { name: 'Room by host' })).toHaveCount(0)
  await page.getByLabel('How many').fill(String(hosts + 1))
  await expect(room).toContainText(`Room for ${hosts} of the ${hosts + 1}.`)
  await choose(page, 'Server group', 'None')
  await expect(room).toContainText(/(Memory|vCPUs|Disk) runs? out first\./)
  await choose(page, 'Server group', /^database/)
  await page.getByLabel('Name', { exact: true }).fill('db')
  await page.getByRole('button', { name: `Create ${hosts + 1} instances` }).click()

  await expect(page.getByRole('heading', { name: 'Instances', level: 1 })).toBeVisible()
  const created = (await api.compute.instances.list.query({ search: 'db' })).items
  await settled(
    api,
    created.map(({ id }) => id),
  )
  const failed = (await api.compute.instances.list.query({ status: 'ERROR' })).items
  expect(failed).toHaveLength(1)

  // The project sees what was asked of the hosts, and no host.
  await page.goto(`/instances/${failed[0]!.id}?tab=operations`)
  const { items } = await api.operation.operations.list.query({ resourceId: failed[0]!.id })
  await page.goto(`/operations/${items[0]!.id}`)
  const filters = page.getByRole('table', { name: 'What every filter asked of the hosts' })
  await expect(filters.getByRole('row').filter({ hasText: /anti affinity/i })).toContainText(`0 of ${hosts}`)
  await expect(page.getByText(`None of ${hosts}`)).toBeVisible()

  const [group] = (await api.compute.serverGroups.list.query({})).items
  await page.goto(`/server-groups/${group!.id}`)
  const members = page.getByRole('table', { name: 'Members of database' })
  await expect(members.getByRole('row')).toHaveCount(hosts + 2)
  // Who leaves is gone from the page.
  await api.compute.instances.delete.mutate({ id: failed[0]!.id })
  await expect(members.getByRole('row')).toHaveCount(hosts + 1)
  await page.getByRole('button', { name: 'Actions of database' }).click()
  await page.getByRole('menuitem', { name: 'Delete' }).click()
  await expect(page.getByRole('dialog')).toContainText('stay where they are')
  await page.getByRole('button', { name: 'Delete', exact: true }).click()
  await expect(page.getByText('database was deleted')).toBeVisible()
})

test('administrators see every host against every filter', async ({ page }) => {
  const admin = await adminApi()
  const { items: hosts } = await admin.compute.hosts.list.query({})
  const enable = async (enabled: boolean) => {
    for (const { id } of hosts)
      await admin.compute.hosts.update.mutate({
        id,
        enabled,
        ...(!enabled && { disabledReason: 'being cleaned' }),
      })
  }
  await enable(false)
  try {
    const { instances } = await tenant.api.compute.instances.create.mutate({
      name: 'homeless',
      flavorId: '42',
      imageId,
      networkIds: [networkId],
    })
    await settled(tenant.api, [instances[0]!.id])
    await signInAsAdmin(page, `/operations/${instances[0]!.operationId}`)
    const verdicts = page.getByRole('table', { name: 'Verdict of every filter for every host' })
    const row = verdicts.getByRole('row').filter({ hasText: hosts[0]!.name })
    await expect(row).toContainText('disabled: being cleaned')
    await expect(row).toContainText(/fits\s*has \d+, needs \d+/)
    await page.context().clearCookies()
    await signInAs(page, member(), '/instances/new')
    await expect(page.getByRole('region', { name: 'Room' })).toContainText('No host can take it now.')
  } finally {
    await enable(true)
  }
})
