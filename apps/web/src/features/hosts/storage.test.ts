import { expect, test } from 'vitest'
import { evacuationWords, moveWords, sharing, storageOf } from './storage.ts'

const hosts = [
  { name: 'a', facts: { storageId: 'one' } },
  { name: 'b', facts: { storageId: 'one' } },
  { name: 'c', facts: { storageId: 'two' } },
  { name: 'd', facts: {} },
  { name: 'e', facts: null },
]

test('hosts share storage when it is the same, not when neither has any', () => {
  expect(hosts.map(storageOf)).toEqual(['one', 'one', 'two', null, null])
  expect(sharing(hosts, 'a')).toEqual(['b'])
  expect(sharing(hosts, 'c')).toEqual([])
  expect(sharing(hosts, 'd')).toEqual([])
  expect(sharing(hosts, null)).toEqual([])
})

test('what becomes of the disks is said for a host, and before there is one', () => {
  expect(moveWords(hosts, 'a', 'b')).toBe('Disks are not copied: b has the same storage.')
  expect(moveWords(hosts, 'a', 'c')).toBe('Disks are copied: c has no storage in common with a.')
  expect(moveWords(hosts, 'a')).toContain('not copied to b,')
  expect(moveWords(hosts, 'd')).toContain('no other host has the storage of d')
  expect(evacuationWords(hosts, 'a', 'b')).toContain('keeps what is on its disks')
  expect(evacuationWords(hosts, 'a', 'd')).toContain('is lost')
  expect(evacuationWords(hosts, 'a')).toMatch(/^On b .* keeps .* On other hosts .* is lost\.$/)
  expect(evacuationWords(hosts, 'd')).toContain('is lost')
})

test('many hosts are not all named', () => {
  const many = Array.from({ length: 9 }, (_, n) => ({ name: `h${n}`, facts: { storageId: 's' } }))
  expect(moveWords(many, 'h0')).toContain('h1, h2, h3 and 5 more')
})
