import { expect, test } from 'vitest'
import { wrongProperty } from '../properties/known.ts'
import { catalogue } from './entries.ts'
import { reachAll } from './reach.ts'

test('every entry has an address and properties that the cloud takes', () => {
  expect(new Set(catalogue.map(({ id }) => id)).size).toBe(catalogue.length)
  for (const { id, url, home, properties, what } of catalogue) {
    expect(new URL(url).protocol, id).toBe('https:')
    expect(new URL(home).protocol, id).toBe('https:')
    expect(what, id).toMatch(/\.$/)
    for (const [name, value] of Object.entries(properties)) expect(wrongProperty(name, value), id).toBeNull()
  }
})

test('what cannot be reached is told as such, and asked once a minute', async () => {
  let asked = 0
  const [first] = catalogue
  const fetcher = (async (url: string) => {
    asked++
    if (url === first!.url) return new Response(null, { headers: { 'content-length': '1000' } })
    if (url === catalogue[1]!.url) return new Response(null, { status: 404 })
    throw new TypeError('fetch failed')
  }) as typeof fetch
  const answers = await reachAll(fetcher, 0)
  expect(answers[0]).toEqual({ id: first!.id, reachable: true, size: 1000 })
  for (const answer of answers.slice(1)) expect(answer).toMatchObject({ reachable: false, size: null })
  expect(await reachAll(fetcher, 59_000)).toBe(answers)
  expect(asked).toBe(catalogue.length)
  await reachAll(fetcher, 61_000)
  expect(asked).toBe(2 * catalogue.length)
})
