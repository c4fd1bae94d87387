import { expect, test } from 'vitest'
import { volumeChecks } from './volumes.ts'

const works = (kind: string) => ({ kind, trouble: null, unlock: null })

test('says of each back end whether a volume was really made with it', () => {
  const findings = [
    works('local'),
    { kind: 'iscsi', trouble: 'tgtd is not installed.', unlock: 'apt-get install tgt' },
  ]
  expect(volumeChecks({ volumes: { chosen: ['local'], findings, usable: true } })).toEqual([
    { name: 'Volumes: local', state: 'ok', found: expect.stringContaining('works') },
    {
      name: 'Volumes: iSCSI',
      state: 'limited',
      found: 'tgtd is not installed.',
      remedy: 'apt-get install tgt',
    },
  ])
})

test('never pretends', () => {
  const simulated = volumeChecks({ volumes: { chosen: ['simulated'], findings: [], usable: true } })
  expect(simulated).toMatchObject([{ name: 'Volumes', state: 'limited' }])
  expect(volumeChecks({ volumes: { chosen: [], findings: [], usable: true } })).toEqual([])
})
