import { expect, it } from 'vitest'
import { limitDisks } from './disk-limits.ts'

const limits = {
  readBytes: null,
  writeBytes: 1_048_576,
  totalBytes: null,
  readIops: 40,
  writeIops: null,
  totalIops: null,
}

it('limits each disk that can be written, and nothing else', async () => {
  const asked: [string, object][] = []
  const execute = async (command: string, args: object = {}) => {
    asked.push([command, args])
    return [
      { qdev: '/machine/peripheral/disk-root/virtio-backend', inserted: { ro: false } },
      { qdev: 'disk-ephemeral0', inserted: { ro: false } },
      { qdev: '/machine/peripheral/disk-config', inserted: { ro: true } },
      { qdev: '/machine/system.flash1', inserted: { ro: false } },
      { qdev: '/machine/peripheral/cd0' },
    ]
  }
  await limitDisks({ execute }, limits)
  const rates = { bps: 0, bps_rd: 0, bps_wr: 1_048_576, iops: 0, iops_rd: 40, iops_wr: 0 }
  expect(asked).toEqual([
    ['query-block', {}],
    ['block_set_io_throttle', { id: '/machine/peripheral/disk-root/virtio-backend', ...rates }],
    ['block_set_io_throttle', { id: 'disk-ephemeral0', ...rates }],
  ])
  asked.length = 0
  await limitDisks({ execute }, null)
  expect(asked).toEqual([])
})
