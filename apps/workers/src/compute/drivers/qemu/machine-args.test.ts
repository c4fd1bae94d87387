import { machineOptions } from '@nephos/core'
import { describe, expect, it } from 'vitest'
import { commandLine } from './command-line.ts'
import { nicPlace } from './nic-args.ts'

const nic = (portId: string) => ({ portId, mac: 'fa:16:3e:00:00:01', tap: `tap${portId}`, mtu: 1450 })
const args = (
  extraSpecs: object,
  imageProperties: object = {},
  accelerator: 'kvm' | 'tcg' = 'tcg',
  vcpus = 4,
) =>
  commandLine({
    instanceId: '0190a3f4-1111-7222-8333-444455556666',
    vcpus,
    ramMib: 256,
    baseFormat: 'qcow2',
    accelerator,
    nics: [nic('a'), nic('b')],
    options: machineOptions({ vcpus, extraSpecs, imageProperties }),
  })
const after = (all: string[], option: string) => all.filter((_, at) => all[at - 1] === option)
const devices = (all: string[]) => after(all, '-device')
const device = (all: string[], id: string) => devices(all).find((one) => one.includes(`id=${id}`))

describe('what image and flavor make of the command line', () => {
  it('q35: every interface behind a root port of its own, and ports to spare', () => {
    const all = args({}, { hw_machine_type: 'q35' })
    expect(after(all, '-machine')[0]).toMatch(/^q35,/)
    expect(devices(all).filter((one) => one.startsWith('pcie-root-port,id=rp'))).toHaveLength(16)
    expect(device(all, 'nic-a')).toContain('bus=rp0')
    expect(device(all, 'nic-b')).toContain('bus=rp1')
    // A port is there before what is plugged into it.
    expect(all.findIndex((one) => one.includes('id=rp1,'))).toBeLessThan(
      all.findIndex((one) => one.includes('bus=rp1')),
    )
  })

  it('an interface has the slot of its position, whatever came and went before it', () => {
    expect(device(args({}), 'nic-a')).toContain('bus=pci.0,addr=0x10')
    expect(device(args({}), 'nic-b')).toContain('bus=pci.0,addr=0x11')
    expect(nicPlace('pc', 15)).toEqual({ bus: 'pci.0', addr: '0x1f' })
    expect(nicPlace('q35', 4)).toEqual({ bus: 'rp4' })
    expect(nicPlace('pc', 16)).toBeNull()
  })

  it('UEFI: read-only code, variables of the machine’s own', () => {
    const all = args({}, { hw_firmware_type: 'uefi' })
    expect(after(all, '-machine')[0]).toContain('pflash0=firmware-code,pflash1=firmware-vars')
    const nodes = after(all, '-blockdev').map((one) => JSON.parse(one))
    expect(nodes.find((node) => node['node-name'] === 'firmware-code')).toMatchObject({
      'read-only': true,
      file: { filename: 'firmware-code.fd', 'read-only': true },
    })
    expect(nodes.find((node) => node['node-name'] === 'firmware-vars')).toMatchObject({
      'read-only': false,
      file: { filename: 'firmware-vars.fd' },
    })
  })

  it('virtio-scsi: a controller and a disk on it', () => {
    const all = args({}, { hw_disk_bus: 'scsi' })
    expect(device(all, 'scsi0')).toBe('virtio-scsi-pci,id=scsi0')
    expect(device(all, 'disk-root')).toMatch(/^scsi-hd,bus=scsi0\.0,.*drive=root$/)
    expect(device(args({}), 'disk-root')).toMatch(/^virtio-blk-pci,.*bootindex=1,.*drive=root$/)
  })

  it('CPUs: topology and model, as far as the accelerator can show one', () => {
    expect(after(args({ 'hw:cpu_sockets': '2', 'hw:cpu_threads': '2' }), '-smp')).toEqual([
      '4,sockets=2,cores=1,threads=2',
    ])
    expect(after(args({}, { hw_cpu_model: 'Haswell' }), '-cpu')).toEqual(['Haswell'])
    expect(after(args({}, { hw_cpu_model: 'host' }), '-cpu')).toEqual(['max'])
    expect(after(args({}, { hw_cpu_model: 'host' }, 'kvm'), '-cpu')).toEqual(['host'])
  })

  it('cards, watchdog and random numbers', () => {
    const all = args(
      { 'hw:watchdog_action': 'poweroff', 'hw_rng:rate_bytes': '2048' },
      { hw_vif_model: 'e1000', hw_video_model: 'virtio' },
    )
    expect(device(all, 'nic-a')).toBe(
      'e1000,id=nic-a,netdev=net-a,mac=fa:16:3e:00:00:01,bus=pci.0,addr=0x10,romfile=',
    )
    expect(devices(all)).toContain('i6300esb,id=watchdog')
    expect(after(all, '-action')).toContain('watchdog=poweroff')
    expect(devices(all)).toContain('virtio-vga,id=video')
    expect(device(all, 'rng-device')).toContain('max-bytes=2048,period=1000')
    const bare = args({ 'hw_rng:allowed': 'false' }, { hw_video_model: 'none' })
    expect(bare.join(' ')).not.toMatch(/rng|VGA|vga/)
  })
})
