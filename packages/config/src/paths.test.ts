import { expect, it } from 'vitest'
import { loadConfig } from './load.ts'
import { cloudId, dhcpNetns, hostNames, hostNetns, labAddress } from './paths.ts'

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

it('hosts of a lab count on from the first one, each with an address of its own', () => {
  expect(hostNames({ hostName: 'host1' }, 3)).toEqual(['host1', 'host2', 'host3'])
  expect(hostNames({ hostName: 'node' }, 2)).toEqual(['node', 'node2'])
  expect(hostNames({ hostName: '7' }, 2)).toEqual(['7', '8'])
  expect(labAddress(at('/a'), 0)).toMatch(/^10\.255\.\d{1,3}\.1$/)
  expect(labAddress({ home: '/a', underlayCidr: '172.30.1.0/24' }, 1)).toBe('172.30.1.2')
})
