import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { NephosError } from '../../kernel/index.ts'
import { generateKeyPair } from './generate.ts'
import { parsePublicKey, sha256Fingerprint } from './parse.ts'

let dir: string
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'nephos-keys-'))
})
afterAll(() => rmSync(dir, { recursive: true, force: true }))
const keygen = (...args: string[]) => execFileSync('ssh-keygen', args, { encoding: 'utf8' }).trim()

test('a new key is one that OpenSSH reads, whatever the length of its comment', () => {
  for (const comment of ['a', 'my key', 'a@b', 'x'.repeat(255)]) {
    const { publicKey, privateKey } = generateKeyPair(comment)
    const path = join(dir, `key-${comment.length}`)
    writeFileSync(path, privateKey, { mode: 0o600 })
    expect(keygen('-y', '-f', path)).toBe(publicKey)
  }
})

test('the fingerprint is the one OpenSSH shows', () => {
  const { publicKey } = generateKeyPair('k')
  const path = join(dir, 'fingerprint.pub')
  writeFileSync(path, publicKey)
  expect(keygen('-l', '-E', 'md5', '-f', path)).toContain(`MD5:${parsePublicKey(publicKey).fingerprint} `)
  expect(keygen('-l', '-f', path)).toContain(`${sha256Fingerprint(publicKey)} `)
})

describe('keys that OpenSSH makes are taken', () => {
  for (const [type, bits, algorithm] of [
    ['rsa', '2048', 'ssh-rsa'],
    ['ed25519', '256', 'ssh-ed25519'],
    ['ecdsa', '256', 'ecdsa-sha2-nistp256'],
    ['ecdsa', '384', 'ecdsa-sha2-nistp384'],
    ['ecdsa', '521', 'ecdsa-sha2-nistp521'],
  ] as const)
    test(`${type} ${bits}`, () => {
      const path = join(dir, `${type}-${bits}`)
      keygen('-q', '-t', type, '-b', bits, '-N', '', '-C', 'someone@somewhere', '-f', path)
      const line = execFileSync('cat', [`${path}.pub`], { encoding: 'utf8' })
      const key = parsePublicKey(line)
      expect(key.algorithm).toBe(algorithm)
      expect(key.line).toBe(line.trim())
    })

  test('keys of security keys', () => {
    const text = (value: string | Buffer) => {
      const bytes = Buffer.from(value)
      const length = Buffer.alloc(4)
      length.writeUInt32BE(bytes.length)
      return Buffer.concat([length, bytes])
    }
    const type = 'sk-ssh-ed25519@openssh.com'
    const blob = Buffer.concat([text(type), text(Buffer.alloc(32, 7)), text('ssh:')]).toString('base64')
    expect(parsePublicKey(`${type} ${blob} token`).algorithm).toBe(type)
  })
})

test('an RSA key that is too short is refused, saying so', () => {
  const path = join(dir, 'rsa-1024')
  keygen('-q', '-t', 'rsa', '-b', '1024', '-N', '', '-f', path)
  expect(() => parsePublicKey(readFileSync(`${path}.pub`, 'utf8'))).toThrowError(
    expect.objectContaining({ field: 'publicKey', message: expect.stringContaining('has 1024 bits') }),
  )
})

describe('what is not a public key is refused, naming the field', () => {
  const good = generateKeyPair('k').publicKey
  const [, base64 = ''] = good.split(' ')
  const cases: Record<string, string> = {
    nothing: '',
    words: 'hello world',
    'an unknown type': `ssh-dss ${base64}`,
    'a type that every object has': `constructor ${base64}`,
    'a type that is not the blob’s': `ssh-rsa ${base64}`,
    'bad base64': 'ssh-ed25519 AAAA!!!!',
    'a cut key': `ssh-ed25519 ${base64.slice(0, -8)}`,
    'bytes too many': `ssh-ed25519 ${Buffer.concat([Buffer.from(base64, 'base64'), Buffer.from([0])]).toString('base64')}`,
    'two lines': `${good}\n${good}`,
    'a private key': generateKeyPair('k').privateKey,
  }
  for (const [what, text] of Object.entries(cases))
    test(what, () => {
      let error: unknown
      try {
        parsePublicKey(text)
      } catch (thrown) {
        error = thrown
      }
      expect(error).toBeInstanceOf(NephosError)
      expect(error).toMatchObject({ code: 'invalid_input', field: 'publicKey' })
    })
})
