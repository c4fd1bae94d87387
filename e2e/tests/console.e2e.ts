import type { Page } from '@playwright/test'
import {
  addUser,
  emptyProject,
  makeNetwork,
  makeTenant,
  password,
  settled,
  type Tenant,
  theCloud,
  tinyImage,
} from '../support/cloud.ts'
import { expect, signInAs, test } from '../support/test.ts'

/** Consoles in a real browser, of a machine that really runs: typing, two viewers, the screen, and why it ended. */
const cloud = theCloud()
const { simulated } = cloud.info()
let tenant: Tenant
let id = ''
let page: Page

test.describe.configure({ mode: 'serial' })

test.beforeAll(async ({ browser }) => {
  test.setTimeout(240_000)
  tenant = await makeTenant('console')
  const { api } = tenant
  const network = await makeNetwork(api, 'web', '10.84.0.0/24')
  const { instances } = await api.compute.instances.create.mutate({
    name: 'web-1',
    flavorId: '42',
    imageId: await tinyImage(api),
    networkIds: [network],
  })
  id = instances[0]!.id
  await settled(api, [id])
  const booted = async () => Boolean((await api.compute.instances.show.query({ id })).guestReadyAt)
  await expect.poll(booted, { timeout: 120_000 }).toBe(true)
  page = await browser.newPage({ baseURL: cloud.webUrl })
  await signInAs(page, { name: tenant.user.name, password: tenant.password }, `/instances/${id}?tab=console`)
})

test.afterAll(async () => {
  await page?.close()
  await emptyProject(tenant)
})

const view = (of: Page, name: 'Log' | 'Serial' | 'Graphical') =>
  of.getByRole('group', { name: 'Console' }).getByRole('button', { name, exact: true })
const serial = (of: Page) => of.getByRole('region', { name: 'Serial console of web-1' })
const screen = (of: Page) => of.getByRole('region', { name: 'Screen of web-1' })
const connection = (of: ReturnType<typeof serial>) => of.getByRole('status', { name: 'Connection' })
/** What the terminal shows: xterm draws each row as an element. */
const rows = (of: Page) => serial(of).locator('.xterm-rows')
const type = async (of: Page, text: string) => {
  await serial(of).getByRole('textbox', { name: 'Terminal input' }).focus()
  await of.keyboard.type(text)
}

test('the log is searched from hit to hit, and downloaded whole', async () => {
  const log = page.getByRole('log', { name: 'Console of web-1' })
  await expect(log).toContainText('READY web-1')
  const part = page.getByRole('region', { name: 'Console log' })
  await part.getByRole('searchbox', { name: 'Search the log' }).fill('web-1')
  await expect(part.getByText(/^1 of \d+$/)).toBeVisible()
  await part.getByRole('button', { name: 'Previous match' }).click()
  const [, at, all] = /^(\d+) of (\d+)$/.exec((await part.getByText(/^\d+ of \d+$/).textContent())!)!
  expect(at).toBe(all)
  await expect(log.locator('mark[data-current]')).toBeInViewport()
  await part.getByRole('searchbox', { name: 'Search the log' }).fill('this is nowhere')
  await expect(part.getByText('0 matches')).toBeVisible()
  await part.getByRole('searchbox', { name: 'Search the log' }).fill('')
  await part.getByRole('button', { name: 'Wrap' }).click()
  await expect(part.getByRole('button', { name: 'Wrap' })).toHaveAttribute('aria-pressed', 'false')
  const saving = page.waitForEvent('download')
  await part.getByRole('button', { name: 'Download' }).click()
  expect((await saving).suggestedFilename()).toBe('web-1-console.log')
})

test('what is typed on the serial console is answered', async () => {
  await view(page, 'Serial').click()
  await expect(connection(serial(page))).toHaveText('Connected')
  // What was said before is there.
  await expect(rows(page)).toContainText('web-1')
  if (simulated) {
    await type(page, 'hello\r')
    await expect(rows(page)).toContainText('you typed "hello"')
    return
  }
  await type(page, '\r')
  await expect(rows(page)).toContainText(/login: *$/)
  await type(page, 'root\r')
  await expect(rows(page)).toContainText('Password:')
  await type(page, 'nephos\r')
  await expect(rows(page)).toContainText('#')
  await type(page, 'echo $((6 * 7)) is the answer of $(hostname)\r')
  await expect(rows(page)).toContainText('42 is the answer of web-1')
})

test('a second viewer, in a window of its own, sees the same and types, too', async () => {
  const opening = page.waitForEvent('popup')
  await serial(page).getByRole('button', { name: 'Own window' }).click()
  const second = await opening
  await expect(second).toHaveURL(new RegExp(`/instances/${id}/console/serial$`))
  await expect(connection(serial(second))).toHaveText('Connected')
  const said = simulated ? 'you typed "hello"' : '42 is the answer of web-1'
  await expect(rows(second)).toContainText(said)
  await type(second, simulated ? 'second\r' : 'echo from the $((1 + 1))nd window\r')
  for (const one of [page, second])
    await expect(rows(one)).toContainText(simulated ? 'you typed "second"' : 'from the 2nd window')
  await second.close()
  await expect(connection(serial(page))).toHaveText('Connected')
})

test('pasted text arrives whole, and one key leaves the console', async () => {
  await serial(page).getByRole('button', { name: 'Paste text' }).click()
  const box = page.getByRole('dialog', { name: 'Paste text into the console' })
  await box.getByLabel('Text').fill(simulated ? 'one\ntwo\n' : 'echo pas""ted one\necho pas""ted two\n')
  await box.getByRole('button', { name: 'Type it' }).click()
  await expect(rows(page)).toContainText(simulated ? 'you typed "two"' : 'pasted two')
  await expect(rows(page)).toContainText(simulated ? 'you typed "one"' : 'pasted one')
  const input = serial(page).getByRole('textbox', { name: 'Terminal input' })
  await input.focus()
  await page.keyboard.press('Tab')
  await expect(input).toBeFocused()
  await page.keyboard.press('Control+Alt+g')
  await expect(input).not.toBeFocused()
  await expect(serial(page).getByRole('button', { name: 'Paste text' })).toBeFocused()
})

