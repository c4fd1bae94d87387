import type { VolumeAbilities } from '../driver.ts'

/** What each back end can do. `reach` says why other hosts do not reach its volumes; null: they do. */
export const abilitiesOf = {
  local: (): VolumeAbilities => ({
    acrossHosts:
      'Volumes of this kind are used on the host that keeps them. Choose iSCSI or NBD for volumes that move between hosts.',
    onlineExtend: true,
    liveSnapshot: true,
    multiAttach: true,
  }),
  nbd: (reach: string | null): VolumeAbilities => ({
    acrossHosts: reach ?? true,
    onlineExtend: true,
    liveSnapshot: true,
    multiAttach: true,
  }),
  iscsi: (reach: string | null): VolumeAbilities => ({
    acrossHosts: reach ?? true,
    onlineExtend: true,
    liveSnapshot: true,
    multiAttach: true,
  }),
  aoe: (): VolumeAbilities => ({
    acrossHosts: true,
    onlineExtend:
      'A guest that uses a volume by AoE keeps the size that it saw first. Detach the volume to extend it.',
    liveSnapshot: true,
    multiAttach: true,
  }),
}
