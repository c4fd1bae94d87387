/**
 * What an image or a flavor can say of the machine, as data: the server refuses what is not in here, the dashboard
 * offers it. The names and their values are Nova's.
 * Nothing here may import anything that only a server has.
 */

/** What one key may hold. */
export interface MachineKey {
  /** What it does, as a sentence. */
  what: string
  /** The allowed words; or a whole number in this range. */
  values: readonly string[] | { min: number; max: number }
}

const numbers = (min: number, max: number, what: string): MachineKey => ({ what, values: { min, max } })
const words = (values: readonly string[], what: string): MachineKey => ({ what, values })

const most = 2_147_483_647
const watchdog = words(
  ['disabled', 'reset', 'poweroff', 'pause', 'none'],
  'Gives the machine a watchdog, and says what happens when the guest hangs.',
)

/** Extra specs of flavors that change the machine. */
export const flavorMachineKeys: Readonly<Record<string, MachineKey>> = {
  'hw:cpu_sockets': numbers(1, 512, 'CPU sockets that the guest sees.'),
  'hw:cpu_cores': numbers(1, 512, 'CPU cores in each socket that the guest sees.'),
  'hw:cpu_threads': numbers(1, 512, 'CPU threads in each core that the guest sees.'),
  'hw:cpu_policy': words(['shared'], 'The vCPUs share the CPUs of the host with other machines.'),
  'hw:watchdog_action': watchdog,
  'hw_rng:allowed': words(['true', 'false'], 'Whether the machine has a random number generator.'),
  'hw_rng:rate_bytes': numbers(1, most, 'Random bytes that the guest may take in each period.'),
  'hw_rng:rate_period': numbers(1, most, 'Length of that period, in milliseconds. 1000 where it is missing.'),
  'quota:cpu_quota': numbers(1_000, most, 'CPU time that each vCPU may use in each period, in microseconds.'),
  'quota:cpu_period': numbers(
    1_000,
    1_000_000,
    'Length of that period, in microseconds. 100000 where it is missing.',
  ),
  'quota:cpu_shares': numbers(2, 262_144, 'Weight of the machine when CPUs are short; 1024 is usual.'),
  'quota:disk_read_bytes_sec': numbers(
    1,
    1e15,
    'Bytes that the machine may read from each disk in a second.',
  ),
  'quota:disk_write_bytes_sec': numbers(
    1,
    1e15,
    'Bytes that the machine may write to each disk in a second.',
  ),
  'quota:disk_total_bytes_sec': numbers(
    1,
    1e15,
    'Bytes read and written together, on each disk in a second.',
  ),
  'quota:disk_read_iops_sec': numbers(1, most, 'Read requests to each disk in a second.'),
  'quota:disk_write_iops_sec': numbers(1, most, 'Write requests to each disk in a second.'),
  'quota:disk_total_iops_sec': numbers(1, most, 'Requests of both kinds to each disk in a second.'),
  'quota:vif_inbound_average': numbers(
    8,
    100_000_000,
    'Kilobytes per second to the guest, on each interface.',
  ),
  'quota:vif_inbound_burst': numbers(1, 1_000_000, 'Kilobytes that may come to the guest at once.'),
  'quota:vif_outbound_average': numbers(
    8,
    100_000_000,
    'Kilobytes per second from the guest, on each interface.',
  ),
  'quota:vif_outbound_burst': numbers(1, 1_000_000, 'Kilobytes that may come from the guest at once.'),
}

/** CPU models a guest can be shown; `host` is the best that the host can give. */
export const cpuModels = [
  'host',
  'max',
  'qemu64',
  'kvm64',
  'Nehalem',
  'Westmere',
  'SandyBridge',
  'IvyBridge',
  'Haswell',
  'Broadwell',
  'Skylake-Client',
  'Skylake-Server',
  'Cascadelake-Server',
  'Icelake-Server',
  'Opteron_G3',
  'EPYC',
  'EPYC-Rome',
  'EPYC-Milan',
] as const

