import { signIn, until } from '@nephos/testbed'
import type { Page } from '@playwright/test'
import {
  emptyProject,
  makeNetwork,
  makeTenant,
  password,
  settled,
  type Tenant,
  theCloud,
  tinyImage,
} from '../support/cloud.ts'
import { expect, expectSameDocument, markDocument, rowOf, signInAs, test } from '../support/test.ts'

/** What an instance uses, from its counters to the plots, the lists and Prometheus. */
const cloud = theCloud()
let tenant: Tenant
let page: Page
let id: string

test.describe.configure({ mode: 'serial' })

test.beforeAll(async ({ browser }) => {
  test.setTimeout(240_000)
  tenant = await makeTenant('metrics')
  const { api } = tenant
  const network = await makeNetwork(api, 'measured', '10.83.0.0/24')
  const { instances } = await api.compute.instances.create.mutate({
    name: 'measured-1',
    flavorId: '42',
    imageId: await tinyImage(api),
    networkIds: [network],
  })
  id = instances[0]!.id
  await settled(api, [id])
  page = await browser.newPage({ baseURL: cloud.webUrl })
  await signInAs(page, { name: tenant.user.name, password }, `/instances/${id}?tab=metrics`)
})

test.afterAll(async () => {
  test.setTimeout(240_000)
  await page?.close()
  await emptyProject(tenant)
})

const plot = (title: string | RegExp) => page.getByRole('figure', { name: title })
const moment = (title: string) => page.getByRole('slider', { name: `Moment in ${title}` })
const words = async (title: string) => (await moment(title).getAttribute('aria-valuetext')) ?? ''
const cpu = 'CPU, of one vCPU'

test('the plots fill themselves while one looks', async () => {
  await markDocument(page)
  await expect(plot(cpu)).toContainText(/\d %/, { timeout: 60_000 })
  for (const title of ['Memory', 'Disk throughput', 'Disk operations', 'Network throughput'])
    await expect(plot(title)).toBeVisible()
  await expect(plot('Memory')).toContainText(/Held on the host\s*\d+(\.\d+)? MiB/)
  // The newest moment moves on, and what was measured then comes with it.
  const before = await words(cpu)
  await expect.poll(() => words(cpu), { timeout: 40_000 }).not.toBe(before)
  await expect.poll(() => words(cpu), { timeout: 40_000 }).toMatch(/^\d\d:\d\d:\d\d: CPU \d+(\.\d+)? %$/)
  await expectSameDocument(page)
})

test('every moment can be read with the keyboard, and the same stands in a table', async () => {
  await moment(cpu).focus()
  await page.keyboard.press('ArrowLeft')
  const last = await words(cpu)
  await page.keyboard.press('Home')
  await expect.poll(() => words(cpu)).toMatch(/: CPU not measured$/)
  await page.keyboard.press('End')
  await page.keyboard.press('ArrowLeft')
  expect((await words(cpu)).slice(0, 5)).toBe(last.slice(0, 5))
  await page.getByRole('button', { name: `Show table of ${cpu}` }).click()
  await expect(
    page
      .getByRole('table', { name: `Means of ${cpu}` })
      .getByRole('row')
      .last(),
  ).toContainText(/Highest\s*\d+(\.\d+)? %/)
  await page.getByRole('button', { name: `Show plot of ${cpu}` }).click()
})

test('six hours and a day are there, in the address too', async () => {
  for (const [label, range, hours] of [
    ['6 hours', '6h', 6],
    ['24 hours', '24h', 24],
  ] as const) {
    await page.getByRole('button', { name: label }).click()
    await expect(page).toHaveURL(new RegExp(`range=${range}`))
    await expect(page.getByRole('button', { name: label })).toHaveAttribute('aria-pressed', 'true')
    const { series, stepSeconds } = await tenant.api.compute.instances.metrics.query({ id, range })
    expect(series.cpu.length * stepSeconds).toBe(hours * 3_600)
    expect(series.cpu.some((value) => value !== null)).toBe(true)
    await expect(plot(cpu)).toContainText(/\d %/)
    await expect(moment(cpu)).toHaveAttribute('aria-valuemax', '359')
  }
  await page.getByRole('button', { name: '1 hour' }).click()
  await expect(page).not.toHaveURL(/range=/)
})

