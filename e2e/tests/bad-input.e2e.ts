import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { emptyProject, makeNetwork, makeTenant, type Tenant, theCloud } from '../support/cloud.ts'
import { storedImages } from '../support/host.ts'
import { expect, fact, rowOf, signInAs, test } from '../support/test.ts'

/** What cannot be accepted is refused beside the field it was entered in, and changes nothing. */
const cloud = theCloud()
const directory = mkdtempSync(join(tmpdir(), 'nephos-e2e-'))
let tenant: Tenant
let page: Page

test.beforeAll(async ({ browser }) => {
  tenant = await makeTenant('bad-input')
  await makeNetwork(tenant.api, 'there-already', '10.81.0.0/24')
  page = await browser.newPage({ baseURL: cloud.webUrl })
  await signInAs(page, { name: tenant.user.name, password: tenant.password })
  // Forms with something in them ask before they are left.
  page.on('dialog', (dialog) => dialog.accept())
})

test.afterAll(async () => {
  await page.close()
  rmSync(directory, { recursive: true, force: true })
  await emptyProject(tenant)
})

/** The sentence that a screen reader reads with the field. */
const errorOf = async (label: string) => {
  const field = page.getByLabel(label, { exact: true })
  await expect(field).toHaveAttribute('aria-invalid', 'true')
  return field
}

test('a network form explains nonsense as it is typed, and keeps the button closed', async () => {
  await page.goto('/networks/new')
  await page.getByLabel('Name', { exact: true }).fill('nonsense')
  const range = page.getByLabel('Address range')
  for (const [text, why] of [
    ['banana', 'An address range looks like 10.0.0.0/24.'],
    ['10.0.0.300/24', 'An address range looks like 10.0.0.0/24.'],
    ['10.0.0.0/30', 'A subnet has a prefix of /8 to /29; this is too small.'],
    ['10.0.0.5/24', '10.0.0.5 lies inside the network; the range begins earlier.'],
  ] as const) {
    await range.fill(text)
    await expect(await errorOf('Address range')).toHaveAccessibleDescription(new RegExp(escaped(why)))
    await expect(page.getByRole('button', { name: 'Create network' })).toBeDisabled()
  }
  await page.getByRole('button', { name: 'Use 10.0.0.0/24' }).click()
  await expect(range).toHaveValue('10.0.0.0/24')
  await page.getByLabel(/^Gateway/).fill('10.9.9.9')
  await expect(page.getByText('Use an address from 10.0.0.1 to 10.0.0.254.').first()).toBeVisible()
})

test('what only the cloud can judge comes back beside the field', async () => {
  await page.goto('/networks/new')
  await page.getByLabel('Name', { exact: true }).fill('too-small-packets')
  await page.getByLabel(/^MTU/).fill('12')
  await page.getByRole('button', { name: 'Create network' }).click()
  const field = page.getByLabel(/^MTU/)
  await expect(field).toHaveAttribute('aria-invalid', 'true')
  await expect(field).toHaveAccessibleDescription(/MTU|between|least/i)
  await expect(page).toHaveURL(/\/networks\/new$/)
  const { items } = await tenant.api.network.networks.list.query({ external: false })
  expect(items.filter(({ shared }) => !shared).map(({ name }) => name)).toEqual(['there-already'])
})

test('a name that is taken is said beside the name', async () => {
  await tenant.api.compute.keyPairs.create.mutate({ name: 'laptop' })
  await page.goto('/key-pairs?new=create')
  const panel = page.getByRole('dialog', { name: 'Create key pair' })
  await panel.getByLabel('Name').fill('laptop')
  await panel.getByRole('button', { name: 'Create key pair' }).click()
  await expect(panel.getByLabel('Name')).toHaveAttribute('aria-invalid', 'true')
  await expect(panel.getByRole('alert')).toContainText('laptop')
})

