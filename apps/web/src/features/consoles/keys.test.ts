import { expect, test } from 'vitest'
import { isLeaveKey, keysOf, specialKeys, typeable } from './keys.ts'

const codes = (character: string) => keysOf(character).map(({ code }) => code)

test('characters are typed as on a US keyboard', () => {
  expect(codes('a')).toEqual(['KeyA'])
  expect(codes('A')).toEqual(['ShiftLeft', 'KeyA'])
  expect(codes('1')).toEqual(['Digit1'])
  expect(codes('!')).toEqual(['ShiftLeft', 'Digit1'])
  expect(codes(')')).toEqual(['ShiftLeft', 'Digit0'])
  expect(codes('|')).toEqual(['ShiftLeft', 'Backslash'])
  expect(codes('\n')).toEqual(['Enter'])
  expect(keysOf('a')[0]).toEqual({ keysym: 0x61, code: 'KeyA' })
})

test('every printable character of ASCII has a place', () => {
  for (let code = 0x20; code < 0x7f; code++)
    expect(codes(String.fromCharCode(code)), String.fromCharCode(code)).not.toContain('Unidentified')
})

test('others go by their keysym', () => {
  expect(keysOf('é')).toEqual([{ keysym: 0xe9, code: 'Unidentified' }])
  expect(keysOf('€')).toEqual([{ keysym: 0x010020ac, code: 'Unidentified' }])
})

test('pasted text has one Enter a line and no control characters', () => {
  expect(typeable('a\r\nb\rc\u0007\u001b[31m\td').join('')).toBe('a\nb\nc[31m\td')
})

test('special keys press what they say', () => {
  const f2 = specialKeys.find(({ label }) => label === 'Ctrl+Alt+F2')
  expect(f2?.keys.map(({ code, keysym }) => [code, keysym])).toEqual([
    ['ControlLeft', 0xffe3],
    ['AltLeft', 0xffe9],
    ['F2', 0xffbf],
  ])
  expect(isLeaveKey({ ctrlKey: true, altKey: true, code: 'KeyG' })).toBe(true)
  expect(isLeaveKey({ ctrlKey: true, altKey: false, code: 'KeyG' })).toBe(false)
})
