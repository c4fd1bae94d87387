import { expect, test } from 'vitest'
import { qosKeys, qosKeyWords, qosProblem, qosWords } from './row.ts'

test('every limit of the cloud has a name of its own', () => {
  const names = qosKeys.map(qosKeyWords)
  expect(names.filter((name) => name.includes('_'))).toEqual([])
  expect(new Set(names).size).toBe(qosKeys.length)
  expect(qosKeyWords('read_iops_sec_max')).toBe('Reads a second, in a burst')
})

test('limits are said in units that people read', () => {
  expect(qosWords({ total_bytes_sec: '10485760', total_iops_sec: '500' })).toEqual([
    'Operations a second: 500',
    'Bytes a second: 10 MiB',
  ])
})

test('what is no limit is refused with its name', () => {
  expect(qosProblem([{ key: 'total_iops_sec', value: '500' }])).toBeNull()
  expect(qosProblem([{ key: 'total_iops_sec', value: '0' }])).toMatch(/Operations a second/)
  expect(qosProblem([{ key: '', value: '1' }])).toMatch(/Choose/)
  expect(
    qosProblem([
      { key: 'total_iops_sec', value: '1' },
      { key: 'total_iops_sec', value: '2' },
    ]),
  ).toMatch(/twice/)
})
