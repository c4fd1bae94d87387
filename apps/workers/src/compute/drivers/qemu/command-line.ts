import { NephosError } from '@nephos/core/errors'
import type { Nic } from '../../driver.ts'

/** What a QEMU process is built from. Every file is relative to the machine's directory, where QEMU runs. */
export interface CommandLineInput {
  instanceId: string
  vcpus: number
  ramMib: number
  baseFormat: 'qcow2' | 'raw'
  nics: readonly Nic[]
  accelerator: Accelerator
}
export type Accelerator = 'kvm' | 'tcg'

/** Names of the files in a machine's directory. */
export const machineFiles = {
  disk: 'root.qcow2',
  base: 'base',
  qmp: 'qmp.sock',
  serial: 'serial.sock',
  serialLog: 'console.log',
  vnc: 'vnc.sock',
} as const

/** What QEMU may not do any more once it runs. */
export const sandbox = 'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny'

/** Options that choose how guest code is executed. The small translation buffer keeps a guest at its RAM's size. */
export const acceleratorArgs = (accelerator: Accelerator): string[] =>
  accelerator === 'kvm'
    ? ['-accel', 'kvm', '-cpu', 'host']
    : ['-accel', 'tcg,thread=multi,tb-size=64', '-cpu', 'max']

/**
 * The arguments of QEMU for one machine, without the program's name. A pure function.
 * @throws NephosError invalid_input when a value could be read as more than itself
 */
export function commandLine(input: CommandLineInput): string[] {
  const { instanceId, vcpus, ramMib, nics, accelerator } = input
  check('instanceId', instanceId, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i)
  check('vcpus', String(vcpus), /^[1-9]\d{0,2}$/)
  check('ramMib', String(ramMib), /^[1-9]\d{0,8}$/)
  return [
    ...['-name', `guest=${instanceId},debug-threads=on`, '-uuid', instanceId],
    ...['-nodefaults', '-no-user-config', '-sandbox', sandbox, '-msg', 'timestamp=on'],
    ...['-machine', 'pc,usb=off,dump-guest-core=off', ...acceleratorArgs(accelerator)],
    ...['-m', `${ramMib}M`, '-smp', `${vcpus},sockets=1,cores=${vcpus},threads=1`],
    ...['-rtc', 'base=utc', '-boot', 'strict=on'],
    // A guest that powers off leaves QEMU standing, so that even a worker that was away tells it from a crash.
    ...['-action', 'reboot=reset,shutdown=pause'],
    ...['-smbios', smbios(instanceId)],
    ...['-display', 'none', '-vnc', `unix:${machineFiles.vnc},share=force-shared`],
    ...[
      '-chardev',
      `socket,id=qmp,path=${machineFiles.qmp},server=on,wait=off`,
      '-mon',
      'chardev=qmp,mode=control',
    ],
    ...serial(),
    ...['-blockdev', JSON.stringify(rootDisk(input.baseFormat))],
    ...[
      '-device',
      `virtio-blk-pci,id=disk-root,drive=root,bootindex=1,serial=${instanceId.replaceAll('-', '').slice(0, 20)}`,
    ],
    ...nics.flatMap(nic),
    ...[
      '-object',
      'rng-random,id=rng0,filename=/dev/urandom',
      '-device',
      'virtio-rng-pci,id=rng-device,rng=rng0',
    ],
    ...['-device', 'virtio-balloon-pci,id=balloon,deflate-on-oom=on,free-page-reporting=on'],
    ...['-device', 'VGA,id=video'],
  ]
}

/** Where cloud-init looks to see that it runs in an OpenStack cloud. */
const smbios = (instanceId: string): string =>
  `type=1,manufacturer=OpenStack Foundation,product=OpenStack Nova,version=Nephos,serial=${instanceId},uuid=${instanceId},family=Virtual Machine`

const serial = (): string[] => {
  const { serial: path, serialLog } = machineFiles
  return [
    '-chardev',
    `socket,id=serial0,path=${path},server=on,wait=off,logfile=${serialLog},logappend=on`,
    '-device',
    'isa-serial,chardev=serial0',
  ]
}

/** The whole chain is spelled out: what a disk's header says of its backing file is never believed. */
function rootDisk(baseFormat: 'qcow2' | 'raw') {
  const baseFile = { driver: 'file', 'read-only': true, filename: machineFiles.base, aio: 'threads' }
  const base = { driver: baseFormat, 'read-only': true, 'node-name': 'base', file: baseFile }
  return {
    driver: 'qcow2',
    'node-name': 'root',
    discard: 'unmap',
    'detect-zeroes': 'unmap',
    file: { driver: 'file', filename: machineFiles.disk, aio: 'threads', discard: 'unmap' },
    backing: baseFormat === 'qcow2' ? { ...base, backing: null } : base,
  }
}

function nic({ portId, mac, tap, mtu }: Nic): string[] {
  check('nics.portId', portId, /^[0-9a-f-]{1,36}$/i)
  check('nics.mac', mac, /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i)
  check('nics.tap', tap, /^[A-Za-z0-9._-]{1,15}$/)
  check('nics.mtu', String(mtu), /^[1-9]\d{2,4}$/)
  return [
    ...['-netdev', `tap,id=net-${portId},ifname=${tap},script=no,downscript=no,vhost=off`],
    // Without a ROM: guests boot from their disk, and the ROM's file may not be installed.
    ...[
      '-device',
      `virtio-net-pci,id=nic-${portId},netdev=net-${portId},mac=${mac},host_mtu=${mtu},romfile=`,
    ],
  ]
}

function check(field: string, value: string, pattern: RegExp): void {
  if (!pattern.test(value))
    throw new NephosError('invalid_input', `${field} of a machine cannot be ${JSON.stringify(value)}.`, {
      field,
    })
}
