import { type MachineOptions, machineOptions } from '@nephos/core'
import { NephosError } from '@nephos/core/errors'

/** How guest code is executed. */
export type Accelerator = 'kvm' | 'tcg'

/** Hot-pluggable slots of a q35 machine; a pc needs none. Every network interface takes one. */
export const rootPorts = 16

/** Names of the firmware's files in a machine's directory. */
export const firmwareFiles = { code: 'firmware-code.fd', vars: 'firmware-vars.fd' } as const

/** Name of the block node of the firmware's variables. */
export const firmwareVars = 'firmware-vars'

/** What a machine is made like of which nothing is said. */
export const plainOptions = (vcpus: number): MachineOptions =>
  machineOptions({ vcpus, extraSpecs: null, imageProperties: null })

/** Options that choose how guest code is executed. The small translation buffer keeps a guest at its RAM's size. */
export const acceleratorArgs = (accelerator: Accelerator, cpuModel: string | null = null): string[] =>
  accelerator === 'kvm'
    ? ['-accel', 'kvm', '-cpu', cpuModel ?? 'host']
    : // Without KVM there is no host CPU to show: the best is everything that can be emulated.
      [
        '-accel',
        'tcg,thread=multi,tb-size=64',
        '-cpu',
        cpuModel === null || cpuModel === 'host' ? 'max' : cpuModel,
      ]

/** Board, accelerator, CPUs, firmware. @param toDisks what stands before the names of the firmware's files */
export function boardArgs(
  options: MachineOptions,
  vcpus: number,
  accelerator: Accelerator,
  toDisks = '',
): string[] {
  const { sockets, cores, threads } = options.cpuTopology
  if (sockets * cores * threads !== vcpus)
    throw new NephosError('invalid_input', `${sockets}×${cores}×${threads} CPUs are not ${vcpus} vCPUs.`, {
      field: 'options.cpuTopology',
    })
  if (options.cpuModel !== null && !/^[A-Za-z0-9_-]{1,40}$/.test(options.cpuModel))
    throw new NephosError('invalid_input', `${JSON.stringify(options.cpuModel)} is no CPU model.`, {
      field: 'options.cpuModel',
    })
  const uefi = options.firmware === 'uefi'
  const pflash = uefi ? `,pflash0=firmware-code,pflash1=${firmwareVars}` : ''
  return [
    ...['-machine', `${options.machineType},usb=off,dump-guest-core=off${pflash}`],
    ...acceleratorArgs(accelerator, options.cpuModel),
    ...['-smp', `${vcpus},sockets=${sockets},cores=${cores},threads=${threads}`],
    ...(uefi ? firmware('firmware-code', `${toDisks}${firmwareFiles.code}`, true) : []),
    ...(uefi ? firmware(firmwareVars, `${toDisks}${firmwareFiles.vars}`, false) : []),
    ...(options.machineType === 'q35' ? rootPortArgs() : []),
  ]
}

/** The devices every machine has, as far as its options want them: random numbers, watchdog, graphics, balloon. */
export function deviceArgs({ rng, watchdog, videoModel }: MachineOptions): string[] {
  const rate = typeof rng === 'object' ? `,max-bytes=${rng.bytes},period=${rng.periodMs}` : ''
  const video = { vga: 'VGA', cirrus: 'cirrus-vga', virtio: 'virtio-vga', none: null }[videoModel]
  return [
    ...(rng === 'none'
      ? []
      : [
          ...['-object', 'rng-random,id=rng0,filename=/dev/urandom'],
          ...['-device', `virtio-rng-pci,id=rng-device,rng=rng0${rate}`],
        ]),
    ...['-device', 'virtio-balloon-pci,id=balloon,deflate-on-oom=on,free-page-reporting=on'],
    ...(watchdog ? ['-device', 'i6300esb,id=watchdog', '-action', `watchdog=${watchdog}`] : []),
    ...(video ? ['-device', `${video},id=video`] : []),
  ]
}

const firmware = (name: string, filename: string, readOnly: boolean): string[] => [
  '-blockdev',
  JSON.stringify({
    driver: 'raw',
    'node-name': name,
    'read-only': readOnly,
    file: { driver: 'file', filename, 'read-only': readOnly },
  }),
]

/** On PCI Express only what sits behind a root port of its own can come and go while the guest runs. */
const rootPortArgs = (): string[] =>
  Array.from({ length: rootPorts }, (_, index) => [
    '-device',
    `pcie-root-port,id=rp${index},chassis=${index + 1},slot=${index + 1}`,
  ]).flat()
