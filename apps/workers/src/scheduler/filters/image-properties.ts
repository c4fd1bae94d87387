import { hostLacks } from '@nephos/core'
import type { HostState } from '../host-state.ts'
import { architecture, architectureOf } from '../host-stats.ts'
import type { PlacementRequest } from '../request.ts'
import type { Filter } from './filter.ts'

const hypervisorsOf = (host: HostState): string[] => {
  const accelerator = (host.facts as { accelerator?: unknown } | null)?.accelerator
  return [host.computeDriver, ...(accelerator === 'kvm' ? ['kvm'] : [])]
}

/** What the image says that it needs of a host: [what it has, what it needs, whether that fits] each. */
function wishes({ imageProperties, machine }: PlacementRequest) {
  const first = (...keys: string[]) => keys.map((key) => imageProperties[key]).find((value) => value)
  const list: { need: string; have: (host: HostState) => string; fits: (host: HostState) => boolean }[] = []
  const arch = first('hw_architecture', 'architecture')
  if (arch)
    list.push({
      need: architecture(arch),
      have: (host) => architectureOf(host) ?? 'any architecture',
      fits: (host) => (architectureOf(host) ?? architecture(arch)) === architecture(arch),
    })
  const hypervisor = first('img_hv_type', 'hypervisor_type')?.toLowerCase()
  if (hypervisor)
    list.push({
      need: hypervisor,
      have: (host) => hypervisorsOf(host).join(' or '),
      // The simulated driver stands in for any hypervisor.
      fits: (host) => host.computeDriver === 'simulated' || hypervisorsOf(host).includes(hypervisor),
    })
  const mode = first('hw_vm_mode', 'vm_mode')?.toLowerCase()
  if (mode) list.push({ need: mode, have: () => 'hvm', fits: () => mode === 'hvm' })
  if (machine)
    list.push({
      need: [machine.firmware === 'uefi' ? 'UEFI firmware' : '', machine.cpuLimits ? 'CPU limits' : '']
        .filter(Boolean)
        .join(' and '),
      have: (host) => hostLacks(machine, host.facts) ?? 'all of it',
      fits: (host) => hostLacks(machine, host.facts) === null,
    })
  return list
}

/** The host can run the image: its architecture, its hypervisor, and the machine that image and flavor describe. */
export const imagePropertiesFilter: Filter = {
  name: 'image-properties',
  noun: 'hosts that can run the image',
  prepare: (request) => {
    const list = wishes(request)
    if (list.length === 0) return null
    return {
      need: list.map(({ need }) => need).join(', '),
      passes: (host) => list.every(({ fits }) => fits(host)),
      have: (host) => list.map(({ have }) => have(host)).join(', '),
      reason: (host) =>
        list
          .filter(({ fits }) => !fits(host))
          .map(({ have, need }) => `has ${have(host)}, ${need} needed`)
          .join(', '),
    }
  },
}
