import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  addJoinedHost,
  dropJoinedHost,
  invite,
  joinedHosts,
  knowsHost,
  readToken,
  redeem,
  unseal,
} from './index.ts'

let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'nephos-joins-'))
})
afterEach(() => rmSync(home, { recursive: true }))

const member = {
  hostName: 'host2',
  zone: 'nova',
  natsUrl: 'nats://host-host2:hush@10.0.0.1:4222',
  databaseUrl: 'postgresql://host2:hush@10.0.0.1/nephos',
  controlUrl: 'http://10.0.0.1:8774',
  hostSecret: 'hush',
  underlayPort: 4789,
  dhcpDomain: 'novalocal',
  dnsForwarders: [],
  serviceDownTime: 60,
}
const later = () => new Date(Date.now() + 60_000)

describe('an invitation', () => {
  test('is accepted once, by whoever has the token', () => {
    const token = invite(home, member, later())
    const { id, secret, url } = readToken(`  ${token}\n`)
    expect(url).toBe(member.controlUrl)
    const sealed = redeem(home, id)
    expect(unseal(sealed, secret)).toEqual(member)
    expect(() => redeem(home, id)).toThrow(/used already/)
    expect(() => unseal(sealed, 'x'.repeat(43))).toThrow()
  })

  test('expires', () => {
    const { id } = readToken(invite(home, member, later()))
    expect(() => redeem(home, id, new Date(Date.now() + 61_000))).toThrow(/expired/)
    expect(() => redeem(home, id)).toThrow()
  })

  test('lies on the disk without its secrets, for its owner alone', () => {
    const token = invite(home, member, later())
    const [name] = readdirSync(join(home, 'invitations'))
    const file = join(home, 'invitations', name!)
    expect(readFileSync(file, 'utf8')).not.toMatch(/hush|host2/)
    expect(readFileSync(file, 'utf8')).not.toContain(readToken(token).secret)
    expect(statSync(file).mode & 0o077).toBe(0)
  })

  test.each(['', 'nephos-join-', 'nephos-join-AAAA', 'x', '../../etc/passwd'])('%j is no token', (text) =>
    expect(() => readToken(text)).toThrow(/no join token/),
  )

  test.each(['../x', '', 'A'.repeat(64)])('an id such as %j opens no file', (id) =>
    expect(() => redeem(home, id)).toThrow(/used already/),
  )
})

test('a host is known by its secret until it is dropped, and a new one of its name has another', () => {
  const secret = addJoinedHost(home, 'host2')
  const [before] = joinedHosts(home)
  expect(knowsHost(home, 'host2', secret)).toBe(true)
  expect(knowsHost(home, 'host2', 'other')).toBe(false)
  expect(knowsHost(home, 'host3', secret)).toBe(false)
  const next = addJoinedHost(home, 'host2')
  expect(knowsHost(home, 'host2', secret)).toBe(false)
  expect(joinedHosts(home)).toHaveLength(1)
  expect(joinedHosts(home)[0]!.salt).not.toBe(before!.salt)
  expect(dropJoinedHost(home, 'host2')).toBe(true)
  expect(dropJoinedHost(home, 'host2')).toBe(false)
  expect(knowsHost(home, 'host2', next)).toBe(false)
})
