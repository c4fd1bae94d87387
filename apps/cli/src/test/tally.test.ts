import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { tallyPlaywright, tallyVitest } from './tally.ts'

let file: string
beforeEach(() => {
  file = join(mkdtempSync(join(tmpdir(), 'nephos-tally-')), 'report.json')
})
afterEach(() => rmSync(join(file, '..'), { recursive: true }))

const report = (value: unknown) => writeFileSync(file, JSON.stringify(value))
const result = (status: string) => ({ status, fullName: status, failureMessages: ['because'] })

it('counts passed, failed and skipped tests of vitest, and names the failures', () => {
  report({
    testResults: [
      { name: '/x/a.test.ts', status: 'failed', assertionResults: [result('passed'), result('failed')] },
      { name: '/x/b.test.ts', status: 'passed', assertionResults: [result('skipped'), result('todo')] },
    ],
  })
  const tally = tallyVitest(file)
  expect(tally).toMatchObject({ passed: 1, failed: 1, skipped: 2 })
  expect(tally?.failures[0]?.name).toMatch(/a\.test\.ts › failed$/)
})

it('counts a file that cannot even be loaded as a failure', () => {
  report({
    testResults: [{ name: '/x/a.test.ts', status: 'failed', message: 'SyntaxError', assertionResults: [] }],
  })
  expect(tallyVitest(file)).toMatchObject({ failed: 1, failures: [{ lines: ['SyntaxError'] }] })
})

it('takes a test of Playwright that passes only sometimes as failed', () => {
  report({ errors: [], stats: { expected: 5, unexpected: 1, flaky: 1, skipped: 2 } })
  expect(tallyPlaywright(file)).toMatchObject({ passed: 5, failed: 2, skipped: 2 })
})

it('counts what broke before any test of Playwright could run', () => {
  report({
    errors: [{ message: 'the cloud did not come up' }],
    stats: { expected: 0, unexpected: 0, flaky: 0, skipped: 0 },
  })
  expect(tallyPlaywright(file)).toMatchObject({ passed: 0, failed: 1 })
})

it('has nothing to say without a report, or with half of one', () => {
  expect(tallyVitest(file)).toBeNull()
  writeFileSync(file, '{"testResults": [')
  expect(tallyVitest(file)).toBeNull()
  expect(tallyPlaywright(file)).toBeNull()
})