test('what was done is marked where it happened, for administrators of other projects too', async ({
  browser,
}) => {
  await expect(page.getByRole('link', { name: /^Create instance at \d\d:\d\d/ }).first()).toBeVisible()
  await tenant.api.compute.instances.reboot.mutate({ id, type: 'hard' })
  const mark = page.getByRole('link', { name: /^Reboot instance at \d\d:\d\d/ }).first()
  await expect(mark).toBeVisible({ timeout: 60_000 })
  await expectSameDocument(page)
  await settled(tenant.api, [id])
  await mark.click()
  await expect(page).toHaveURL(/\/operations\//)
  await page.goBack()

  const other = await browser.newPage({ baseURL: cloud.webUrl })
  await signInAs(other, { name: 'admin', password: cloud.adminPassword }, `/instances/${id}?tab=metrics`)
  await expect(other.getByRole('link', { name: /^Reboot instance at \d\d:\d\d/ }).first()).toBeVisible()
  await other.goto('/admin/hosts')
  await expect(rowOf(other, cloud.info().hostName)).toContainText(
    new RegExp(`CPU of ${cloud.info().hostName}: ?\\d+ %`),
    { timeout: 40_000 },
  )
  await other.getByRole('link', { name: cloud.info().hostName, exact: true }).click()
  await expect(other.getByRole('figure', { name: 'Load', exact: true })).toContainText(
    /Load of one minute\s*\d/,
  )
  await other.close()
})

test('lists show the last half hour', async () => {
  await page.goto('/instances')
  await expect(rowOf(page, 'measured-1')).toContainText(/CPU of measured-1: ?\d+ %/, { timeout: 60_000 })
})

test('Prometheus reads the same, and only administrators do', async () => {
  const read = (token?: string) =>
    fetch(`${cloud.apiUrl}/metrics/instances`, {
      headers: token ? { authorization: `Bearer ${token}` } : {},
    })
  const tokenOf = async (name: string, secret: string, project: string) =>
    (await signIn(cloud.apiUrl, { name, password: secret, project })).token
  expect((await read()).status).toBe(401)
  expect((await read(await tokenOf(tenant.user.name, password, tenant.project.name))).status).toBe(403)

  const admin = await tokenOf('admin', cloud.adminPassword, 'admin')
  const response = await read(admin)
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toContain('text/plain; version=0.0.4')
  const text = await response.text()
  for (const line of text.trimEnd().split('\n'))
    expect(line).toMatch(/^(# (HELP|TYPE) \w+ .+|\w+\{.*\} -?\d+(\.\d+)?(e[+-]?\d+)?)$/)
  expect(text).toContain(`nephos_host_metrics_up{host="${cloud.info().hostName}"} 1`)
  expect(text).toContain(`name="measured-1"`)
  const seconds = async () => {
    const now = await (await read(admin)).text()
    return Number(new RegExp(`nephos_instance_cpu_seconds_total\\{instance="${id}".*\\} (.*)`).exec(now)?.[1])
  }
  let last = await seconds()
  expect(last).toBeGreaterThan(0)
  // The reboot made a new process, whose count begins at nothing.
  await until('the count of seconds rises', async () => {
    const before = last
    last = await seconds()
    return last > before
  })

  await tenant.api.compute.instances.stop.mutate({ id })
  await settled(tenant.api, [id], ['SHUTOFF'])
  await until('the series of an instance that is off has ended', async () => {
    const now = await (await read(admin)).text()
    return !now.includes(`nephos_instance_cpu_seconds_total{instance="${id}"`)
  })
})

test('an instance that is off keeps what was measured, and the page says that it is off', async () => {
  await page.goto(`/instances/${id}?tab=metrics`)
  await expect(page.getByText('The instance does not run now.')).toBeVisible()
  await expect(plot(cpu)).toBeVisible()
})
