import { describe, expect, it } from 'vitest'
import { bootProblem, type ExtraVolume, firstBoot, needsImage, volumesInput } from './boot.ts'

const extra: ExtraVolume = { key: 'a', size: '10', deleteOnTermination: true }

describe('what an instance boots from', () => {
  it('needs no volume where it is an image', () => {
    expect(volumesInput(firstBoot, [], 'image')).toEqual([])
    expect(bootProblem(firstBoot, [], 3)).toBeNull()
    expect(needsImage(firstBoot)).toBe(true)
  })

  it('is a new volume from the image, as large as was said', () => {
    const boot = { ...firstBoot, from: 'new-volume', size: ' 20 ' } as const
    expect(volumesInput(boot, [], 'image')).toEqual([
      { bootIndex: 0, deleteOnTermination: false, sizeGib: 20, imageId: 'image' },
    ])
    expect(volumesInput({ ...boot, size: '' }, [], 'image')[0]).not.toHaveProperty('sizeGib')
    expect(bootProblem({ ...boot, size: '1.5' }, [], 1)).toMatch(/whole number/)
  })

  it('is a volume that is there, for one instance', () => {
    const boot = { ...firstBoot, from: 'volume', volumeId: 'v' } as const
    expect(volumesInput(boot, [], undefined)).toEqual([
      { bootIndex: 0, deleteOnTermination: false, volumeId: 'v' },
    ])
    expect(bootProblem(boot, [], 2)).toMatch(/one instance/)
    expect(bootProblem({ ...boot, volumeId: undefined }, [], 1)).toMatch(/Choose the volume/)
    expect(needsImage(boot)).toBe(false)
  })

  it('is a snapshot, with the type that was chosen', () => {
    const boot = { ...firstBoot, from: 'snapshot', snapshotId: 's', typeId: 't' } as const
    expect(volumesInput(boot, [], undefined)).toEqual([
      { bootIndex: 0, deleteOnTermination: false, typeId: 't', snapshotId: 's' },
    ])
    expect(bootProblem({ ...boot, snapshotId: undefined }, [], 1)).toMatch(/Choose the snapshot/)
  })

  it('comes before further volumes, whose size has to be said', () => {
    expect(volumesInput(firstBoot, [extra], 'image')).toEqual([{ sizeGib: 10, deleteOnTermination: true }])
    expect(bootProblem(firstBoot, [{ ...extra, size: '' }], 1)).toMatch(/how large/)
  })
})
