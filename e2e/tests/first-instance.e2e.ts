import { mkdtempSync, rmSync } from 'node:fs'
import { copyFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { until } from '@nephos/testbed'
import type { Page } from '@playwright/test'
import { adminApi, emptyProject, makeTenant, type Tenant, theCloud } from '../support/cloud.ts'
import { leftOnHost, machinesOf, networksOnHost, storedImages, type Traces } from '../support/host.ts'
import { expect, expectSameDocument, fact, markDocument, rowOf, signInAs, test } from '../support/test.ts'

/** The whole journey of somebody new, in one browser page that is never loaded again, with a machine that really runs. */
const cloud = theCloud()
const directory = mkdtempSync(join(tmpdir(), 'nephos-e2e-'))
let tenant: Tenant
let page: Page
let traces: Traces

test.describe.configure({ mode: 'serial' })

test.beforeAll(async ({ browser }) => {
  tenant = await makeTenant('journey')
  page = await browser.newPage({ baseURL: cloud.webUrl })
})

test.afterAll(async () => {
  await page.close()
  rmSync(directory, { recursive: true, force: true })
  await emptyProject(tenant)
})

const go = (place: string) =>
  page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: place }).click()
const act = async (action: string) => {
  await page.getByRole('button', { name: 'Actions of first-instance' }).click()
  await page.getByRole('menuitem', { name: action, exact: true }).click()
}
const state = () => fact(page, 'State')
const log = () => page.getByRole('log', { name: 'Console of first-instance' })
const booted = async (times: number) => {
  await expect
    .poll(async () => (await log().textContent())?.match(/^READY first-instance /gm)?.length ?? 0, {
      timeout: 90_000,
      message: `the guest has booted ${times} times`,
    })
    .toBe(times)
}

test('sign in', async () => {
  await signInAs(page, { name: tenant.user.name, password: tenant.password })
  await expect(page.getByRole('heading', { name: tenant.project.name, level: 1 })).toBeVisible()
  await markDocument(page)
})

test('upload an image and see its progress', async () => {
  const file = join(directory, 'my-first-image.qcow2')
  await copyFile(join(cloud.home, 'guest/nephos-tiny.qcow2'), file)
  // As fast as a good line, so that there is something to see.
  const line = await page.context().newCDPSession(page)
  await line.send('Network.enable')
  await line.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: 0,
    downloadThroughput: -1,
    uploadThroughput: 8 * 1024 * 1024,
  })
  await go('Images')
  await page.getByRole('link', { name: 'Upload image' }).first().click()
  await page.getByLabel('Image file').setInputFiles(file)
  await page.getByRole('button', { name: 'Upload image' }).click()

  const uploads = page.getByRole('region', { name: 'Uploads' })
  const progress = uploads.getByRole('progressbar', { name: 'Upload of my-first-image' })
  await expect
    .poll(async () => Number(await progress.getAttribute('aria-valuenow')), { intervals: [50] })
    .toBeGreaterThan(10)
  await expect(uploads.getByText(/ MiB of .* · \d+ %/)).toBeVisible()
  await line.detach()

  await expect(page.getByRole('heading', { name: 'my-first-image' })).toBeVisible()
  await expect(state()).toHaveText('Ready', { timeout: 60_000 })
  await expect(fact(page, 'Format')).toHaveText('qcow2')
  await uploads.getByRole('button', { name: 'Dismiss my-first-image' }).click()
})

test('create a network with a subnet', async () => {
  await go('Networks')
  await page.getByRole('link', { name: 'Create network' }).first().click()
  await page.getByLabel('Name', { exact: true }).fill('first-network')
  await page.getByLabel('Address range').fill('10.80.0.0/24')
  await expect(page.getByText('254 usable addresses')).toBeVisible()
  await page.getByRole('button', { name: 'Create network' }).click()
  await expect(page.getByRole('heading', { name: 'first-network' })).toBeVisible()
  await page.getByRole('tab', { name: /^Subnets/ }).click()
  await expect(page.getByRole('row').filter({ hasText: '10.80.0.0/24' })).toContainText('10.80.0.1')
})

