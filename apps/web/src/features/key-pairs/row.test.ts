import { expect, test } from 'vitest'
import { keyComment, keyFileName, keyKind, publicKeyProblem } from './row.ts'

const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ7c somebody@laptop'

test('a public key is understood', () => {
  expect(publicKeyProblem(`${key}\n`)).toBeNull()
  expect([keyKind(key), keyComment(key)]).toEqual(['Ed25519', 'somebody@laptop'])
  expect(keyKind('ssh-dss AAAA')).toBe('ssh-dss')
  expect(keyComment('ssh-rsa AAAA my "key"')).toBe('my -key-')
})

test.each([
  ['-----BEGIN OPENSSH PRIVATE KEY-----', /private key/],
  [`${key}\n${key}`, /one line/],
  ['hello world', /begins with its type/],
  ['ssh-rsa', /base64/],
  ['ssh-rsa AAA$', /base64/],
])('%j is refused before it is sent', (text, reason) => {
  expect(publicKeyProblem(text)).toMatch(reason)
})

test('nothing typed is no mistake; files get a plain name', () => {
  expect(publicKeyProblem('  ')).toBeNull()
  expect(keyFileName('my key@home')).toBe('my-key-home.pem')
})
