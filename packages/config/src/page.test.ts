import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { configurationPage } from './page.ts'

it('docs/configuration.md is what the schema says (else: npm run docs -w @nephos/config)', () => {
  expect(readFileSync(new URL('../../../docs/configuration.md', import.meta.url), 'utf8')).toBe(
    configurationPage(),
  )
})