/** Properties of images that change the machine. */
export const imageMachineKeys: Readonly<Record<string, MachineKey>> = {
  hw_machine_type: words(['pc', 'q35'], 'The board: the older pc, or q35 with PCI Express.'),
  hw_firmware_type: words(['bios', 'uefi'], 'The firmware that starts the guest.'),
  hw_disk_bus: words(['virtio', 'scsi'], 'How disks are connected: virtio-blk, or virtio-scsi.'),
  hw_scsi_model: words(['virtio-scsi'], 'The controller of SCSI disks.'),
  hw_vif_model: words(['virtio', 'e1000', 'e1000e', 'rtl8139'], 'The network card that the guest sees.'),
  hw_cpu_sockets: flavorMachineKeys['hw:cpu_sockets']!,
  hw_cpu_cores: flavorMachineKeys['hw:cpu_cores']!,
  hw_cpu_threads: flavorMachineKeys['hw:cpu_threads']!,
  hw_cpu_model: words(cpuModels, 'The CPU that the guest sees.'),
  hw_video_model: words(['vga', 'cirrus', 'virtio', 'none'], 'The graphics card.'),
  hw_rng_model: words(['virtio'], 'The random number generator.'),
  hw_watchdog_action: watchdog,
}

/** What is wrong with the value of a key, as a sentence; null when nothing is. */
export function wrongValue(key: string, { values }: MachineKey, value: string): string | null {
  if ('min' in values) {
    const { min, max } = values
    const number = /^\d{1,15}$/.test(value) ? Number(value) : Number.NaN
    return number >= min && number <= max ? null : `${key} must be a whole number from ${min} to ${max}.`
  }
  return values.includes(value) ? null : `${key} must be ${listed(values)}.`
}

const listed = (values: readonly string[]): string =>
  values.length < 2 ? `${values[0]}` : `${values.slice(0, -1).join(', ')} or ${values.at(-1)}`

/** Namespaces whose keys are all known: a key that is missing here would silently do nothing. */
const closedNamespaces = ['hw', 'hw_rng', 'quota']

/** Namespaces of the scheduler, with the shape of their values. */
const openNamespaces: Readonly<Record<string, { key: RegExp; value?: RegExp; example: string }>> = {
  capabilities: { key: /^[\w.:-]+$/, example: 'capabilities:accelerator = kvm' },
  aggregate_instance_extra_specs: { key: /^[\w.-]+$/, example: 'aggregate_instance_extra_specs:ssd = true' },
  resources: { key: /^[A-Z][A-Z0-9_]*$/, value: /^\d{1,10}$/, example: 'resources:VCPU = 2' },
  trait: {
    key: /^[A-Z][A-Z0-9_]*$/,
    value: /^(required|forbidden)$/,
    example: 'trait:CUSTOM_SSD = required',
  },
  os: { key: /^[\w.-]+$/, example: 'os:secure_boot = disabled' },
}

/** Most extra specs of one flavor. */
export const maxExtraSpecs = 128

/**
 * What is wrong with one extra spec of a flavor, as a sentence; null when nothing is. Names without a known namespace
 * are free: aggregates are matched with them.
 */
export function wrongExtraSpec(key: string, value: string): string | null {
  if (!/^[A-Za-z0-9_.:-]{1,255}$/.test(key))
    return 'The name of an extra spec has letters, digits and the signs - _ . : only, at most 255.'
  if (value.length > 255) return `The value of ${key} has more than 255 characters.`
  const known = Object.hasOwn(flavorMachineKeys, key) ? flavorMachineKeys[key] : undefined
  if (known) return wrongValue(key, known, value)
  const colon = key.indexOf(':')
  if (colon < 0) return null
  const [space, rest] = [key.slice(0, colon), key.slice(colon + 1)]
  if (closedNamespaces.includes(space)) {
    const names = Object.keys(flavorMachineKeys).filter((name) => name.startsWith(`${space}:`))
    return `${key} is not something a machine here can do. Of ${space}: there are ${names.join(', ')}.`
  }
  const open = Object.hasOwn(openNamespaces, space) ? openNamespaces[space] : undefined
  if (open && (!open.key.test(rest) || (open.value && !open.value.test(value))))
    return `${key} = ${value} is not well-formed. An example: ${open.example}.`
  return null
}
