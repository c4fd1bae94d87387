import { expect, test } from 'vitest'
import { append, keptCharacters } from './console-stream.ts'
import { findHits, plainText, splitFound } from './console-text.ts'

test('colours, titles and carriage returns are taken out of the log', () => {
  const esc = '\u001b'
  expect(plainText(`${esc}[1;32mok${esc}[0m\r\n`)).toBe('ok\n')
  expect(plainText(`${esc}]0;title\u0007a\r\r\nb\tc\u0000`)).toBe('a\nb\tc')
  expect(plainText(`${esc}[2J${esc}[H${esc}[?25lgrub`)).toBe('grub')
  expect(plainText('10%\r20%\n')).toBe('10%\n20%\n')
})

test('a line is split at every place that was searched for', () => {
  expect(splitFound('eth0 and ETH1', 'eth')).toEqual([
    { text: 'eth', found: true },
    { text: '0 and ', found: false },
    { text: 'ETH', found: true },
    { text: '1', found: false },
  ])
  expect(splitFound('none', 'x')).toEqual([{ text: 'none', found: false }])
  expect(splitFound('', 'x')).toEqual([{ text: '', found: false }])
})

test('a long log keeps its end, cut at a line', () => {
  const state = {
    phase: 'following' as const,
    why: null,
    text: `first\n${'x'.repeat(keptCharacters - 6)}`,
    cut: false,
  }
  const { text, cut } = append(state, '\nlast')
  expect(cut).toBe(true)
  expect(text.startsWith('first')).toBe(false)
  expect(text.endsWith('\nlast')).toBe(true)
})

test('hits are counted in order, also several of one line', () => {
  expect(findHits(['eth0: up', 'nothing', 'ETH0 and eth0'], 'eth0')).toEqual([
    { line: 0, nth: 0 },
    { line: 2, nth: 0 },
    { line: 2, nth: 1 },
  ])
  expect(findHits(['abc'], '')).toEqual([])
})