test('a public key that is none is refused', async () => {
  await page.goto('/key-pairs?new=import')
  const panel = page.getByRole('dialog', { name: 'Import key' })
  await panel.getByLabel('Name').fill('nonsense')
  await panel.getByLabel('Public key', { exact: true }).fill('ssh-ed25519 AAAA not a key')
  const submit = panel.getByRole('button', { name: 'Import key' })
  await submit.click()
  await expect(panel.getByLabel('Public key', { exact: true })).toHaveAttribute('aria-invalid', 'true')
  expect((await tenant.api.compute.keyPairs.list.query({})).items.map(({ name }) => name)).toEqual(['laptop'])
})

test('an instance form refuses too much user data and tells what it would exceed', async () => {
  await page.goto('/instances/new')
  await page.getByLabel('Name', { exact: true }).fill('x'.repeat(300))
  await expect(page.getByLabel('Name', { exact: true })).toHaveValue('x'.repeat(255))
  await page.getByLabel('How many').fill('100')
  await expect(page.getByRole('button', { name: 'Create 100 instances' })).toBeDisabled()
  await expect(page.getByText(/It would exceed the quota of .*instances/i).first()).toBeVisible()

  await page.getByLabel('How many').fill('2')
  await page.getByRole('button', { name: 'Create 2 instances' }).click()
  // Each gets its number at the end, for which there is no room.
  await expect(page.getByLabel('Name', { exact: true })).toHaveAttribute('aria-invalid', 'true')
  await expect(page.getByText('With its number a name would have more than 255 characters.')).toBeVisible()

  await page.getByLabel('Name', { exact: true }).fill('much-to-say')
  await page.getByLabel('How many').fill('1')
  await page.getByRole('button', { name: 'User data, metadata, placement and restart' }).click()
  await page.getByLabel(/^User data/).fill('ü'.repeat(40_000))
  await page.getByRole('button', { name: 'Create instance' }).click()
  await expect(page.getByLabel(/^User data/)).toHaveAccessibleDescription(/65535/)
  await expect(page.getByLabel(/^User data/)).toHaveAttribute('aria-invalid', 'true')
  expect((await tenant.api.compute.instances.list.query({})).items).toEqual([])
})

test('an image that would read other files of the host is refused, and nothing of it is kept', async () => {
  const secret = join(directory, 'base.qcow2')
  const unsafe = join(directory, 'unsafe.qcow2')
  execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', secret, '64M'])
  execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', '-F', 'qcow2', '-b', secret, unsafe])
  await refused(unsafe, 'unsafe', /needs a backing file/)
})

test('a file that is cut off is refused, and nothing of it is kept', async () => {
  const broken = join(directory, 'broken.qcow2')
  writeFileSync(broken, Buffer.concat([Buffer.from('QFI\xfb', 'latin1'), Buffer.alloc(40)]))
  await refused(broken, 'broken', /./)
})

async function refused(file: string, name: string, why: RegExp) {
  const before = storedImages(cloud)
  await page.goto('/images/new')
  await page.getByLabel('Image file').setInputFiles(file)
  await page.getByRole('button', { name: 'Upload image' }).click()
  const line = page.getByRole('region', { name: 'Uploads' }).getByRole('listitem').filter({ hasText: name })
  await expect(line).toContainText('Refused')
  await expect(line.getByRole('alert')).toContainText(why)
  await expect(fact(page, 'State')).toContainText('Failed')
  // Later, and for everybody else, the image itself says why.
  await page.goto('/images')
  await expect(rowOf(page, name)).toContainText('Failed')
  await page.getByRole('link', { name, exact: true }).click()
  await expect(page.getByText('Its file was not stored')).toBeVisible()
  await expect(page.getByRole('alert').filter({ hasText: 'Its file was not stored' })).toContainText(why)
  await expect.poll(() => storedImages(cloud)).toEqual(before)
  const used = await tenant.api.identity.quotas.show.query({})
  expect(used.find(({ resource }) => /image.*bytes/i.test(resource))?.used ?? 0).toBe(0)
  const [image] = (await tenant.api.image.images.list.query({ search: name })).items
  await tenant.api.image.images.delete.mutate({ id: image!.id })
}

const escaped = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&')
