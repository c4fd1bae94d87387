import { expect, test } from 'vitest'
import { quotaProblem, sizeProblem, volumeAmounts } from '../amounts.ts'
import { sizeText, sourceProblem, type VolumeDraft, volumeInput, whichever } from './draft.ts'

const draft: VolumeDraft = {
  source: 'blank',
  name: ' data ',
  description: '',
  zone: whichever,
  near: 'anywhere',
}

test('an empty volume needs a size and nothing else', () => {
  expect(sourceProblem(draft)).toBeNull()
  expect(volumeInput(draft, null)).toEqual({ name: 'data', sizeGib: 10 })
})

test('only the source that is chosen is asked for, at least as large as it is', () => {
  const copy = { ...draft, source: 'snapshot', imageId: 'i', snapshotId: 's' } as const
  const facts = { leastGib: 7, hasType: true }
  expect(sizeText(copy, facts)).toBe('7')
  expect(volumeInput(copy, facts)).toEqual({ name: 'data', sizeGib: 7, snapshotId: 's' })
  expect(sourceProblem({ ...copy, source: 'volume' })).toMatch(/volume to copy/)
})

test('a place is asked for only where one was chosen', () => {
  const placed = { ...draft, zone: 'room-2', typeId: 't', near: 'apart', nearId: 'v' } as const
  expect(volumeInput(placed, null)).toMatchObject({
    zone: 'room-2',
    typeId: 't',
    hints: { differentHost: 'v' },
  })
  expect(sourceProblem({ ...placed, nearId: undefined })).toMatch(/compare/)
})

const quota = (resource: 'volumes' | 'gigabytes' | 'per_volume_gigabytes', used: number, limit: number) => ({
  resource,
  used,
  limit,
})

test('a size is a whole number that the source and the quota allow', () => {
  expect(sizeProblem('10')).toBeNull()
  expect(sizeProblem('1.5')).toMatch(/whole number/)
  expect(sizeProblem('')).toMatch(/whole number/)
  expect(sizeProblem('3', { least: 4 })).toMatch(/at least 4/)
  expect(sizeProblem('200', { quotas: [quota('per_volume_gigabytes', 0, 100)] })).toMatch(/at most 100/)
})

test('the first quota that would be exceeded is named', () => {
  const quotas = [quota('volumes', 1, 10), quota('gigabytes', 95, 100)]
  expect(quotaProblem(quotas, volumeAmounts('ssd', 5), String)).toBeNull()
  expect(quotaProblem(quotas, volumeAmounts('ssd', 6), String)).toMatch(/gigabytes/)
})
