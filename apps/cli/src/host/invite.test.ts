import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadConfig, type NephosConfig } from '@nephos/config'
import { joinedHosts, readToken, redeem, unseal } from '@nephos/core/joins'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type Doors, forgetHost, inviteHost } from './invite.ts'

let home: string
let config: NephosConfig
const renew = vi.fn(async () => true)
const settings = {
  NEPHOS_SERVERS_BIND: '192.0.2.1',
  NEPHOS_BIND: '192.0.2.1',
  NEPHOS_UNDERLAY_IP: '192.0.2.1',
  NEPHOS_TRUSTED_NETWORK: 'yes',
}
const configOf = (env: Record<string, string>) =>
  loadConfig({ env: { NEPHOS_HOME: home, ...settings, ...env }, cwd: home })
const doors = (): Doors => ({
  resolved: {
    ...config,
    databaseUrl: 'postgresql://nephos:secret@127.0.0.1:5432/nephos',
    natsUrl: 'nats://nephos:secret@127.0.0.1:4222',
  },
  embedded: { postgres: true, nats: true },
  renew,
})
const ask = (name?: string) => inviteHost(config, doors(), name, 60)

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'nephos-invite-'))
  config = configOf({})
  renew.mockReset().mockResolvedValue(true)
})
afterEach(() => rmSync(home, { recursive: true }))

test('an invitation holds what a host needs to reach the servers as itself', async () => {
  const { name, token } = await ask('rack2')
  expect(name).toBe('rack2')
  const { url, id, secret } = readToken(token)
  expect(url).toBe('http://192.0.2.1:8774')
  const member = unseal(redeem(home, id), secret)
  expect(member).toMatchObject({ hostName: 'rack2', controlUrl: url })
  const [database, nats] = [new URL(member.databaseUrl), new URL(member.natsUrl)]
  expect([database.host, nats.host]).toEqual(['192.0.2.1:5432', '192.0.2.1:4222'])
  for (const { username, password } of [database, nats]) {
    expect(username).toContain('rack2')
    expect(password).not.toBe('secret')
  }
  expect(renew).toHaveBeenCalledTimes(1)
})

test('without a name it gets the next free one; names are checked', async () => {
  expect((await ask()).name).toBe('host2')
  expect((await ask()).name).toBe('host3')
  await expect(ask('host1')).rejects.toThrow(/on this machine/)
  await expect(ask('Rack 2')).rejects.toThrow(/no name/)
})

test('nobody is invited where nobody could come back', async () => {
  for (const [env, words] of [
    [{ NEPHOS_API_PORT: '0' }, /another port at each start/],
    [{ NEPHOS_BIND: '127.0.0.1' }, /API listens on this machine alone/],
    [{ NEPHOS_SERVERS_BIND: '127.0.0.1' }, /NATS listen on this machine alone/],
    [{ NEPHOS_HOSTS: '3' }, /lab cannot be joined/],
  ] as const) {
    config = configOf(env)
    await expect(ask('rack2')).rejects.toThrow(words)
  }
  expect(joinedHosts(home)).toEqual([])
})

test('a host whose credentials could not be made is not known', async () => {
  renew.mockRejectedValue(new Error('the database is away'))
  await expect(ask('rack2')).rejects.toThrow(/database is away/)
  expect(joinedHosts(home)).toEqual([])
})

test('a host that is forgotten is locked out; one that never was invited is told', async () => {
  await ask('rack2')
  await forgetHost(config, doors(), 'rack2')
  expect(joinedHosts(home)).toEqual([])
  expect(renew).toHaveBeenCalledTimes(2)
  await expect(forgetHost(config, doors(), 'rack2')).rejects.toThrow(/No host rack2/)
})
