import { expect, it } from 'vitest'
import { attachmentState, volumeLabel, whyNotDetach } from './volume-words.ts'

it('calls a volume by its name, or by the end of its id', () => {
  expect(volumeLabel({ name: 'data', volumeId: '0190a3f4-1111-7222-8333-444455556666' })).toBe('data')
  expect(volumeLabel({ name: '', volumeId: '0190a3f4-1111-7222-8333-444455556666' })).toBe('…55556666')
})

it('says how an attachment stands', () => {
  expect(attachmentState('attached')).toEqual({ tone: 'ok', word: 'Attached' })
  expect(attachmentState('reserved')).toEqual({ tone: 'busy', word: 'Attaching' })
  expect(attachmentState('error_detaching')).toMatchObject({ tone: 'bad', word: 'Not detached' })
})

it('says why a volume cannot be detached', () => {
  expect(whyNotDetach({ status: 'attached', bootIndex: 0 })).toBe('The instance boots from it.')
  expect(whyNotDetach({ status: 'attached', bootIndex: null })).toBeNull()
  expect(whyNotDetach({ status: 'attaching', bootIndex: null })).toMatch(/Wait/)
})
