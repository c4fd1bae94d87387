import type { MachineOptions } from '@nephos/core'
import { NephosError } from '@nephos/core/errors'
import type { Nic } from '../../driver.ts'
import { agentArgs, agentSocket } from './agent-args.ts'
import { diskArgs, diskControllerArgs } from './disk-args.ts'
import { type MoreDisk, moreDiskNode } from './disks/layout.ts'
import { type Accelerator, boardArgs, deviceArgs, plainOptions } from './machine-args.ts'
import { nicArgs, nicPlace } from './nic-args.ts'
import { rescueNode } from './rescue-node.ts'
import { volumePlace, volumeSlotArgs, volumeSlots } from './volumes/nodes.ts'

export { type Accelerator, acceleratorArgs } from './machine-args.ts'

/** What a QEMU process is built from. Every file is relative to the machine's directory, where QEMU runs. */
export interface CommandLineInput {
  /** What stands before the name of a disk's file; nothing where disks are in the machine's directory. */
  toDisks?: string
  instanceId: string
  vcpus: number
  ramMib: number
  /** Format of what the root disk lies over; null: a volume is the root disk, and is plugged in later. */
  baseFormat: 'qcow2' | 'raw' | null
  nics: readonly Nic[]
  accelerator: Accelerator
  /** What the machine is made like; a plain one where it is missing. */
  options?: MachineOptions
  /** The channel to an agent in the guest. */
  guestAgent?: boolean
  /** Format of the image below the temporary disk that it boots from. */
  rescueFormat?: 'qcow2' | 'raw'
  /** Disks beside the root disk. */
  moreDisks?: readonly MoreDisk[]
}

/** Names of the files in a machine's directory. */
export const machineFiles = {
  disk: 'root.qcow2',
  base: 'base',
  qmp: 'qmp.sock',
  serial: 'serial.sock',
  serialLog: 'console.log',
  vnc: 'vnc.sock',
  agent: agentSocket,
  memorySocket: 'memory.sock',
} as const

/** What QEMU may not do any more once it runs. */
export const sandbox = 'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny'

/**
 * The arguments of QEMU for one machine, without the program's name. A pure function.
 * @throws NephosError invalid_input when a value could be read as more than itself
 */
export function commandLine(input: CommandLineInput): string[] {
  const { instanceId, vcpus, ramMib, nics, accelerator, toDisks = '' } = input
  const options = input.options ?? plainOptions(vcpus)
  check('instanceId', instanceId, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i)
  check('vcpus', String(vcpus), /^[1-9]\d{0,2}$/)
  check('ramMib', String(ramMib), /^[1-9]\d{0,8}$/)
  return [
    ...['-name', `guest=${instanceId},debug-threads=on`, '-uuid', instanceId],
    ...['-nodefaults', '-no-user-config', '-sandbox', sandbox, '-msg', 'timestamp=on'],
    ...boardArgs(options, vcpus, accelerator, toDisks),
    ...['-m', `${ramMib}M`],
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
    ...(input.baseFormat ? ['-blockdev', JSON.stringify(rootDisk(input.baseFormat, toDisks))] : []),
    ...diskControllerArgs(options),
    ...volumeSlotArgs(options),
    ...(input.rescueFormat ? rescueArgs(input.rescueFormat, options, toDisks) : []),
    ...(input.baseFormat ? rootArgs(instanceId, options) : []),
    ...(input.moreDisks ?? []).flatMap((disk, index) => [
      ...['-blockdev', JSON.stringify(moreDiskNode(disk, toDisks))],
      ...diskArgs(
        disk.node,
        {
          id: `disk-${disk.node}`,
          serial: disk.serial,
          // Behind the volume that is the root disk, so that the guest sees that one first.
          ...(input.baseFormat === null && volumePlace(volumeSlots + index, options)),
        },
        options,
      ),
    ]),
    ...nics.flatMap((nic, index) =>
      nicArgs(nic, options.vifModel, nicPlace(options.machineType, nic.slot ?? index)),
    ),
    ...(input.guestAgent ? agentArgs() : []),
    ...deviceArgs(options),
  ]
}

/** Where cloud-init looks to see that it runs in an OpenStack cloud. */
const smbios = (instanceId: string): string =>
  `type=1,manufacturer=OpenStack Foundation,product=OpenStack Nova,version=Nephos,serial=${instanceId},uuid=${instanceId},family=Virtual Machine`

const rootArgs = (instanceId: string, options: MachineOptions): string[] =>
  diskArgs(
    'root',
    { id: 'disk-root', bootindex: 1, serial: instanceId.replaceAll('-', '').slice(0, 20) },
    options,
  )

/** Before the root disk, so that the guest sees it as the first one. */
const rescueArgs = (baseFormat: 'qcow2' | 'raw', options: MachineOptions, toDisks: string): string[] => [
  ...['-blockdev', JSON.stringify(rescueNode(baseFormat, toDisks))],
  ...diskArgs('rescue', { id: 'disk-rescue', bootindex: 0, serial: 'rescue' }, options),
]

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
function rootDisk(baseFormat: 'qcow2' | 'raw', toDisks: string) {
  const filename = `${toDisks}${machineFiles.base}`
  const baseFile = { driver: 'file', 'read-only': true, filename, aio: 'threads' }
  const base = { driver: baseFormat, 'read-only': true, 'node-name': 'base', file: baseFile }
  return {
    driver: 'qcow2',
    'node-name': 'root',
    discard: 'unmap',
    'detect-zeroes': 'unmap',
    file: { driver: 'file', filename: `${toDisks}${machineFiles.disk}`, aio: 'threads', discard: 'unmap' },
    backing: baseFormat === 'qcow2' ? { ...base, backing: null } : base,
  }
}

function check(field: string, value: string, pattern: RegExp): void {
  if (!pattern.test(value))
    throw new NephosError('invalid_input', `${field} of a machine cannot be ${JSON.stringify(value)}.`, {
      field,
    })
}
