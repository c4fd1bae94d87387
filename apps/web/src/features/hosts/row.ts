import type { RouterOutputs } from '#trpc/client.ts'
import type { StateTone } from '#ui/state-cell.tsx'

/** One host as lists and details hold it. */
export type HostRow = RouterOutputs['compute']['hosts']['list']['items'][number]

/** Colour and word of a host's state. */
export function hostLook({ up, enabled, maintenance }: Pick<HostRow, 'up' | 'enabled' | 'maintenance'>): {
  tone: StateTone
  word: string
} {
  if (maintenance) return { tone: 'warn', word: up ? 'Maintenance' : 'Down, maintenance' }
  if (!up) return { tone: 'bad', word: 'Down' }
  return enabled ? { tone: 'ok', word: 'Up' } : { tone: 'warn', word: 'Up, disabled' }
}

/** One resource of a host: what it has, what it keeps for itself, what it promises and what is taken of that. */
export interface Capacity {
  label: string
  /** As the host has it. */
  total: number
  reserved: number
  ratio: number
  /** What instances may take together: (total − reserved) × ratio, whole. */
  offered: number
  used: number
}

type Sizes = Pick<
  HostRow,
  | 'vcpus'
  | 'reservedVcpus'
  | 'vcpuRatio'
  | 'usedVcpus'
  | 'ramMib'
  | 'reservedRamMib'
  | 'ramRatio'
  | 'usedRamMib'
  | 'diskGib'
  | 'reservedDiskGib'
  | 'diskRatio'
  | 'usedDiskGib'
>

const capacity = (label: string, total: number, reserved: number, ratio: number, used: number): Capacity => ({
  label,
  total,
  reserved,
  ratio,
  offered: Math.max(0, Math.floor((total - reserved) * ratio)),
  used,
})

/** vCPUs, memory in MiB and disk in GiB, as the scheduler counts them. */
export const capacities = (host: Sizes): { vcpus: Capacity; ram: Capacity; disk: Capacity } => ({
  vcpus: capacity('vCPUs', host.vcpus, host.reservedVcpus, host.vcpuRatio, host.usedVcpus),
  ram: capacity('Memory', host.ramMib, host.reservedRamMib, host.ramRatio, host.usedRamMib),
  disk: capacity('Disk', host.diskGib, host.reservedDiskGib, host.diskRatio, host.usedDiskGib),
})

/** What a host says about itself, in the order in which it is shown; what is not listed here comes last. */
const capabilityNames: Record<string, string> = {
  simulated: 'Simulated',
  accelerator: 'Accelerator',
  acceleratorReason: 'Why this accelerator',
  uefi: 'UEFI',
  uefiReason: 'Why no UEFI',
  cpuLimits: 'CPU limits',
  cpuLimitsReason: 'Why no CPU limits',
  qemuUser: 'QEMU runs as',
  shareOfMachine: 'Share of the machine',
  instancesDirectory: 'Disks are in',
  storageId: 'Storage',
}
const versionNames: Record<string, string> = {
  qemuVersion: 'QEMU',
  kernel: 'Kernel',
  cpuModel: 'Processor',
  architecture: 'Architecture',
}

/** A fact in words. */
export interface HostFact {
  label: string
  value: string
  /** It is a sentence. */
  wide?: boolean
}

const longestWord = 40
const fact = (label: string, value: string): HostFact => ({
  label,
  value,
  ...(value.length > longestWord && { wide: true }),
})

/** What a host says about itself: what it can do, and of what it is made. What is not plain text or a number is left out. */
export function hostFacts(facts: unknown): { capabilities: HostFact[]; versions: HostFact[] } {
  const said = typeof facts === 'object' && facts !== null && !Array.isArray(facts) ? facts : {}
  const texts = new Map(
    Object.entries(said).flatMap(([key, value]): [string, string][] => {
      if (typeof value === 'boolean') return [[key, value ? 'yes' : 'no']]
      return typeof value === 'string' || typeof value === 'number' ? [[key, String(value)]] : []
    }),
  )
  const known = (names: Record<string, string>): HostFact[] =>
    Object.entries(names).flatMap(([key, label]) => {
      const value = texts.get(key)
      return value === undefined ? [] : [fact(label, value)]
    })
  const others = [...texts]
    .filter(([key]) => !(key in capabilityNames || key in versionNames))
    .map(([key, value]) => fact(inWords(key), value))
  return { capabilities: [...known(capabilityNames), ...others], versions: known(versionNames) }
}

const inWords = (key: string): string => {
  const words = key
    .replaceAll(/([A-Z])/g, ' $1')
    .replaceAll('_', ' ')
    .toLowerCase()
  return words.charAt(0).toUpperCase() + words.slice(1)
}
