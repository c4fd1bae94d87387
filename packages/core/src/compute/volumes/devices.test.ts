import { describe, expect, it } from 'vitest'
import { chooseDevice, diskPlaces, ownDisks, placeOfDevice } from './devices.ts'

const names = { prefix: 'vd', own: 1, taken: [] } as const

describe('names of disks', () => {
  it('chooses the first place that is free behind the disks of the machine', () => {
    expect(chooseDevice(names, null)).toBe('/dev/vdb')
    expect(chooseDevice({ ...names, own: 3 }, null)).toBe('/dev/vdd')
    expect(chooseDevice({ ...names, taken: ['/dev/vdb', '/dev/vdd'] }, null)).toBe('/dev/vdc')
    expect(chooseDevice({ prefix: 'sd', own: 0, taken: ['/dev/sda'] }, 'auto')).toBe('/dev/sdb')
  })

  it('keeps the first place for a root disk, also where that is a volume', () => {
    expect(chooseDevice({ ...names, own: 0 }, null)).toBe('/dev/vdb')
  })

  it('takes a wish with or without its directory, and calls it as the bus does', () => {
    expect(chooseDevice(names, '/dev/vdf')).toBe('/dev/vdf')
    expect(chooseDevice(names, 'sdf')).toBe('/dev/vdf')
  })

  it('refuses what is taken, no name, or behind the last place', () => {
    expect(() => chooseDevice({ ...names, taken: ['/dev/vdc'] }, '/dev/vdc')).toThrow(/already/)
    expect(() => chooseDevice(names, '/dev/vda')).toThrow(/already/)
    expect(() => chooseDevice(names, '../x')).toThrow(/no name of a disk/)
    expect(() => chooseDevice(names, '/dev/vdz')).toThrow(/no name of a disk/)
    const full = Array.from({ length: diskPlaces }, (_, at) => `/dev/vd${String.fromCharCode(97 + at)}`)
    expect(() => chooseDevice({ ...names, taken: full }, null)).toThrow(/no place/)
  })

  it('counts what a machine has by itself', () => {
    const plain = { imageId: 'x', ephemeralGib: 0, swapMib: 0, configDrive: false }
    expect(ownDisks(plain)).toBe(1)
    expect(ownDisks({ ...plain, imageId: null })).toBe(0)
    expect(ownDisks({ imageId: 'x', ephemeralGib: 1, swapMib: 1, configDrive: true })).toBe(4)
    expect(placeOfDevice('/dev/vdb')).toBe(1)
    expect(placeOfDevice(null)).toBeNull()
  })
})
