import { TRPCClientError } from '@trpc/client'
import { expect, test } from 'vitest'
import { fieldErrors, readError, retryAfterSeconds } from './error.ts'

const refused = (data: object, message = 'No.') =>
  new TRPCClientError(message, {
    result: { error: { message, code: -32_600, data } } as never,
  })

test('an error of the cloud keeps its sentence, remedy, field and request id', () => {
  const error = readError(
    refused(
      { code: 'conflict', field: 'name', remedy: 'Choose another.', requestId: 'req-1', detail: null },
      'Taken.',
    ),
  )
  expect(error).toEqual({
    code: 'conflict',
    message: 'Taken.',
    field: 'name',
    remedy: 'Choose another.',
    requestId: 'req-1',
    detail: null,
  })
})

test('no answer, HTML and defects never show their text', () => {
  expect(readError(new TRPCClientError('fetch failed')).code).toBe('network')
  expect(readError(new TRPCClientError('Unexpected token < in JSON')).message).not.toContain('JSON')
  expect(readError(new TypeError('x is undefined')).message).toBe('Something went wrong in the dashboard.')
})

test('every refused field has its sentence', () => {
  const error = readError(
    refused({
      code: 'invalid_input',
      field: 'name',
      detail: {
        issues: [
          { field: 'name', message: 'Too long.' },
          { field: 'count', message: 'Too many.' },
        ],
      },
    }),
  )
  expect(fieldErrors(error)).toEqual({ name: 'Too long.', count: 'Too many.' })
  expect(fieldErrors(null)).toEqual({})
})

test('the wait after too many attempts is known', () => {
  expect(
    retryAfterSeconds(readError(refused({ code: 'rate_limited', detail: { retryAfterSeconds: 2.2 } }))),
  ).toBe(3)
  expect(
    retryAfterSeconds(readError(refused({ code: 'conflict', detail: { retryAfterSeconds: 2 } }))),
  ).toBeNull()
})
