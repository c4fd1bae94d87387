import { expect, test } from 'vitest'
import { draftOfOptions, optionsInput } from './dhcp-options-text.ts'

test('options go into the form and come out of it', () => {
  const options = [
    { name: 'ntp-server', value: '192.0.2.1' },
    { name: '224', value: 'x' },
  ]
  const drafts = draftOfOptions(options)
  expect(drafts).toMatchObject([{ name: 'ntp-server' }, { name: 'other', number: '224' }])
  expect(optionsInput(drafts)).toEqual({ options, problem: null })
})

test('what is missing is said', () => {
  const draft = { key: 0, name: 'other', number: ' ', value: 'x' }
  expect(optionsInput([draft]).problem).toBe('Say which option it is.')
  expect(optionsInput([{ ...draft, number: '224', value: '' }]).problem).toContain('a value')
})
