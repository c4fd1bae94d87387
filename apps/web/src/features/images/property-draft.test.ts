import { expect, test } from 'vitest'
import { lineProblem, linesOf, readLines, withLine } from './property-draft.ts'

test('what is shown reads back as it was, known ones first and what tools wrote last', () => {
  const properties = { instance_uuid: 'x', mine: 'a=b', os_distro: 'debian', empty: '' }
  const lines = linesOf(properties)
  expect(lines.map(({ name }) => name)).toEqual(['os_distro', 'empty', 'mine', 'instance_uuid'])
  expect(readLines(lines)).toEqual({ properties, problem: null })
})

test('a new line has a key of its own, and is left out while it is empty', () => {
  const lines = withLine(withLine(linesOf({ a: '1' })), 'os_type', 'linux')
  expect(new Set(lines.map(({ key }) => key)).size).toBe(3)
  expect(readLines(lines)).toEqual({ properties: { a: '1', os_type: 'linux' }, problem: null })
  expect(withLine([])).toEqual([{ key: 0, name: '', value: '' }])
})

test.each([
  ['hw_disk_bus', 'ide', 'hw_disk_bus must be virtio or scsi.'],
  ['', 'x', 'Give the property a name.'],
  ['a', 'x', 'a is there twice.'],
  ['b', 'anything', null],
])('%s = %s', (name, value, problem) => {
  const lines = withLine(linesOf({ a: '1' }), name, value)
  expect(lineProblem(lines[1]!, lines)).toBe(problem)
  expect(readLines(lines).problem).toBe(problem)
})
