import { expect, test } from 'vitest'
import { sizeChanges, sizeWords, whyNoDestination, whyNoResize } from './choices.ts'

const small = { vcpus: 1, ramMib: 2048, diskGib: 20, ephemeralGib: 0, swapMib: 0 }
const large = { vcpus: 4, ramMib: 8192, diskGib: 20, ephemeralGib: 10, swapMib: 512 }
const flavor = (sizes: typeof small, patch = {}) => ({ id: 'other', disabled: false, ...sizes, ...patch })
const instance = { flavorId: 'mine', ...small }

test('a flavor that an instance cannot get says why', () => {
  expect(whyNoResize(instance, flavor(large))).toBeNull()
  expect(whyNoResize(instance, flavor(small, { id: 'mine' }))).toBe('The instance has it already.')
  expect(whyNoResize(instance, flavor(large, { disabled: true }))).toBe('It is disabled.')
  expect(whyNoResize(instance, flavor(large, { diskGib: 10 }))).toBe(
    'Its disk of 10 GiB is smaller than the present one of 20 GiB; disks cannot shrink.',
  )
  expect(whyNoResize({ ...instance, ephemeralGib: 20 }, flavor(large))).toBe(
    'Its ephemeral disk of 10 GiB is smaller than the present one of 20 GiB; disks cannot shrink.',
  )
  expect(whyNoResize(instance, flavor(small, { ramMib: 512 }), { name: 'ubuntu', minRamMib: 1024 })).toBe(
    'ubuntu needs 1 GiB of memory; this has 512 MiB.',
  )
})

test('a flavor is said in words', () => {
  expect(sizeWords(small)).toBe('1 vCPU, 2 GiB memory, 20 GiB disk')
  expect(sizeWords({ ...large, diskGib: 0 })).toBe(
    '4 vCPU, 8 GiB memory, disk as large as the image, 10 GiB ephemeral disk, 512 MiB swap',
  )
})

test('only what becomes different is a change', () => {
  expect(sizeChanges(small, small)).toEqual([])
  expect(sizeChanges(small, large)).toEqual([
    { label: 'vCPUs', before: '1', after: '4' },
    { label: 'Memory', before: '2 GiB', after: '8 GiB' },
    { label: 'Ephemeral disk', before: 'none', after: '10 GiB' },
    { label: 'Swap', before: 'none', after: '512 MiB' },
  ])
  expect(sizeChanges({ ...small, diskGib: 0 }, small)).toEqual([
    { label: 'Disk', before: 'as the image', after: '20 GiB' },
  ])
})

test('a host that cannot take an instance says why', () => {
  const host = { name: 'b', up: true, enabled: true, maintenance: false }
  expect(whyNoDestination(host, 'a')).toBeNull()
  expect(whyNoDestination(host, 'b')).toBe('The instance is there.')
  expect(whyNoDestination({ ...host, up: false }, 'a')).toBe('It is down.')
  expect(whyNoDestination({ ...host, maintenance: true }, 'a')).toBe('It is under maintenance.')
  expect(whyNoDestination({ ...host, enabled: false }, 'a')).toBe('It is disabled.')
})
