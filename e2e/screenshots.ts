import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { copyFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { openCloud, startCloud } from '@nephos/testbed'
import { type Browser, chromium, type Page } from '@playwright/test'
import config from './playwright.config.ts'
import { makeContent } from './support/content.ts'
import { signInAsAdmin } from './support/test.ts'

// Takes every screen of the dashboard in both themes into docs/screenshots, from a cloud that is made for it. With
// NEPHOS_E2E_HOME from the cloud of that state directory, which is given the content and keeps it.

const output = resolve(import.meta.dirname, '../docs/screenshots')
/** Only screens whose name begins with one of these; all of them when none is given. */
const wanted = process.argv.slice(2)
const isWanted = (name: string) => wanted.length === 0 || wanted.some((start) => name.startsWith(start))
const themes = ['dark', 'light'] as const

/** A screen: what its file is called, where it is, and what opens on it. */
interface Screen {
  name: string
  path: string
  /** Pixels from the top, where the rest of the page tells of the machine it was taken on. */
  height?: number
  open?: (page: Page) => Promise<void>
}

const cloud = process.env.NEPHOS_E2E_HOME ? openCloud(process.env.NEPHOS_E2E_HOME) : await startCloud()
const mine = !process.env.NEPHOS_E2E_HOME
process.env.NEPHOS_E2E_HOME = cloud.home
let browser: Browser | undefined
try {
  const made = await makeContent()
  browser = await chromium.launch(config.use?.launchOptions)
  mkdirSync(output, { recursive: true })
  await desktop(browser, screensOf(made), made)
  await phone(browser, made)
  process.stdout.write(`The screenshots are in ${output}.\n`)
} finally {
  await browser?.close()
  if (mine) await cloud.destroy()
}

function screensOf(made: Awaited<ReturnType<typeof makeContent>>): Screen[] {
  const instance = `/instances/${made.instance}`
  return [
    { name: 'overview', path: '/' },
    { name: 'instances', path: '/instances' },
    {
      name: 'instances-bulk',
      path: '/instances',
      open: async (page) => {
        await page.getByRole('checkbox', { name: 'Select web-1' }).click()
        await page.getByRole('checkbox', { name: 'Select web-2' }).click()
      },
    },
    { name: 'instance-create', path: '/instances/new' },
    { name: 'instance', path: instance },
    { name: 'instance-metrics', path: `${instance}?tab=metrics` },
    { name: 'instance-console', path: `${instance}?tab=console` },
    { name: 'instance-operations', path: `${instance}?tab=operations` },
    { name: 'instance-networking', path: `${instance}?tab=networking` },
    { name: 'instance-no-valid-host', path: `/instances/${made.failed}` },
    { name: 'instance-resized', path: `/instances/${made.resized}` },
    { name: 'images', path: '/images' },
    { name: 'image', path: `/images/${made.image}` },
    { name: 'image-import', path: '/images/new?from=address&catalogue=debian-13' },
    { name: 'image-catalogue', path: '/images/catalogue' },
    { name: 'volumes', path: '/volumes' },
    { name: 'volume-create', path: '/volumes/new' },
    { name: 'volume', path: `/volumes/${made.volumes.volume}` },
    { name: 'volume-snapshots', path: `/volumes/${made.volumes.volume}?tab=snapshots` },
    {
      name: 'volume-delete',
      path: `/volumes/${made.volumes.volume}?panel=volume-delete&of=${made.volumes.volume}`,
    },
    { name: 'snapshot', path: `/volume-snapshots/${made.volumes.snapshot}` },
    { name: 'volume-backups', path: '/volume-backups' },
    { name: 'backup', path: `/volume-backups/${made.volumes.backup}` },
    { name: 'volume-transfers', path: '/volumes/transfers' },
    { name: 'networks', path: '/networks' },
    { name: 'network', path: `/networks/${made.network}` },
    { name: 'network-subnets', path: `/networks/${made.network}?tab=subnets` },
    { name: 'network-ports', path: `/networks/${made.network}?tab=ports` },
    {
      name: 'network-share',
      path: `/networks/${made.network}?panel=network-share&of=${made.network}`,
    },
    {
      name: 'port-dhcp-options',
      path: `/networks/${made.network}?tab=ports&panel=port-dhcp-options&of=${made.port}`,
    },
    { name: 'subnet-create', path: `/networks/${made.network}?panel=subnet-new&of=${made.network}` },
    { name: 'network-create', path: '/networks/new' },
    { name: 'routers', path: '/routers' },
    { name: 'router', path: `/routers/${made.router}` },
    { name: 'floating-ips', path: '/floating-ips' },
    {
      name: 'floating-ip-associate',
      path: `/floating-ips?panel=floating-ip-associate&of=${made.floatingIp}`,
    },
    { name: 'topology', path: '/topology' },
    {
      name: 'reachability',
      path: `/reachability?from=outside&to=instance:${made.instance}&protocol=tcp&port=22`,
    },
    { name: 'key-pairs', path: '/key-pairs' },
    { name: 'security-groups', path: '/security-groups' },
    { name: 'security-group', path: `/security-groups/${made.security}` },
    { name: 'address-groups', path: '/address-groups' },
    { name: 'address-group', path: `/address-groups/${made.addresses}` },
    { name: 'qos-policies', path: '/qos-policies' },
    { name: 'qos-policy', path: `/qos-policies/${made.qos}` },
    { name: 'server-groups', path: '/server-groups' },
    { name: 'server-group', path: `/server-groups/${made.group}` },
    { name: 'operations', path: '/operations' },
    { name: 'account', path: '/account' },
    { name: 'admin-hosts', path: '/admin/hosts' },
    { name: 'admin-host', path: `/admin/hosts/${made.host}`, height: 530 },
    { name: 'admin-migrations', path: '/admin/migrations' },
    { name: 'admin-aggregates', path: '/admin/aggregates' },
    { name: 'admin-aggregate', path: `/admin/aggregates/${made.aggregate}` },
    { name: 'admin-zones', path: '/admin/zones' },
    { name: 'admin-flavors', path: '/admin/flavors' },
    { name: 'admin-flavor', path: '/admin/flavors/42' },
    { name: 'admin-volume-types', path: '/admin/volume-types' },
    { name: 'admin-volume-type', path: `/admin/volume-types/${made.volumes.type}` },
    { name: 'admin-volume-qos', path: '/admin/volume-types/qos' },
    { name: 'admin-volume-backends', path: '/admin/volume-backends', height: 530 },
    { name: 'admin-volume-backend', path: `/admin/volume-backends/${made.volumes.backend}`, height: 530 },
    { name: 'admin-projects', path: '/admin/projects' },
    { name: 'admin-project', path: `/admin/projects/${made.project}` },
    { name: 'admin-users', path: '/admin/users' },
    { name: 'admin-user', path: `/admin/users/${made.user}` },
    { name: 'admin-audit', path: '/admin/audit' },
    {
      name: 'command-palette',
      path: '/',
      open: async (page) => {
        await page.keyboard.press('Control+k')
        await page.keyboard.type('web')
        await page.getByRole('option', { name: /web-1/ }).waitFor()
      },
    },
  ]
}

/** A page whose theme follows what it is told. */
async function open(from: Browser, width: number, height: number): Promise<Page> {
  const context = await from.newContext({
    baseURL: cloud.webUrl,
    viewport: { width, height },
    reducedMotion: 'reduce',
    locale: 'en-GB',
  })
  await context.addInitScript(() => localStorage.setItem('theme', 'system'))
  return context.newPage()
}

/** Signs in as the administrator and goes to the project that has the content. */
async function signIn(page: Page) {
  await signInAsAdmin(page)
  await page.getByRole('button', { name: /^Project/ }).click()
  await page.getByRole('menuitem', { name: 'demo' }).click()
  await page.getByRole('button', { name: 'Project demo, change' }).waitFor()
}

async function take(page: Page, name: string, height?: number) {
  // Settled: nothing loads, nothing moves, nobody is waited for.
  await page.waitForFunction(() => !document.querySelector('main [aria-busy="true"]'))
  await page.mouse.move(0, 0)
  for (const colorScheme of themes) {
    await page.emulateMedia({ colorScheme })
    await page.waitForTimeout(250)
    await page.screenshot({
      path: join(output, `${name}-${colorScheme}.png`),
      animations: 'disabled',
      ...(height && { clip: { x: 0, y: 0, width: page.viewportSize()!.width, height } }),
    })
  }
}

async function desktop(from: Browser, screens: Screen[], made: Awaited<ReturnType<typeof makeContent>>) {
  const page = await open(from, 1440, 900)
  await page.goto('/login')
  await page.getByRole('button', { name: 'Sign in' }).waitFor()
  await take(page, 'login')
  await signIn(page)
  if (isWanted('image-upload')) await uploadInBackground(page, made.guestImage)
  for (const { name, path, height, open: prepare } of screens.filter((one) => isWanted(one.name))) {
    await page.goto(path)
    // By their elements: a panel that is open hides the page behind it from roles.
    await page.locator('h1').first().waitFor()
    await page.locator('button', { hasText: 'Live' }).first().waitFor()
    await page.waitForLoadState('networkidle').catch(() => undefined)
    await prepare?.(page)
    await take(page, name, height)
  }
  await page.context().close()
}

/** An upload in the middle of its way, as the page of the image and the corner of every other page show it. */
async function uploadInBackground(page: Page, image: string) {
  const directory = mkdtempSync(join(tmpdir(), 'nephos-screens-'))
  try {
    const file = join(directory, 'web-server-12.qcow2')
    await copyFile(image, file)
    const line = await page.context().newCDPSession(page)
    await line.send('Network.enable')
    await line.send('Network.emulateNetworkConditions', {
      offline: false,
      latency: 0,
      downloadThroughput: -1,
      uploadThroughput: 512 * 1024,
    })
    await page.goto('/images/new')
    await page.getByLabel('Image file').setInputFiles(file)
    await page.getByRole('button', { name: 'Upload image' }).click()
    await page
      .getByRole('region', { name: 'Uploads' })
      .getByText(/ · \d\d %/)
      .waitFor()
    await take(page, 'image-upload')
    await page.getByRole('button', { name: 'Cancel web-server-12' }).click()
    await line.detach()
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

async function phone(from: Browser, made: Awaited<ReturnType<typeof makeContent>>) {
  const page = await open(from, 390, 844)
  await signIn(page)
  for (const [name, path] of [
    ['phone-overview', '/'],
    ['phone-instances', '/instances'],
    ['phone-volume', `/volumes/${made.volumes.volume}`],
    ['phone-topology', '/topology'],
    ['phone-network-ports', `/networks/${made.network}?tab=ports`],
    ['phone-security-group', `/security-groups/${made.security}`],
  ] as const) {
    if (!isWanted(name)) continue
    await page.goto(path)
    await page.getByRole('heading', { level: 1 }).first().waitFor()
    await page.waitForLoadState('networkidle').catch(() => undefined)
    await take(page, name)
  }
  await page.context().close()
}
