import { describe, expect, it } from 'vitest'
import { findCpuController, joinCgroup, settings } from './cpu-cgroup.ts'

describe('limits of CPU time', () => {
  it('are written as each version of the controller wants them', () => {
    const limits = { quotaUs: 25_000, periodUs: 100_000, shares: 512 }
    expect(settings(1, limits)).toEqual([
      ['cpu.cfs_quota_us', '-1'],
      ['cpu.cfs_period_us', '100000'],
      ['cpu.cfs_quota_us', '25000'],
      ['cpu.shares', '512'],
    ])
    expect(settings(2, limits)).toEqual([
      ['cpu.max', '25000 100000'],
      ['cpu.weight', '20'],
    ])
    expect(settings(2, { quotaUs: null, periodUs: 50_000, shares: null })).toEqual([
      ['cpu.max', 'max 50000'],
      ['cpu.weight', '100'],
    ])
    expect(settings(2, { ...limits, shares: 262_144 })).toContainEqual(['cpu.weight', '10000'])
  })

  it('are refused where no controller is mounted, saying so', async () => {
    expect(await findCpuController('/host', 'proc /proc proc rw 0 0\n')).toEqual({
      version: null,
      reason: 'No cgroup hierarchy with the CPU controller is mounted.',
    })
    expect(await findCpuController('/host', 'cgroup /does/not/exist cgroup rw,cpu 0 0\n')).toMatchObject({
      version: null,
      reason: expect.stringContaining('/does/not/exist'),
    })
  })

  it('bind a process before its first instruction', () => {
    expect(joinCgroup(null)).toEqual([])
    expect(joinCgroup('/x/cgroup.procs').slice(0, 2)).toEqual(['/bin/sh', '-c'])
  })
})