test('create a key pair, whose private key is shown once', async () => {
  await go('Key pairs')
  await page.getByRole('button', { name: 'Create key pair' }).first().click()
  const panel = page.getByRole('dialog', { name: 'Create key pair' })
  await panel.getByLabel('Name').fill('first-key')
  await panel.getByRole('button', { name: 'Create key pair' }).click()
  const secret = page.getByRole('dialog', { name: 'Private key of first-key' })
  await expect(secret).toContainText('BEGIN OPENSSH PRIVATE KEY')
  const saving = page.waitForEvent('download')
  await secret.getByRole('button', { name: /^Download/ }).click()
  expect((await saving).suggestedFilename()).toMatch(/^first-key/)
  await expect(secret.getByRole('button', { name: 'Done' })).toBeDisabled()
  await secret.getByLabel('I have kept the private key').check()
  await secret.getByRole('button', { name: 'Done' }).click()
  await expect(page.getByRole('row', { name: /first-key/ })).toContainText('Ed25519')
  await expect(page.getByText('BEGIN OPENSSH PRIVATE KEY')).toHaveCount(0)
})

test('create an instance and watch it come to life', async () => {
  await go('Instances')
  await page.getByRole('link', { name: 'Create instance' }).first().click()
  await page.getByLabel('Name', { exact: true }).fill('first-instance')
  await page.getByRole('radio', { name: /my-first-image/ }).click()
  await page.getByRole('radio', { name: /m1\.nano/ }).click()
  await expect(page.getByRole('checkbox', { name: 'first-network' })).toBeChecked()
  await expect(page.getByRole('combobox', { name: 'Key pair' })).toHaveText('first-key')
  await page.getByRole('button', { name: 'User data, metadata, placement and restart' }).click()
  await page.getByLabel('User data').fill('#!/bin/sh\necho "hello from the user data of $(hostname)"')
  const summary = page.getByRole('complementary', { name: 'Summary' })
  await expect(summary).toContainText('first-instance')
  await summary.getByRole('button', { name: 'Create instance' }).click()

  await expect(page.getByRole('heading', { name: 'first-instance' })).toBeVisible()
  await expect(state()).toContainText('Running', { timeout: 60_000 })
  await expectSameDocument(page)

  const id = page.url().split('/').at(-1)!.split('?')[0]!
  const instance = await tenant.api.compute.instances.show.query({ id })
  traces = {
    id,
    portIds: instance.addresses.map(({ portId }) => portId),
    macs: instance.addresses.map(({ mac }) => mac),
    ips: instance.addresses.map(({ ip }) => ip),
  }
  expect(instance.status).toBe('ACTIVE')
  await expect(fact(page, 'Addresses')).toContainText(traces.ips[0]!)
  // What is looked for at the end is there now: otherwise its absence would say nothing.
  if (!cloud.info().simulated) {
    expect(machinesOf(id)).toHaveLength(1)
    const present = leftOnHost(cloud, traces).join('\n')
    for (const kind of ['QEMU process', 'directory', 'dhcp-hosts', 'link', 'rule'])
      expect(present).toContain(kind)
  }
})

test('the console log shows a guest that knows its address and its name', async () => {
  test.skip(cloud.info().simulated, 'needs real machines')
  await page.getByRole('tab', { name: 'Console', exact: true }).click()
  await booted(1)
  await expect(log()).toContainText(`nephos: address eth0 ${traces.macs[0]} ${traces.ips[0]}/24`)
  await expect(log()).toContainText(
    `nephos: metadata from service: uuid=${traces.id} hostname=first-instance keys=1`,
  )
  await expect(log()).toContainText('hello from the user data of first-instance')
  await expect(state()).toContainText('guest ready')
})

test('reboot', async () => {
  await act('Reboot')
  await expect(state()).toContainText('Rebooting')
  await expect(state()).toContainText('Running', { timeout: 90_000 })
  if (cloud.info().simulated) return
  await booted(2)
  await expect(log()).toContainText('nephos: user data has run at an earlier boot')
})

