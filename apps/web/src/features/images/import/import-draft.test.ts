import { expect, test } from 'vitest'
import { emptyImport, fileOfAddress, importInput, importProblem, readHash } from './import-draft.ts'

const sha256 = 'AB'.repeat(32)

test('a checksum says by its length what made it', () => {
  expect(readHash('0'.repeat(32))).toEqual({ algorithm: 'md5', value: '0'.repeat(32) })
  expect(readHash(` ${sha256}  debian-12.qcow2\n`)).toEqual({
    algorithm: 'sha256',
    value: sha256.toLowerCase(),
  })
  expect(readHash('f'.repeat(128))?.algorithm).toBe('sha512')
  for (const wrong of ['', 'abc', 'g'.repeat(64), 'a'.repeat(63)]) expect(readHash(wrong)).toBeNull()
})

test('what is left empty is not sent', () => {
  const uri = 'https://example.org/a.qcow2'
  expect(importInput({ ...emptyImport, uri: ` ${uri} ` })).toEqual({ uri })
  expect(importInput({ uri, hash: sha256, stores: ['s3'] })).toEqual({
    uri,
    hash: { algorithm: 'sha256', value: sha256.toLowerCase() },
    stores: ['s3'],
  })
})

test('an address is needed, and a checksum that can be one', () => {
  expect(importProblem(emptyImport)).toMatch(/address/)
  const uri = 'https://example.org/a.qcow2'
  expect(importProblem({ ...emptyImport, uri })).toBeNull()
  expect(importProblem({ ...emptyImport, uri, hash: 'abc' })).toMatch(/SHA-256/)
})

test('the file of an address', () => {
  expect(fileOfAddress('https://example.org/images/debian%2012.qcow2?x=1#y')).toBe('debian 12.qcow2')
  expect(fileOfAddress('https://example.org/')).toBe('')
  expect(fileOfAddress('https://example.org/100%')).toBe('100%')
  expect(fileOfAddress('example')).toBe('')
})
