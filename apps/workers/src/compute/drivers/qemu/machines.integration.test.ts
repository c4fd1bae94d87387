import { execFileSync } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import {
  createReadStream,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { machineOptions } from '@nephos/core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { BaseImage, MachineEvent, MachineSpec } from '../../driver.ts'
import { cgroupOf, findCpuController } from './cpu-cgroup.ts'
import { detectCompute } from './detect.ts'
import { QemuDriver } from './driver.ts'
import { findUefi } from './firmware.ts'
import { instancePaths } from './instance-paths.ts'
import { type GuestImage, guestImage } from './testing/guest-image.ts'
import { type GuestNetwork, guestNetwork } from './testing/guest-network.ts'
import { type GuestShell, guestShell } from './testing/guest-shell.ts'

const bootMs = 180_000
const hostDir = mkdtempSync(join(tmpdir(), 'nephos-machines-'))
const instancesDir = join(hostDir, 'instances')
const detection = await detectCompute({
  computeDriver: 'auto',
  accelerator: 'tcg',
  qemuUser: 'nephos-qemu',
  stateDir: hostDir,
  guestDir: hostDir,
})
const controller = await findCpuController(instancesDir)
const uefi = await findUefi()
const extra = { tap: 'tap1', mac: 'fa:16:3e:00:00:02', ip: '10.0.0.77' }

/** Where QEMU cannot work there is nothing to test it with; `./nephos doctor` says why. */
describe.skipIf(detection.driver !== 'qemu')('machines made as image and flavor say', () => {
  let image: GuestImage
  let network: GuestNetwork
  let driver: QemuDriver
  let spec: MachineSpec | null = null
  let events: MachineEvent[] = []
  let shell: GuestShell | null = null

  beforeAll(async () => {
    image = await guestImage()
    network = await guestNetwork({
      hostname: 'vm-two',
      instanceId: randomUUID(),
      publicKey: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA0000000000000000000000000000000000000000000 me',
      userData: '#!/bin/sh\ntrue\n',
      extra: [extra],
    })
    await open()
    await cache(image)
  }, 300_000)
  afterEach(async () => {
    shell?.close()
    shell = null
    if (spec) await driver.destroy(spec.instanceId)
    spec = null
  })
  afterAll(async () => {
    await driver?.close()
    await network?.close()
    rmSync(hostDir, { recursive: true, force: true })
  })

  async function open() {
    driver = await QemuDriver.open({
      instancesDir,
      cacheDir: join(hostDir, 'cache'),
      qemuUser: 'nephos-qemu',
      accelerator: 'tcg',
      consoleLogBytes: 262_144,
      log: { info: () => {}, warn: () => {} },
    })
    events = []
    driver.onEvent((event) => events.push(event))
  }
  const cache = (base: BaseImage) =>
    driver.cacheImage(base, { signal: new AbortController().signal, onProgress: () => {} })
  const happened = (kind: MachineEvent['kind']) => () => events.some((event) => event.kind === kind)
  const ready = () => expect.poll(happened('guest-ready'), { timeout: bootMs, interval: 200 }).toBe(true)

  async function start(
    extraSpecs: object,
    imageProperties: object,
    { base = image, vcpus = 1, ramMib = 192 }: { base?: BaseImage; vcpus?: number; ramMib?: number } = {},
  ): Promise<MachineSpec> {
    events = []
    spec = {
      instanceId: randomUUID(),
      name: 'vm-two',
      vcpus,
      ramMib,
      diskGib: 1,
      ephemeralGib: 0,
      swapMib: 0,
      configDrive: false,
      image: base,
      nics: [{ portId: randomUUID(), mac: network.mac, tap: network.tap, mtu: 1450 }],
      netns: network.netns,
      options: machineOptions({ vcpus, extraSpecs, imageProperties }),
    }
    await driver.createDisk(spec)
    await driver.start(spec)
    return spec
  }
  const login = async ({ instanceId }: MachineSpec) => {
    shell = await guestShell(instancePaths(instancesDir, instanceId).serial)
    return shell
  }

  const readLimit = 4 * 1024 ** 2
  const slowDisk = { 'quota:disk_read_bytes_sec': String(readLimit) }

  /** Sees that the guest reads its disk at most as fast as {@link slowDisk} says. */
  async function readsNoFaster(guest: GuestShell, disk: string) {
    const mib = 24
    const time = await guest.run(
      `echo 3 >/proc/sys/vm/drop_caches; time dd if=/dev/${disk} of=/dev/null bs=1M skip=300 count=${mib}`,
      120_000,
    )
    const [, minutes, seconds] = /real\s+(?:(\d+)m)?\s*([\d.]+)s/.exec(time) ?? []
    const rate = (mib * 1024 ** 2) / (Number(minutes ?? 0) * 60 + Number(seconds))
    expect(rate).toBeLessThan(readLimit * 1.2)
  }

  /** Plugs an interface in, sees it get its address, takes it out, sees it go. */
  async function plugAndUnplug({ instanceId, options }: MachineSpec, guest: GuestShell) {
    const nic = { portId: randomUUID(), mac: extra.mac, tap: extra.tap, mtu: 1450, slot: 1 }
    await driver.plugNic(instanceId, nic, options!)
    await driver.plugNic(instanceId, nic, options!)
    await expect
      .poll(() => guest.run('ip addr show eth1'), { timeout: 60_000, interval: 500 })
      .toContain(`inet ${extra.ip}/24`)
    expect(await guest.run('cat /sys/class/net/eth1/address')).toBe(extra.mac)
    // A new worker can take away what its predecessor gave.
    await driver.close()
    await open()
    await driver.adopt()
    await driver.unplugNic(instanceId, nic.portId)
    expect(await guest.run('ls /sys/class/net')).not.toContain('eth1')
    await driver.unplugNic(instanceId, nic.portId)
    // The slot and the tap are free again.
    await driver.plugNic(instanceId, nic, options!)
    await driver.unplugNic(instanceId, nic.portId)
    expect(await guest.run('ls /sys/class/net')).toContain('eth0')
  }

  it(
    'pc with a SCSI disk: the guest has sda, its speed is limited, and interfaces come and go',
    async () => {
      const machine = await start(slowDisk, { hw_disk_bus: 'scsi' })
      await ready()
      const guest = await login(machine)
      expect(await guest.run('ls /sys/block')).toMatch(/^sda$/m)
      expect(await guest.run('ls /sys/block')).not.toContain('vda')
      expect(await guest.run('mount')).toMatch(/\/dev\/sda2 on \/ /)

      await readsNoFaster(guest, 'sda')
      await plugAndUnplug(machine, guest)
    },
    2 * bootMs,
  )

  it(
    'q35: boots, shows two sockets, and interfaces come and go',
    async () => {
      const specs = { 'hw:cpu_sockets': '2', ...slowDisk }
      const machine = await start(specs, { hw_machine_type: 'q35' }, { vcpus: 2 })
      await ready()
      const guest = await login(machine)
      const sockets = await guest.run("grep 'physical id' /proc/cpuinfo | sort -u | wc -l")
      expect(sockets).toBe('2')
      await readsNoFaster(guest, 'vda')
      expect(await guest.run('cat /sys/class/dmi/id/product_name')).toBe('OpenStack Nova')
      await plugAndUnplug(machine, guest)
    },
    2 * bootMs,
  )

  it.skipIf(controller.version === null)(
    'a CPU quota of 25 % holds, is there for a new worker, and goes with the machine',
    async () => {
      const cgroup = (id: string) => (controller.version === null ? '' : cgroupOf(controller, id))
      const machine = await start({ 'quota:cpu_quota': '25000' }, {})
      const { pid } = await driver.status(machine.instanceId)
      const ticks = () => {
        const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
        const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
        return Number(fields[11]) + Number(fields[12])
      }
      // A guest that boots wants all the CPU it can get.
      const share = async () => {
        const [before, began] = [ticks(), performance.now()]
        await sleep(4_000)
        return (ticks() - before) / 100 / ((performance.now() - began) / 1_000)
      }
      const limited = await share()
      expect(limited).toBeLessThan(0.29)
      expect(limited).toBeGreaterThan(0.15)
      const stat = readFileSync(join(cgroup(machine.instanceId), 'cpu.stat'), 'utf8')
      expect(Number(/nr_throttled (\d+)/.exec(stat)?.[1])).toBeGreaterThan(0)

      await driver.close()
      await open()
      await driver.adopt()
      expect(existsSync(cgroup(machine.instanceId))).toBe(true)
      await driver.destroy(machine.instanceId)
      expect(existsSync(cgroup(machine.instanceId))).toBe(false)

      const free = await start({}, {})
      expect(existsSync(cgroup(free.instanceId))).toBe(false)
    },
    bootMs,
  )

  it(
    'starts with the devices that are asked for',
    async () => {
      for (const properties of [
        {
          hw_video_model: 'virtio',
          hw_watchdog_action: 'reset',
          hw_vif_model: 'e1000',
          hw_cpu_model: 'Haswell',
        },
        { hw_video_model: 'cirrus', hw_vif_model: 'rtl8139', hw_machine_type: 'q35' },
        { hw_video_model: 'none', hw_vif_model: 'e1000e', hw_disk_bus: 'scsi', hw_machine_type: 'q35' },
      ]) {
        const machine = await start({ 'hw_rng:rate_bytes': '1024' }, properties)
        expect(await driver.status(machine.instanceId)).toMatchObject({ powerState: 1 })
        await driver.destroy(machine.instanceId)
      }
    },
    bootMs,
  )

  it.skipIf(uefi === null).each(['pc', 'q35'])(
    'UEFI on %s: the firmware starts a kernel from the disk, and keeps variables of its own',
    async (hw_machine_type) => {
      const base = await efiDisk()
      await cache(base)
      const machine = await start({}, { hw_firmware_type: 'uefi', hw_machine_type }, { base, ramMib: 384 })
      const text = async () => (await driver.readConsole(machine.instanceId, 0, 262_144)).text
      await expect.poll(text, { timeout: bootMs, interval: 500 }).toContain('NEPHOS PROBE OK')
      expect(await text()).toMatch(/efi: EFI v2/)
      await expect.poll(happened('powered-off'), { timeout: 30_000 }).toBe(true)
      const vars = join(instancePaths(instancesDir, machine.instanceId).vm, 'firmware-vars.fd')
      expect(readFileSync(vars).equals(readFileSync(uefi!.vars))).toBe(false)
    },
    2 * bootMs,
  )

  /** A disk without a boot sector: only firmware that reads file systems can start what is on it. */
  async function efiDisk(): Promise<BaseImage> {
    const file = join(hostDir, 'efi.img')
    if (!existsSync(file)) {
      writeFileSync(
        join(hostDir, 'startup.nsh'),
        'fs0:\r\n\\vmlinuz.efi initrd=\\initrd console=ttyS0 nephos.probe\r\n',
      )
      execFileSync('mkfs.fat', ['-C', file, '65536'], { stdio: 'ignore' })
      for (const [from, to] of [
        [image.kernel, 'vmlinuz.efi'],
        [image.initrd, 'initrd'],
        [join(hostDir, 'startup.nsh'), 'startup.nsh'],
      ])
        execFileSync('mcopy', ['-i', file, from!, `::${to}`])
    }
    return {
      imageId: 'efi',
      sha512: createHash('sha512').update(readFileSync(file)).digest('hex'),
      format: 'raw',
      sizeBytes: statSync(file).size,
      open: async () => createReadStream(file),
    }
  }
})