test('stop and start', async () => {
  await page.getByRole('button', { name: 'Stop', exact: true }).click()
  await expect(state()).toContainText('Stopping')
  await expect(state()).toHaveText('Stopped', { timeout: 90_000 })
  expect(machinesOf(traces.id)).toEqual([])
  await expect(page.getByRole('button', { name: 'Stop', exact: true })).toBeDisabled()
  await page.getByRole('button', { name: 'Start', exact: true }).click()
  await expect(state()).toContainText('Running', { timeout: 60_000 })
  if (!cloud.info().simulated) await booted(3)
})

test('everything that was done is in its timeline, with its steps', async () => {
  await page.getByRole('tab', { name: 'Operations' }).click()
  const entries = page.getByRole('list', { name: 'Timeline' }).getByRole('button', { name: /instance/ })
  await expect(entries).toContainText([
    'Start instance',
    'Stop instance',
    'Reboot instance',
    'Create instance',
  ])
  for (const entry of await entries.all()) await expect(entry).toContainText('Done')
  await entries.last().click()
  await expect(page.getByRole('list', { name: 'Steps' }).getByRole('listitem')).toContainText([
    'Schedule',
    'Wire ports',
    'Cache image',
    'Create disk',
    'Start machine',
  ])
})

test('delete, and nothing is left', async () => {
  await act('Delete')
  const question = page.getByRole('dialog', { name: 'Delete this instance?' })
  await expect(question).toContainText('first-instance')
  await question.getByRole('button', { name: 'Delete' }).click()
  await expect(page.getByRole('heading', { name: 'first-instance was deleted' })).toBeVisible({
    timeout: 60_000,
  })
  await go('Instances')
  await expect(page.getByText('No instances yet')).toBeVisible()
  await expectSameDocument(page)

  const { api } = tenant
  // dnsmasq gives an address back a moment later, for many ports at once.
  await expect.poll(() => leftOnHost(cloud, traces), { timeout: 30_000 }).toEqual([])
  await expect(api.compute.instances.show.query({ id: traces.id })).rejects.toThrow(/was found/)
  const ports = await api.network.ports.list.query({})
  expect(ports.items.filter(({ deviceOwner }) => deviceOwner !== 'network:dhcp')).toEqual([])
  const used = (await api.identity.quotas.show.query({})).filter(({ used }) => used > 0)
  // Of what was made, these are still there.
  expect(used.map(({ resource, used }) => [resource, used]).sort()).toEqual(
    expect.arrayContaining([
      ['networks', 1],
      ['subnets', 1],
    ]),
  )
  for (const resource of ['instances', 'cores', 'ram', 'ports'])
    expect(used.map((row) => row.resource)).not.toContain(resource)
  const [host] = (await (await adminApi()).compute.hosts.list.query({})).items
  expect(host).toMatchObject({ usedVcpus: 0, usedRamMib: 0, usedDiskGib: 0, instanceCount: 0 })
})

test('delete the network, the key pair and the image, too', async () => {
  const before = networksOnHost(cloud)
  await go('Networks')
  await rowOf(page, 'first-network').getByRole('button', { name: 'Actions of first-network' }).click()
  await page.getByRole('menuitem', { name: 'Delete' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await expect(rowOf(page, 'first-network')).toHaveCount(0, { timeout: 60_000 })
  if (!cloud.info().simulated)
    await until('its bridge and its DHCP namespace are gone', async () => {
      const after = networksOnHost(cloud)
      return (
        after.bridges.length === before.bridges.length - 1 &&
        after.namespaces.length === before.namespaces.length - 1
      )
    })

  await go('Key pairs')
  await page.getByRole('button', { name: 'Actions of first-key' }).click()
  await page.getByRole('menuitem', { name: 'Delete' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await expect(page.getByText('No key pairs yet')).toBeVisible()

  await go('Images')
  const [image] = (await tenant.api.image.images.list.query({ search: 'my-first-image' })).items
  await rowOf(page, 'my-first-image').getByRole('button', { name: 'Actions of my-first-image' }).click()
  await page.getByRole('menuitem', { name: 'Delete' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await expect(rowOf(page, 'my-first-image')).toHaveCount(0, { timeout: 60_000 })
  await until('its file is gone', async () => !storedImages(cloud).some((file) => file.includes(image!.id)))
  await expectSameDocument(page)
})
