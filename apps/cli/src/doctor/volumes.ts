import type { Drivers } from '../cloud/probe.ts'
import { type Check, limited, ok } from './check.ts'

const words: Record<string, { name: string; what: string }> = {
  local: { name: 'Volumes: local', what: 'used by instances of the host that keeps them' },
  iscsi: { name: 'Volumes: iSCSI', what: 'a target with a password for each volume (tgt)' },
  nbd: { name: 'Volumes: NBD', what: 'encrypted between hosts (qemu-storage-daemon)' },
  aoe: { name: 'Volumes: AoE', what: 'on the Ethernet of NEPHOS_VOLUME_AOE_INTERFACE (vblade)' },
}

/** Each back end of volumes: whether a volume was really made and served with it. */
export function volumeChecks({ volumes }: Pick<Drivers, 'volumes'>): Check[] {
  if (volumes.findings.length === 0)
    return volumes.chosen.includes('simulated')
      ? [limited('Volumes', 'simulated: nothing is kept in them', 'make QEMU work, see above')]
      : []
  return volumes.findings.map(({ kind, trouble, unlock }) => {
    const { name, what } = words[kind] ?? { name: `Volumes: ${kind}`, what: '' }
    return trouble ? limited(name, trouble, unlock ?? undefined) : ok(name, `works: ${what}`)
  })
}
