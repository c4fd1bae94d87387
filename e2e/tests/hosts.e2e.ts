import { createHash } from 'node:crypto'
import { type Api, signIn, startCloud, type TestCloud, until } from '@nephos/testbed'
import type { Page } from '@playwright/test'
import { namespaces } from '../support/machines.ts'
import { expect, expectSameDocument, fact, markDocument, rowOf, signInAs, test } from '../support/test.ts'

/** A lab of two hosts of its own: what is done to hosts here must not disturb other tests. */
let lab: TestCloud
let api: Api
let page: Page

test.describe.configure({ mode: 'serial', timeout: 300_000 })

test.beforeAll(async ({ browser }) => {
  lab = await startCloud({ hosts: 2 })
  const admin = { name: 'admin', password: lab.adminPassword }
  ;({ api } = await signIn(lab.apiUrl, { ...admin, project: 'demo' }))
  page = await browser.newPage({ baseURL: lab.webUrl })
  await signInAs(page, admin, '/admin/hosts')
})

test.afterAll(async () => {
  await page?.close()
  if (!lab) return
  const { home } = lab
  await lab.destroy()
  const mine = createHash('sha256').update(home).digest('hex').slice(0, 8)
  expect(
    namespaces().filter((name) => name.includes(mine)),
    'the lab leaves no namespaces',
  ).toEqual([])
})

async function create(name: string, userData?: string): Promise<string> {
  const [flavors, images, networks] = await Promise.all([
    api.compute.flavors.list.query({}),
    api.image.images.list.query({}),
    api.network.networks.list.query({ external: false }),
  ])
  const { instances } = await api.compute.instances.create.mutate({
    name,
    flavorId: flavors.items.find((flavor) => flavor.name === 'm1.nano')!.id,
    imageId: images.items[0]!.id,
    networkIds: [networks.items[0]!.id],
    userData,
  })
  return instances[0]!.id
}
const show = (id: string) => api.compute.instances.show.query({ id })
async function active(id: string) {
  const row = await until(
    'the instance is there',
    async () => {
      const now = await show(id)
      return now.status !== 'BUILD' && now
    },
    { timeoutMs: 90_000 },
  )
  expect(row, row.faultMessage ?? undefined).toMatchObject({ status: 'ACTIVE' })
  return row
}
async function remove(ids: string[]): Promise<void> {
  await Promise.all(ids.map((id) => api.compute.instances.delete.mutate({ id })))
  await expect
    .poll(async () => (await api.compute.instances.list.query({})).items.length, { timeout: 60_000 })
    .toBe(0)
}
const act = async (action: string) => {
  await page.getByRole('button', { name: 'Actions of host2' }).click()
  await page.getByRole('menuitem', { name: action, exact: true }).click()
}

test('two hosts are up, each with its part of the machine', async () => {
  for (const name of ['host1', 'host2']) await expect(rowOf(page, name)).toContainText('Up')
  await markDocument(page)
  await page.getByRole('link', { name: 'host2', exact: true }).click()
  await expect(page.getByRole('heading', { name: 'host2', level: 1 })).toBeVisible()
  await expect(page.getByText('1/2')).toBeVisible()
  await expect(fact(page, 'Between hosts')).toContainText(/10\.255\.\d+\.2/)
})

test('a guest on one host reaches the guest on the other', async () => {
  test.skip(lab.info().simulated, 'simulated guests have no network')
  const first = await create('first')
  const { addresses, hostName } = await active(first)
  const { ip } = addresses[0]!
  const second = await create(
    'second',
    `#!/bin/sh\nwhile ! ping -c 1 -W 1 ${ip}; do sleep 1; done\nping -c 3 -s 1400 ${ip}\necho "REACHED ${ip}"\n`,
  )
  expect((await active(second)).hostName).not.toBe(hostName)
  await expect
    .poll(
      async () =>
        (await api.compute.instances.console.query({ id: second, offset: -8_000, limit: 8_000 })).text,
      { timeout: 120_000, message: 'the second guest says that it reached the first one' },
    )
    .toMatch(new RegExp(`3 packets received[\\s\\S]*REACHED ${ip.replaceAll('.', '\\.')}`))
  await remove([first, second])
})

