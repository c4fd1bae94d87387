import { describe, expect, it } from 'vitest'
import type { MachineVolume } from '../../../volumes.ts'
import { commandLine } from '../command-line.ts'
import { plainOptions } from '../machine-args.ts'
import { volumeBackend, volumeDevice, volumePlace, volumeSerial } from './nodes.ts'
import { throttle } from './plug-volume.ts'

const volumeId = '0190a3f4-1111-7222-8333-444455556666'
const volume = (connection: Partial<MachineVolume['connection']> = {}): MachineVolume => ({
  volumeId,
  slot: 1,
  bootIndex: null,
  connection: {
    volumeId,
    attachmentId: '0190a3f4-2222-7222-8333-444455556666',
    route: { kind: 'file', path: '/volumes/a.qcow2', format: 'qcow2' },
    sizeBytes: 1024 ** 3,
    readOnly: false,
    limits: {},
    passphrase: null,
    ...connection,
  },
})
const iscsi = {
  kind: 'iscsi',
  portal: '198.18.0.2:3260',
  target: 'iqn.2025-01.io.nephos:v',
  lun: 1,
  user: 'chap',
  password: 'twelve letters',
  initiator: 'iqn.2025-01.io.nephos:host.host1',
} as const

describe('how QEMU reaches a volume', () => {
  it('opens a file by the format that is said, never by what it looks like', () => {
    expect(volumeBackend(volume())).toEqual({
      secrets: [],
      credentials: null,
      node: {
        driver: 'qcow2',
        'node-name': `vol-${volumeId.replaceAll('-', '').slice(-24)}`,
        'read-only': false,
        discard: 'unmap',
        'detect-zeroes': 'unmap',
        file: {
          driver: 'file',
          filename: '/volumes/a.qcow2',
          aio: 'threads',
          'read-only': false,
          discard: 'unmap',
        },
      },
    })
    expect(() => volumeBackend(volume({ route: { kind: 'file', path: 'a', format: 'raw' } }))).toThrow(
      /absolute/,
    )
  })

  it('gives passwords to QEMU as secrets, never in the node', () => {
    const { secrets, node } = volumeBackend(volume({ route: iscsi }))
    expect(secrets).toEqual([expect.objectContaining({ data: 'twelve letters', format: 'raw' })])
    expect(JSON.stringify(node)).not.toContain('twelve letters')
    expect(node).toMatchObject({
      driver: 'raw',
      file: { driver: 'iscsi', user: 'chap', 'password-secret': secrets[0]!.id, lun: 1 },
    })
  })

  it('puts encryption above whatever leads to the bytes', () => {
    const { secrets, node } = volumeBackend(volume({ route: iscsi, passphrase: 'c2VjcmV0' }))
    expect(secrets.map(({ format }) => format)).toEqual(['raw', 'base64'])
    expect(node).toMatchObject({
      driver: 'luks',
      'key-secret': secrets[1]!.id,
      file: { driver: 'raw', file: { driver: 'iscsi' } },
    })
    expect(node.file as object).not.toHaveProperty('node-name')
  })

  it('waits for an NBD server that went away, over a socket or the network', () => {
    const server = (address: { path: string } | { host: string; port: number }) =>
      volumeBackend(volume({ route: { kind: 'nbd', address, name: 'v' }, readOnly: true })).node
    expect(server({ path: '/run/v.sock' })).toMatchObject({
      'read-only': true,
      file: {
        driver: 'nbd',
        server: { type: 'unix', path: '/run/v.sock' },
        export: 'v',
        'reconnect-delay': 60,
      },
    })
    expect(server({ host: '198.18.0.2', port: 10_809 })).toMatchObject({
      file: { server: { type: 'inet', host: '198.18.0.2', port: '10809' } },
    })
  })

  it('keeps the key of a server out of the node as well', () => {
    const psk = { user: 'nephos', key: '0123456789abcdef0123456789abcdef' }
    const route = { kind: 'nbd', address: { host: '198.18.0.2', port: 10_900 }, name: 'v', psk } as const
    const { credentials, secrets, node } = volumeBackend(volume({ route }))
    expect(secrets).toEqual([])
    expect(credentials).toMatchObject(psk)
    expect(node).toMatchObject({ file: { 'tls-creds': credentials!.id } })
    expect(JSON.stringify(node)).not.toContain(psk.key)
  })

  it('says why AoE and simulated volumes are no disks of a machine', () => {
    expect(() => volumeBackend(volume({ route: { kind: 'aoe', shelf: 7, slot: 1 } }))).toThrow(/AoE/)
    expect(() => volumeBackend(volume({ route: { kind: 'simulated' } }))).toThrow(/no bytes/)
  })
})

describe('where a volume is plugged in', () => {
  const bus = (diskBus: 'virtio' | 'scsi', machineType: 'pc' | 'q35') =>
    volumePlace(3, { diskBus, machineType })

  it('is decided by its slot, on every kind of machine', () => {
    expect(bus('virtio', 'pc')).toEqual({ bus: 'disks', addr: '0x4' })
    expect(bus('virtio', 'q35')).toEqual({ bus: 'dp3' })
    expect(bus('scsi', 'pc')).toEqual({ bus: 'scsi0.0', channel: 0, 'scsi-id': 19, lun: 0 })
    expect(() => volumePlace(99, { diskBus: 'virtio', machineType: 'pc' })).toThrow(/no place/)
  })

  it('has a serial number by which the guest finds it, and the order of booting', () => {
    expect(volumeDevice({ ...volume(), bootIndex: 0 }, plainOptions(1))).toMatchObject({
      serial: volumeSerial(volumeId),
      bootindex: 1,
    })
    expect(volumeDevice(volume(), plainOptions(1))).not.toHaveProperty('bootindex')
    expect(volumeSerial(volumeId)).toBe('0190a3f4-1111-7222-8')
  })

  const machine = (imageProperties: { machineType: 'pc' | 'q35' }, baseFormat: 'qcow2' | null) =>
    commandLine({
      instanceId: volumeId,
      vcpus: 1,
      ramMib: 128,
      nics: [],
      accelerator: 'tcg',
      baseFormat,
      options: { ...plainOptions(1), ...imageProperties },
      moreDisks: [{ node: 'swap', file: 'swap.qcow2', readOnly: false, serial: 'swap0' }],
    }).join(' ')

  it('is there in every machine, whether it has volumes or not', () => {
    expect(machine({ machineType: 'pc' }, 'qcow2')).toContain('pci-bridge,id=disks')
    expect(machine({ machineType: 'q35' }, 'qcow2').match(/id=dp\d+/g)).toHaveLength(24)
  })

  it('comes before the disks of the machine where a volume is its root disk', () => {
    expect(machine({ machineType: 'pc' }, 'qcow2')).not.toContain('bus=disks')
    const args = machine({ machineType: 'pc' }, null)
    expect(args).not.toContain('disk-root')
    expect(args).toMatch(/id=disk-swap,serial=swap0,bus=disks,addr=0x16/)
  })
})

it('tells QEMU the limits of a volume; what is not said has none', () => {
  expect(throttle('q', {})).toEqual({
    id: 'q',
    bps: 0,
    bps_rd: 0,
    bps_wr: 0,
    iops: 0,
    iops_rd: 0,
    iops_wr: 0,
  })
  expect(throttle('q', { totalIops: 100, totalIopsMax: 200 })).toMatchObject({ iops: 100, iops_max: 200 })
})
