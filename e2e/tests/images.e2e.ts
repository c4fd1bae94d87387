import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { emptyProject, makeTenant, type Tenant } from '../support/cloud.ts'
import { expect, fact, rowOf, signInAs, test } from '../support/test.ts'

/** How an image gets its file when not everything goes well, and who else may use it. */
const bytes = randomBytes(32 * 2 ** 20)
const directory = mkdtempSync(join(tmpdir(), 'nephos-images-'))
const file = join(directory, 'disk.raw')
let tenant: Tenant
let other: Tenant
test.beforeAll(async () => {
  writeFileSync(file, bytes)
  tenant = await makeTenant('images')
  other = await makeTenant('images-other')
})
test.afterAll(async () => {
  rmSync(directory, { recursive: true, force: true })
  await emptyProject(tenant)
})

const enter = (page: Page, { user, password }: Tenant, path: string) =>
  signInAs(page, { name: user.name, password }, path)

/** The page's line: how much may leave in a second, so that a file is on its way for a while; nothing when offline. */
async function lineOf(page: Page): Promise<(offline: boolean) => Promise<unknown>> {
  const line = await page.context().newCDPSession(page)
  await line.send('Network.enable')
  return (offline) =>
    line.send('Network.emulateNetworkConditions', {
      offline,
      latency: 0,
      downloadThroughput: -1,
      uploadThroughput: 2 ** 20,
    })
}

const arrived = async (id: string): Promise<number> =>
  (await tenant.api.image.images.show.query({ id })).uploadedBytes ?? 0

test('an upload outlives a lost connection, another page and a closed tab', async ({ page, context }) => {
  await page.addInitScript(() => {
    const { open } = XMLHttpRequest.prototype
    XMLHttpRequest.prototype.open = function (this: XMLHttpRequest, ...args: unknown[]) {
      Object.assign(window, { sending: this })
      return (open as (...all: unknown[]) => void).apply(this, args)
    }
  })
  await enter(page, tenant, '/images/new')
  const line = await lineOf(page)
  await line(false)
  await page.getByLabel('Image file').setInputFiles(file)
  await page.getByRole('button', { name: 'Upload image' }).click()
  await expect(page.getByRole('heading', { name: 'disk', level: 1 })).toBeVisible()
  const id = new URL(page.url()).pathname.split('/').at(-1)!
  const dock = page.getByRole('region', { name: 'Uploads' })
  await expect(dock).toContainText('Uploading')
  await page.getByRole('link', { name: 'Networks', exact: true }).click()
  await expect(page.getByRole('heading', { name: 'Networks', level: 1 })).toBeVisible()
  await expect.poll(() => arrived(id)).toBeGreaterThan(2 ** 20)

  // The line breaks in the middle of a part.
  await line(true)
  await page.evaluate(() => (window as unknown as { sending: XMLHttpRequest }).sending.abort())
  await expect(dock).toContainText('Connection lost')
  const before = await arrived(id)
  await line(false)
  await expect(dock).toContainText('Uploading')
  await expect.poll(() => arrived(id)).toBeGreaterThan(before)
  await page.close()

  const again = await context.newPage()
  await again.goto(`/images/${id}`)
  await expect(again.getByRole('status').filter({ hasText: 'have arrived' })).toContainText('disk.raw')
  await again
    .getByRole('link', { name: 'Continue upload' })
    .or(again.getByRole('button', { name: 'Continue upload' }))
    .click()
  // Another file of the same size is not mixed into it.
  const wrong = join(directory, 'wrong.raw')
  writeFileSync(wrong, randomBytes(bytes.length))
  await again.getByLabel('Image file').setInputFiles(wrong)
  await again.getByRole('button', { name: 'Continue upload' }).click()
  await expect(again.getByRole('region', { name: 'Uploads' }).getByRole('alert')).toContainText(
    'This is not the file whose upload was begun',
  )
  const kept = await arrived(id)
  expect(kept).toBeGreaterThan(0)
  expect(kept).toBeLessThan(bytes.length)
  await again.goto(`/images/new?image=${id}`)
  await again.getByLabel('Image file').setInputFiles(file)
  const rest = again.waitForRequest((request) => request.method() === 'PATCH')
  await again.getByRole('button', { name: 'Continue upload' }).click()
  expect(Number((await rest).headers()['upload-offset'])).toBeGreaterThanOrEqual(kept)
  await expect(fact(again, 'State')).toContainText('Ready', { timeout: 60_000 })
  const image = await tenant.api.image.images.show.query({ id })
  expect(image.hashValue).toBe(createHash('sha512').update(bytes).digest('hex'))
})

test('an import tells why it did not succeed, and the image waits for a file', async ({ page }) => {
  await enter(page, tenant, '/images/new?from=address&catalogue=debian-12')
  await expect(page.getByLabel('Name', { exact: true })).toHaveValue('debian-12')
  const address = page.getByLabel('Address', { exact: true })
  await expect(address).toHaveValue(/^https:\/\/cloud\.debian\.org\//)
  await address.fill('ftp://192.168.0.1/disk.qcow2')
  await page.getByRole('button', { name: 'Import image' }).click()
  await expect(page.getByText('Files are fetched over http and https only.')).toBeVisible()
  await address.fill('http://192.168.0.1/disk.qcow2')
  await page.getByRole('button', { name: 'Import image' }).click()
  await expect(fact(page, 'State')).toContainText('Failed', { timeout: 60_000 })
  await expect(page.getByRole('alert').filter({ hasText: 'Its file was not stored' })).toContainText(
    'not on the public internet',
  )
  await expect(page.getByRole('list', { name: 'Timeline' })).toContainText('Import image')
  await expect(page.getByRole('button', { name: 'Upload file' })).toBeVisible()
})

test('an image is offered to another project, which accepts it', async ({ page, browser }) => {
  const { items } = await tenant.api.image.images.list.query({ search: 'disk', whose: 'own' })
  const disk = items[0]!
  await enter(page, tenant, `/images/${disk.id}`)
  await page.getByRole('button', { name: 'Share', exact: true }).click()
  const share = page.getByRole('dialog', { name: 'Share image' })
  await share.getByRole('combobox', { name: 'With' }).click()
  await page.getByRole('option', { name: 'Another project, by its ID' }).click()
  await share.getByLabel('Project ID').fill(other.project.id)
  await share.getByRole('button', { name: 'Share' }).click()
  const members = page.getByRole('table', { name: 'Projects that disk is shared with' })
  await expect(members).toContainText('Offered')

  const context = await browser.newContext({ baseURL: new URL(page.url()).origin })
  const there = await context.newPage()
  await enter(there, other, '/images')
  await there.getByRole('button', { name: 'Accept disk' }).click()
  await expect(rowOf(there, 'disk')).toContainText('shared with you')
  await expect(members).toContainText('Accepted')
  await context.close()
})
