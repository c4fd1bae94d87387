import { expect, test } from 'vitest'
import { errorBelow, formErrors } from './form-errors.ts'

const shown = (field: string | null) => ({
  code: 'invalid_input',
  message: 'No.',
  field,
  remedy: 'Do it differently.',
  requestId: 'req-1',
  detail: null,
})

test('a refusal of a field of the form goes beside it, with its remedy', () => {
  expect(formErrors(shown('subnet.cidr'), ['name', 'subnet'])).toEqual({
    at: { 'subnet.cidr': 'No.' },
    rest: null,
    hint: 'Do it differently.',
  })
})

test('what no field can show goes beside the button', () => {
  expect(formErrors(shown(null), ['name']).rest?.requestId).toBe('req-1')
  expect(formErrors(shown('names'), ['name']).rest?.message).toBe('No.')
  expect(formErrors(null, ['name'])).toEqual({ at: {}, rest: null, hint: null })
})

test('the error of a list of fields is found below its path', () => {
  const at = { 'pools.1.start': 'Bad.', poolsize: 'Other.' }
  expect(errorBelow(at, 'pools')).toBe('Bad.')
  expect(errorBelow(at, 'pool')).toBeUndefined()
})
