import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { nephosVersion } from './version.ts'

test('the version is the one of the root package', () => {
  const root = JSON.parse(readFileSync(new URL('../../../../package.json', import.meta.url), 'utf8'))
  expect(nephosVersion).toBe(root.version)
})
