import { expect, test } from 'vitest'
import { limitsOf } from './limits.ts'

const spec = (specs: Record<string, string>) => ({ consumer: 'front-end', specs })

test('limits are what the QoS spec says, those per GiB times the size', () => {
  expect(limitsOf(null, 10)).toBeNull()
  expect(limitsOf(spec({}), 10)).toBeNull()
  expect(limitsOf(spec({ total_iops_sec: '500', read_bytes_sec_max: '1048576' }), 10)).toEqual({
    totalIops: 500,
    readBytesMax: 1_048_576,
  })
  expect(limitsOf(spec({ total_iops_sec_per_gb: '30' }), 10)).toEqual({ totalIops: 300 })
})
