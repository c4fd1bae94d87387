import { expect, it } from 'vitest'
import { statementNames } from './statement-names.ts'

it('names what comes again, always with the same name, and one name for one text only', () => {
  const nameOf = statementNames()
  const seen = (sql: string, times: number) => Array.from({ length: times }, () => nameOf({ sql }))
  expect(seen('SELECT 1', 4)).toEqual(['', '', 'nephos-1', 'nephos-1'])
  expect(seen('SELECT 2', 3)).toEqual(['', '', 'nephos-2'])
  expect(nameOf({ sql: 'SELECT 1' })).toBe('nephos-1')
})

it('leaves long texts and all beyond two hundred without a name', () => {
  const nameOf = statementNames()
  const last = (sql: string) => [1, 2, 3].map(() => nameOf({ sql })).at(-1)
  expect(last('x'.repeat(20_000))).toBe('')
  const names = Array.from({ length: 210 }, (_, index) => last(`SELECT ${index}`))
  expect(new Set(names.filter(Boolean)).size).toBe(200)
  expect(names.slice(200)).toEqual(Array(10).fill(''))
})
