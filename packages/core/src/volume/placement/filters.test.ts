import { describe, expect, test } from 'vitest'
import type { BackendState } from './backend-state.ts'
import { chooseBackends, type VolumeNeeds, whyNone } from './filters.ts'

const gib = 1024n ** 3n
const able = { acrossHosts: true, onlineExtend: true, liveSnapshot: true, multiAttach: true }

const backend = (name: string, fields: Partial<BackendState> = {}): BackendState => ({
  id: name,
  name: `${name}@local`,
  hostName: name,
  zone: 'nova',
  driver: 'local',
  enabled: true,
  disabledReason: null,
  totalBytes: 100n * gib,
  freeBytes: 100n * gib,
  provisioning: 2,
  reservedPercent: 0,
  allocatedGib: 0,
  volumeCount: 0,
  generation: 0,
  abilities: able,
  trouble: null,
  seenAt: new Date(),
  ...fields,
})
const needs = (fields: Partial<VolumeNeeds> = {}): VolumeNeeds => ({
  sizeGib: 10,
  specs: {},
  zone: null,
  sourceHost: null,
  sourceBackendId: null,
  sameHost: [],
  differentHost: [],
  ...fields,
})
const choose = (backends: BackendState[], wanted = needs()) => {
  const { fits, verdicts } = chooseBackends(backends, wanted, 60)
  return { fits: fits.map(({ id }) => id), refused: verdicts.map(({ filter }) => filter) }
}

test('the one with the most room comes first, then the one with fewer volumes', () => {
  const full = backend('full', { allocatedGib: 150 })
  const busy = backend('busy', { volumeCount: 7 })
  expect(choose([full, busy, backend('idle')]).fits).toEqual(['idle', 'busy', 'full'])
})

test('among several hosts one that all of them reach is preferred, on a single one its own disk', () => {
  const own = { abilities: { ...able, acrossHosts: 'Only here.' }, volumeCount: 9 }
  const kinds = (hostName: string) => [
    backend(`${hostName}-nbd`, { hostName, driver: 'nbd' }),
    backend(`${hostName}-local`, { hostName, ...own }),
  ]
  expect(choose(kinds('a')).fits).toEqual(['a-local', 'a-nbd'])
  expect(choose([...kinds('a'), ...kinds('b')]).fits).toEqual(['a-nbd', 'b-nbd', 'a-local', 'b-local'])
})

describe('a back end is refused', () => {
  test.each<[string, Partial<BackendState>, Partial<VolumeNeeds>]>([
    ['state', { enabled: false }, {}],
    ['state', { seenAt: new Date(Date.now() - 61_000) }, {}],
    ['state', { seenAt: null }, {}],
    ['state', { trouble: 'The disk is gone.' }, {}],
    ['zone', {}, { zone: 'south' }],
    ['type-zones', {}, { specs: { 'RESKEY:availability_zones': 'south, north' } }],
    ['back-end', {}, { specs: { volume_backend_name: 'iscsi' } }],
    [
      'abilities',
      { abilities: { ...able, multiAttach: 'One at a time.' } },
      { specs: { multiattach: '<is> True' } },
    ],
    ['source', {}, { sourceHost: 'other' }],
    ['same-host', {}, { sameHost: ['other'] }],
    ['different-host', {}, { differentHost: ['one'] }],
    ['other', {}, { notBackendId: 'one' }],
    ['capacity', { allocatedGib: 191 }, {}],
    ['capacity', { freeBytes: 4n * gib }, {}],
    ['capacity', { reservedPercent: 96 }, {}],
  ])('by its %s', (filter, fields, wanted) => {
    const { fits, refused } = choose([backend('one', fields)], needs(wanted))
    expect({ fits, refused }).toEqual({ fits: [], refused: [filter] })
  })
})

test.each(['local', 'one@local'])('a type names its back end as %s', (name) => {
  expect(choose([backend('one')], needs({ specs: { volume_backend_name: name } })).fits).toEqual(['one'])
})

test('where the source is comes before where there is room', () => {
  const source = backend('source', { allocatedGib: 100 })
  const wanted = needs({ sourceBackendId: 'source' })
  expect(choose([backend('empty'), source], wanted).fits).toEqual(['source', 'empty'])
})

test('the sentence says what each lacked', () => {
  const choice = chooseBackends([backend('one', { allocatedGib: 195 })], needs(), 60)
  expect(whyNone(choice)).toBe('No back end can take the volume: one@local (needed: 10 GiB; has: 5 GiB).')
  expect(whyNone(chooseBackends([], needs(), 60))).toBe('No host of the cloud keeps volumes.')
})
