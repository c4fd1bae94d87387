import { expect, test } from 'vitest'
import { serversOf } from './connect.ts'

test('name and password are taken out of the address', () => {
  expect(serversOf('nats://nephos:p%40ss@127.0.0.1:4222')).toEqual({
    servers: ['nats://127.0.0.1:4222'],
    user: 'nephos',
    pass: 'p@ss',
  })
})

test('several servers share them, and a name alone is a token', () => {
  expect(serversOf('nats://u:p@a:1, tls://b:2')).toEqual({
    servers: ['nats://a:1', 'tls://b:2'],
    user: 'u',
    pass: 'p',
  })
  expect(serversOf('nats://secret@a:1').token).toBe('secret')
})

test('without any there is nothing to tell', () => {
  expect(serversOf('nats://a:1')).toEqual({ servers: ['nats://a:1'] })
  expect(serversOf('127.0.0.1:4222')).toEqual({ servers: ['nats://127.0.0.1:4222'] })
})
