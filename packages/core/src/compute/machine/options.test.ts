import { describe, expect, it } from 'vitest'
import { wrongExtraSpec } from './keys.ts'
import { machineOptions, vifLimits } from './options.ts'

const options = (extraSpecs: object | null, imageProperties: object | null = null, vcpus = 4) =>
  machineOptions({ vcpus, extraSpecs, imageProperties })

describe('what a machine is made like', () => {
  it('is a plain machine when nothing is said', () => {
    expect(options(null)).toEqual({
      machineType: 'pc',
      firmware: 'bios',
      diskBus: 'virtio',
      vifModel: 'virtio',
      cpuTopology: { sockets: 1, cores: 4, threads: 1 },
      cpuModel: null,
      videoModel: 'vga',
      rng: 'unlimited',
      watchdog: null,
      cpuLimits: null,
      diskLimits: null,
    })
  })

  it('comes from the image', () => {
    expect(
      options(null, {
        hw_machine_type: 'q35',
        hw_firmware_type: 'uefi',
        hw_disk_bus: 'scsi',
        hw_vif_model: 'e1000e',
        hw_cpu_model: 'Haswell',
        hw_video_model: 'none',
        hw_watchdog_action: 'reset',
        os_distro: 'anything',
      }),
    ).toMatchObject({
      machineType: 'q35',
      firmware: 'uefi',
      diskBus: 'scsi',
      vifModel: 'e1000e',
      cpuModel: 'Haswell',
      videoModel: 'none',
      watchdog: 'reset',
    })
  })

  it('lets the flavor win', () => {
    expect(
      options(
        { 'hw:watchdog_action': 'disabled', 'hw:cpu_sockets': '2' },
        { hw_watchdog_action: 'reset', hw_cpu_sockets: '4' },
      ),
    ).toMatchObject({ watchdog: null, cpuTopology: { sockets: 2, cores: 2, threads: 1 } })
  })

  it.each([
    [{ 'hw:cpu_sockets': '4' }, { sockets: 4, cores: 1, threads: 1 }],
    [{ 'hw:cpu_cores': '2' }, { sockets: 2, cores: 2, threads: 1 }],
    [{ 'hw:cpu_threads': '2' }, { sockets: 1, cores: 2, threads: 2 }],
    [
      { 'hw:cpu_sockets': '2', 'hw:cpu_cores': '1', 'hw:cpu_threads': '2' },
      { sockets: 2, cores: 1, threads: 2 },
    ],
  ])('fills the topology of %o', (specs, topology) => {
    expect(options(specs).cpuTopology).toEqual(topology)
  })

  it('counts the CPU quota per vCPU, and limits of disks per disk', () => {
    expect(options({ 'quota:cpu_quota': '25000', 'quota:cpu_shares': '512' }).cpuLimits).toEqual({
      quotaUs: 100_000,
      periodUs: 100_000,
      shares: 512,
    })
    expect(
      options({ 'quota:disk_read_bytes_sec': '1048576', 'quota:disk_total_iops_sec': '50' }).diskLimits,
    ).toEqual({
      readBytes: 1_048_576,
      writeBytes: null,
      totalBytes: null,
      readIops: null,
      writeIops: null,
      totalIops: 50,
    })
  })

  it('counts the rates of interfaces in kilobytes', () => {
    expect(vifLimits({ 'quota:vif_inbound_average': '500', 'quota:vif_inbound_burst': '64' })).toEqual({
      inbound: { bytesPerSecond: 500_000, burstBytes: 64_000 },
      outbound: null,
    })
    expect(vifLimits({ 'quota:vif_inbound_average': 'lots' })).toBeNull()
    expect(vifLimits(null)).toBeNull()
  })

  it.each([
    ['flavorId', { 'hw:cpu_sockets': '3' }, null],
    ['flavorId', { 'hw:cpu_sockets': '2', 'hw:cpu_cores': '1' }, null],
    ['imageId', null, { hw_cpu_cores: '8' }],
    ['flavorId', { 'quota:cpu_quota': '-5' }, null],
    ['flavorId', { 'quota:disk_total_iops_sec': '9', 'quota:disk_read_iops_sec': '9' }, null],
    ['imageId', null, { hw_disk_bus: 'ide' }],
    ['imageId', null, { hw_machine_type: 'pc,kernel=/etc/shadow' }],
    ['imageId', null, { hw_cpu_model: 'host,+vmx' }],
  ])('names %s when %o and %o cannot be', (field, specs, properties) => {
    expect(() => options(specs, properties)).toThrowError(
      expect.objectContaining({ code: 'invalid_input', field }),
    )
  })
})

describe('an extra spec', () => {
  it.each([
    ['hw:cpu_sockets', '2'],
    ['quota:vif_outbound_average', '1000'],
    ['capabilities:accelerator', 'kvm'],
    ['aggregate_instance_extra_specs:ssd', 'true'],
    ['resources:VCPU', '0'],
    ['trait:CUSTOM_SSD', 'required'],
    ['ssd', 'anything at all'],
    ['example.org:note', 'free'],
  ])('%s = %s is taken', (key, value) => {
    expect(wrongExtraSpec(key, value)).toBeNull()
  })

  it.each([
    ['hw:cpu_sockets', 'two', /whole number from 1 to 512/],
    ['hw:cpu_sokets', '2', /not something a machine here can do.*hw:cpu_sockets/],
    ['quota:disk_reads', '2', /quota:disk_read_iops_sec/],
    ['hw:watchdog_action', 'explode', /disabled, reset, poweroff, pause or none/],
    ['resources:vcpu', '1', /An example: resources:VCPU = 2/],
    ['trait:CUSTOM_SSD', 'please', /required/],
    ['a b', '1', /letters, digits/],
    ['note', 'x'.repeat(256), /255/],
  ])('%s = %s is refused', (key, value, why) => {
    expect(wrongExtraSpec(key, value)).toMatch(why)
  })
})
