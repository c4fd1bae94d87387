import { expect, it } from 'vitest'
import { loadConfig } from './load.ts'
import { cloudId, dhcpNetns, hostNetns } from './paths.ts'

const at = (home: string, hostName = 'host1') =>
  loadConfig({ env: {}, cwd: '/', overrides: { home, hostName } })

it('names of two clouds, two hosts and two networks never meet', () => {
  const names = [at('/a'), at('/b'), at('/a', 'host2')].flatMap((config) => [
    hostNetns(config),
    dhcpNetns(config, 1),
    dhcpNetns(config, 2),
  ])
  expect(new Set(names).size).toBe(names.length)
})

it('names stay the same from start to start', () => {
  expect(cloudId(at('/a'))).toBe(cloudId(at('/a')))
  expect(hostNetns(at('/a'))).toMatch(/^nph-[0-9a-f]{8}-host1$/)
})
