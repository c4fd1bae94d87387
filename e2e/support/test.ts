import { type Browser, test as base, expect, type Page } from '@playwright/test'
import { theCloud } from './cloud.ts'

/**
 * Playwright's test, on the dashboard of the run's cloud. A page that throws or that logs an error of React fails its
 * test, whatever else it shows.
 */
export const test = base.extend<{ pageErrors: string[] }, { arrivals: undefined }>({
  arrivals: [
    async ({ browser }, use) => {
      arriveWhole(browser)
      await use(undefined)
    },
    { auto: true, scope: 'worker' },
  ],
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the parameter's names
  baseURL: async ({}, use) => use(theCloud().webUrl),
  pageErrors: [
    async ({ context }, use) => {
      const errors: string[] = []
      context.on('weberror', (error) => errors.push(String(error.error().stack ?? error.error())))
      context.on('console', (message) => {
        const text = message.text()
        if (message.type() === 'error' && /Minified React error|hydrat|Warning:/i.test(text))
          errors.push(text)
      })
      await use(errors)
      expect(errors, 'errors in the browser').toEqual([])
    },
    { auto: true },
  ],
})
export { expect }

/**
 * Makes `goto` wait until what the server streamed stands in its place: until then it is in the document out of sight,
 * and a label may be found twice.
 */
function arriveWhole(browser: Browser): void {
  const newContext = browser.newContext.bind(browser)
  browser.newContext = async (options) => {
    const context = await newContext(options)
    context.on('page', (page) => {
      const goto = page.goto.bind(page)
      page.goto = async (...args) => {
        const response = await goto(...args)
        await expect(page.locator('body > div[hidden][id^="S:"]')).toHaveCount(0)
        return response
      }
    })
    return context
  }
}

/** Signs in through the form and waits for the page that was asked for. */
export async function signInAs(
  page: Page,
  { name, password }: { name: string; password: string },
  path = '/',
): Promise<void> {
  await page.goto(path)
  await page.getByLabel('User name').fill(name)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByRole('button', { name: `Account of ${name}` })).toBeVisible()
  await expect(freshness(page)).toHaveText('Live')
}

/** Signs in as the administrator of the cloud. */
export const signInAsAdmin = (page: Page, path?: string): Promise<void> =>
  signInAs(page, { name: 'admin', password: theCloud().adminPassword }, path)

/** The indicator in the top bar that says how true the page is. */
export const freshness = (page: Page) =>
  page.getByRole('button', { name: /^(Live|Connecting|Catching up|Stale since .*)$/ })

/** The row of a list that has this name. */
export const rowOf = (page: Page, name: string) =>
  page.getByRole('row').filter({ has: page.getByRole('link', { name, exact: true }) })

/** A fact of a page's summary strip or card: the value that belongs to the label. */
export const fact = (page: Page, label: string) => page.locator(`dt:text-is("${label}") + dd`).first()

/** Chooses an action in the menu of something that has this name, by keyboard: a pointer that jumps leaves submenus. */
export async function chooseAction(page: Page, name: string, group: string, action: string): Promise<void> {
  await page.getByRole('button', { name: `Actions of ${name}`, exact: true }).click()
  await page.getByRole('menuitem', { name: group, exact: true }).press('Enter')
  await page.getByRole('menuitem', { name: action, exact: true }).press('Enter')
}

/** Marks the document; {@link expectSameDocument} tells whether the page was loaded anew since. */
export const markDocument = (page: Page): Promise<void> =>
  page.evaluate(() => {
    Object.assign(globalThis, { nephosE2eMark: true })
  })

/** Fails when the page was reloaded since {@link markDocument}: what it shows came by itself. */
export const expectSameDocument = async (page: Page): Promise<void> =>
  expect(await page.evaluate(() => 'nephosE2eMark' in globalThis), 'the page was never loaded anew').toBe(
    true,
  )
