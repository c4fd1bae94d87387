import { expect, test } from 'vitest'
import { offerText, readOffer } from './row.ts'

const offer = { id: '019a0000-0000-7000-8000-00000000000a', authKey: 'k3y_-abc' }

test('what is handed over is understood when it is pasted', () => {
  expect(readOffer(offerText(offer))).toEqual(offer)
  expect(readOffer(`${offer.id} ${offer.authKey}`)).toEqual(offer)
})

test('anything else is not taken for an offer', () => {
  expect(readOffer(offer.id)).toBeNull()
  expect(readOffer('two words')).toBeNull()
  expect(readOffer(`${offer.id} one two`)).toBeNull()
})
