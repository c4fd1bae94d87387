import type { Page } from '@playwright/test'
import { emptyProject, makeNetwork, makeTenant, type Tenant } from '../support/cloud.ts'
import { expect, signInAs, test } from '../support/test.ts'

/** Who reaches whom: groups, their rules in words, and ports that are in them. */
let tenant: Tenant
let networkId: string
test.beforeAll(async () => {
  tenant = await makeTenant('security')
  networkId = await makeNetwork(tenant.api, 'lan', '10.84.0.0/24')
})
test.afterAll(() => emptyProject(tenant))

const choose = async (page: Page, label: string, option: string | RegExp) => {
  await page.getByRole('combobox', { name: label }).click()
  await page.getByRole('option', { name: option }).click()
}

test('a group is made, opened by rules that are told in words, used, and deleted', async ({ page }) => {
  await signInAs(page, { name: tenant.user.name, password: tenant.password }, '/security-groups')
  const groups = page.getByRole('table', { name: 'Security groups' })
  await expect(groups.getByRole('row').filter({ hasText: 'default' })).toContainText('for new ports')
  await page.getByRole('button', { name: 'Create security group' }).first().click()
  const made = page.getByRole('dialog', { name: 'Create security group' })
  await made.getByLabel('Name').fill('web')
  await made.getByRole('button', { name: 'Create security group' }).click()
  await page.getByRole('link', { name: 'web', exact: true }).click()
  await expect(page.getByRole('heading', { name: 'web', level: 1 })).toBeVisible()
  const comesIn = page.getByRole('region', { name: 'Let in' })
  await expect(comesIn).toContainText('Nobody reaches its members.')

  // SSH is what it begins with, and who opens it to everybody is warned.
  await page.getByRole('button', { name: 'Add rule' }).first().click()
  const rule = page.getByRole('dialog', { name: 'Add rule' })
  await expect(rule.getByRole('status')).toContainText('TCP 22 (SSH) from anywhere.')
  await expect(rule.getByRole('status')).toContainText('Open to everybody')
  await choose(page, 'From', 'A range of addresses')
  await rule.getByLabel('Addresses').fill('10.84.0.300/24')
  await rule.getByRole('button', { name: 'Add rule' }).click()
  await expect(rule.getByText('is not a range of IPv4 addresses')).toBeVisible()
  await rule.getByLabel('Addresses').fill('10.84.0.7/24')
  await rule.getByRole('button', { name: 'Add rule' }).click()
  await expect(comesIn).toContainText('TCP 22 (SSH) from 10.84.0.0/24.')

  // A rule for the group itself, and what somebody else adds meanwhile.
  await page.getByRole('button', { name: 'Add rule' }).first().click()
  await choose(page, 'What passes', 'Everything')
  await choose(page, 'From', 'Members of this group')
  await rule.getByRole('button', { name: 'Add rule' }).click()
  await expect(comesIn).toContainText('Everything from members of this group (0 ports).')
  const { items } = await tenant.api.network.securityGroups.list.query({ search: 'web' })
  const groupId = items[0]!.id
  const port = await tenant.api.network.ports.create.mutate({
    networkId,
    name: 'door',
    securityGroupIds: [groupId],
  })
  await expect(page.getByRole('table', { name: 'Ports in web' })).toContainText('door')
  await expect(comesIn).toContainText('Everything from members of this group (1 port).')

  // It cannot go while a port is in it, and says so.
  await page.getByRole('button', { name: 'Actions of web' }).click()
  await expect(page.getByRole('menuitem', { name: 'Delete' })).toContainText('1 port is in it')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: /^Actions of TCP 22/ }).click()
  await page.getByRole('menuitem', { name: 'Remove' }).click()
  await page.getByRole('button', { name: 'Remove', exact: true }).click()
  await expect(comesIn).not.toContainText('TCP 22')

  await page.goto(`/networks/${networkId}?tab=ports`)
  await page.getByRole('button', { name: 'Actions of door' }).click()
  await page.getByRole('menuitem', { name: 'Security groups' }).click()
  const chosen = page.getByRole('dialog', { name: 'Security groups' })
  await chosen.getByLabel('web').click()
  await chosen.getByLabel('default').click()
  await chosen.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('Security groups changed')).toBeVisible()
  const { securityGroups } = await tenant.api.network.ports.show.query({ id: port.id })
  expect(securityGroups.map(({ name }) => name)).toEqual(['default'])
  await tenant.api.network.ports.delete.mutate({ id: port.id })

  await page.goto(`/security-groups/${groupId}`)
  await page.getByRole('button', { name: 'Actions of web' }).click()
  await page.getByRole('menuitem', { name: 'Delete' }).click()
  await page.getByRole('button', { name: 'Delete', exact: true }).click()
  await expect(page.getByText('web deleted')).toBeVisible()
})
