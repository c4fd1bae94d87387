import { expect, test } from 'vitest'
import { abilitiesOf, backendLook, gibText, promisableGib } from './row.ts'

const fine = { up: true, trouble: null, enabled: true, disabledReason: null }

test('what keeps a back end from taking volumes is said, the worst first', () => {
  expect(backendLook(fine)).toEqual({ tone: 'ok', word: 'Works', why: null })
  expect(backendLook({ ...fine, enabled: false, disabledReason: 'New disks' })).toMatchObject({
    word: 'Disabled',
    why: 'New disks',
  })
  expect(backendLook({ ...fine, trouble: 'No tgtd.', enabled: false })).toMatchObject({
    tone: 'bad',
    why: 'No tgtd.',
  })
  expect(backendLook({ ...fine, up: false, trouble: 'No tgtd.' })).toMatchObject({ word: 'Silent' })
})

test('an ability that lacks says why', () => {
  const abilities = abilitiesOf({ abilities: { liveSnapshot: true, onlineExtend: 'AoE tells nobody.' } })
  expect(abilities.find(({ id }) => id === 'liveSnapshot')?.why).toBeNull()
  expect(abilities.find(({ id }) => id === 'onlineExtend')?.why).toBe('AoE tells nobody.')
  expect(abilities.find(({ id }) => id === 'acrossHosts')?.why).toBe('It cannot.')
})

test('what may be promised leaves out what is kept free', () => {
  expect(promisableGib({ totalGib: 100, reservedPercent: 10, provisioning: 2 })).toBe(180)
  expect(gibText(1234.5)).toBe('1235')
  expect(gibText(12.34)).toBe('12.3')
})