test('the screen shows a picture, which can be kept', async () => {
  if (simulated) {
    await expect(view(page, 'Graphical')).toHaveAttribute('aria-disabled', 'true')
    await view(page, 'Graphical').hover()
    await expect(page.getByText('they have no screen').first()).toBeVisible()
    return
  }
  await view(page, 'Graphical').click()
  await expect(connection(screen(page))).toHaveText('Connected')
  const canvas = screen(page).locator('canvas').first()
  await expect(canvas).toBeVisible()
  const colours = () =>
    canvas.evaluate((element) => {
      const { width, height } = element as HTMLCanvasElement
      const { data } = (element as HTMLCanvasElement).getContext('2d')!.getImageData(0, 0, width, height)
      const seen = new Set<number>()
      for (let at = 0; at < data.length; at += 4)
        seen.add((data[at]! << 16) | (data[at + 1]! << 8) | data[at + 2]!)
      return seen.size
    })
  // Letters on a background: more than one colour.
  await expect.poll(colours).toBeGreaterThan(1)
  const before = await canvas.evaluate((element) => (element as HTMLCanvasElement).toDataURL())
  await screen(page).getByRole('button', { name: 'Paste text' }).click()
  const box = page.getByRole('dialog', { name: 'Paste text into the console' })
  await box.getByLabel('Text').fill('Root_1 !\n')
  await box.getByRole('button', { name: 'Type it' }).click()
  // What was typed is drawn by the guest.
  await expect
    .poll(() => canvas.evaluate((element) => (element as HTMLCanvasElement).toDataURL()))
    .not.toBe(before)
  const saving = page.waitForEvent('download')
  await screen(page).getByRole('button', { name: 'Screenshot' }).click()
  expect((await saving).suggestedFilename()).toMatch(/^web-1-.*\.png$/)
  await screen(page).getByRole('button', { name: 'Keys' }).click()
  await page.getByRole('menuitem', { name: 'Ctrl+Alt+F2', exact: true }).click()
  await screen(page).getByRole('button', { name: 'View only' }).click()
  await screen(page).getByRole('button', { name: 'Keys' }).click()
  await expect(page.getByRole('menuitem', { name: /^Ctrl\+Alt\+Delete/ })).toContainText('View only is on.')
  await page.keyboard.press('Escape')
})

test('two look at one screen', async () => {
  test.skip(simulated, 'needs a real screen')
  const opening = page.waitForEvent('popup')
  await screen(page).getByRole('button', { name: 'Own window' }).click()
  const second = await opening
  await expect(connection(screen(second))).toHaveText('Connected')
  await expect(connection(screen(page))).toHaveText('Connected')
  await second.close()
})

test('a reader sees the log and why there is nothing to type into', async ({ browser }) => {
  const name = `${tenant.project.name}-reader`
  await addUser(name, tenant.project.id, 'reader')
  const own = await browser.newPage({ baseURL: cloud.webUrl })
  await signInAs(own, { name, password }, `/instances/${id}?tab=console`)
  for (const button of ['Serial', ...(simulated ? [] : ['Graphical'])] as ('Serial' | 'Graphical')[])
    await expect(view(own, button)).toHaveAttribute('aria-disabled', 'true')
  await view(own, 'Serial').hover()
  await expect(own.getByText(/Your role .* is reader/).first()).toBeVisible()
  await own.close()
})

test('a worker that dies interrupts it for a moment', async () => {
  await view(page, 'Serial').click()
  await expect(connection(serial(page))).toHaveText('Connected')
  const name = `compute-${cloud.info().hostName}`
  const former = cloud.kill(name)
  await expect(connection(serial(page))).toContainText('Interrupted', { timeout: 40_000 })
  await cloud.restarted(name, former)
  await expect(connection(serial(page))).toHaveText('Connected', { timeout: 60_000 })
  await type(page, simulated ? 'again\r' : 'echo back ag""ain\r')
  await expect(rows(page)).toContainText(simulated ? 'you typed "again"' : 'back again')
})

test('a stopped instance says why its console ended, keeps what it showed, and comes back', async () => {
  await tenant.api.compute.instances.stop.mutate({ id })
  await expect(connection(serial(page))).toContainText(/Not running.*The instance (was|is) stopped/, {
    timeout: 90_000,
  })
  await expect(rows(page)).toContainText(simulated ? 'you typed "again"' : /Power down|poweroff|web-1/)
  await settled(tenant.api, [id], ['SHUTOFF'])
  await tenant.api.compute.instances.start.mutate({ id })
  await expect(connection(serial(page))).toHaveText('Connected', { timeout: 60_000 })
})

test('signing out elsewhere ends the console at once', async ({ browser }) => {
  const own = await browser.newContext({ baseURL: cloud.webUrl })
  const first = await own.newPage()
  await signInAs(
    first,
    { name: tenant.user.name, password: tenant.password },
    `/instances/${id}?tab=console&console=serial`,
  )
  await expect(connection(serial(first))).toHaveText('Connected')
  const { items } = await tenant.api.identity.sessions.list.query({ limit: 50 })
  const newest = items.toSorted((a, b) => Number(b.createdAt) - Number(a.createdAt))[0]!
  await tenant.api.identity.sessions.revoke.mutate({ id: newest.id })
  await expect(connection(serial(first))).toContainText('You were signed out.')
  await own.close()
})