test('a host under maintenance says why and takes nothing new', async () => {
  await act('Start maintenance')
  const button = page.getByRole('button', { name: 'Start maintenance', exact: true })
  await expect(button).toBeDisabled()
  await page.getByLabel('Reason').fill('Memory is being replaced')
  await button.click()
  await expect(fact(page, 'State')).toHaveText('Maintenance')
  await expect(fact(page, 'Because')).toHaveText('Memory is being replaced')

  const ids = await Promise.all(['one', 'two', 'three'].map((name) => create(name)))
  for (const id of ids) expect((await active(id)).hostName).toBe('host1')
  await remove(ids)
  await act('End maintenance')
  await expect(fact(page, 'State')).toHaveText('Up')
  await expect(fact(page, 'Because')).toHaveCount(0)
})

test('how much of a host is promised is changed while one looks', async () => {
  await act('Change capacity')
  await page.getByLabel('Ratio of vCPUs').fill('2')
  await page.getByLabel('Memory kept for the host').fill('1024')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText(/keeps 1\s*GiB for itself/)).toBeVisible()
  await expect(page.getByText('promises 2 times what it has')).toBeVisible()
  const { items } = await api.compute.hosts.list.query({})
  expect(items.find(({ name }) => name === 'host2')).toMatchObject({ vcpuRatio: 2, reservedRamMib: 1024 })
})

test('room that a move holds is shown until the move is decided', async () => {
  const id = await create('mover')
  const { hostName } = await active(id)
  const settled = async (status: string) =>
    until(
      `the instance is ${status}`,
      async () => {
        const row = await show(id)
        return !row.taskState && row.status === status && row
      },
      { timeoutMs: 120_000 },
    )
  await page.goto('/admin/hosts')
  await page.getByRole('link', { name: hostName!, exact: true }).click()
  await expect(page.getByRole('heading', { name: hostName!, level: 1 })).toBeVisible()
  await markDocument(page)
  const held = page.getByRole('list', { name: 'Held by moves' })
  await expect(held).toHaveCount(0)
  await api.compute.instances.migrate.mutate({ id })
  expect((await settled('VERIFY_RESIZE')).hostName).not.toBe(hostName)
  await expect(held.getByRole('listitem')).toContainText(/mover.*Leaving: kept until its move is decided/)
  await api.compute.instances.confirmResize.mutate({ id })
  await settled('ACTIVE')
  await expect(held).toHaveCount(0)
  await expectSameDocument(page)
  await remove([id])
  await page.goto('/admin/hosts')
  await markDocument(page)
  await page.getByRole('link', { name: 'host2', exact: true }).click()
})

test('a killed worker of one host comes back and the other one goes on', async () => {
  const others = lab.pidOf('network-host1')
  const killed = lab.kill('network-host2')
  await lab.restarted('network-host2', killed)
  expect(lab.pidOf('network-host1')).toBe(others)
  const id = await create('after')
  await active(id)
  await remove([id])
})

test('a host that lives cannot be removed, and the menu says why', async () => {
  await page.getByRole('button', { name: 'Actions of host2' }).click()
  await expect(page.getByRole('menuitem', { name: /^Remove/ })).toHaveAttribute('aria-disabled', 'true')
  await page.keyboard.press('Escape')
  await expectSameDocument(page)
})

test('another number of hosts is not changed under way; it is said how', async () => {
  await expect(lab.nephos('up', '--hosts', '3')).rejects.toThrow(/host1, host2.*nephos down.*--hosts 3/s)
  await expect(lab.nephos('host', 'token')).rejects.toThrow(/lab cannot be joined/)
})
