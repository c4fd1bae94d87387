import type { Prisma } from '@nephos/db'

const gib = 1024 ** 3

/** What is read of a back end to judge it. */
export const backendSelect = {
  id: true,
  name: true,
  hostName: true,
  zone: true,
  driver: true,
  enabled: true,
  disabledReason: true,
  totalBytes: true,
  freeBytes: true,
  provisioning: true,
  reservedPercent: true,
  allocatedGib: true,
  volumeCount: true,
  generation: true,
  abilities: true,
  trouble: true,
  seenAt: true,
} as const satisfies Prisma.VolumeBackendSelect

/** A back end as {@link backendSelect} reads it. */
export type BackendState = Prisma.VolumeBackendGetPayload<{ select: typeof backendSelect }>

/** What a back end has to give, in GiB. */
export interface BackendRoom {
  totalGib: number
  freeGib: number
  /** That volumes may be promised altogether: its size, less what is kept free, times the ratio. */
  promisableGib: number
  /** That may still be promised: by what was promised, and by what is really free. */
  availableGib: number
}

/** The room of a back end. Volumes are thin: what is promised may exceed what there is, by its ratio. */
export function roomOf(
  backend: Pick<
    BackendState,
    'totalBytes' | 'freeBytes' | 'provisioning' | 'reservedPercent' | 'allocatedGib'
  >,
): BackendRoom {
  const totalGib = Number(backend.totalBytes) / gib
  const freeGib = Number(backend.freeBytes) / gib
  const kept = (totalGib * backend.reservedPercent) / 100
  const promisableGib = Math.max(0, totalGib - kept) * backend.provisioning
  const reallyFree = Math.max(0, freeGib - kept) * backend.provisioning
  return {
    totalGib,
    freeGib,
    promisableGib,
    availableGib: Math.max(0, Math.min(promisableGib - backend.allocatedGib, reallyFree)),
  }
}

/** Whether its worker has been heard of lately. @param downTime seconds of silence until it counts as down */
export const isUp = ({ seenAt }: Pick<BackendState, 'seenAt'>, downTime: number, now = Date.now()): boolean =>
  seenAt !== null && now - seenAt.getTime() <= downTime * 1000

/** Why it cannot do something, or null when it can. */
export function lacks(backend: Pick<BackendState, 'abilities'>, ability: string): string | null {
  const value = (backend.abilities as Record<string, unknown> | null)?.[ability]
  if (value === true) return null
  return typeof value === 'string' ? value : 'The back end cannot do this.'
}
