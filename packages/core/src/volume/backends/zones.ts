import { z } from 'zod'
import { defineVerb, reader } from '../../kernel/index.ts'
import { isUp } from '../placement/backend-state.ts'

/** A zone that volumes can be in. */
export interface VolumeZoneRow {
  name: string
  /** Some back end of it takes new volumes now. */
  available: boolean
}

/** The zones that volumes can be in, by name. */
export const listVolumeZones = defineVerb({
  name: 'volume.zones.list',
  kind: 'query',
  rule: { scope: 'project', role: 'reader' },
  input: z.object({}),
  run: async ({ ctx }): Promise<VolumeZoneRow[]> => {
    const backends = await reader(ctx).volumeBackend.findMany({
      select: { zone: true, enabled: true, trouble: true, seenAt: true },
      orderBy: { zone: 'asc' },
    })
    const zones = new Map<string, boolean>()
    for (const backend of backends) {
      const works = backend.enabled && backend.trouble === null && isUp(backend, ctx.config.serviceDownTime)
      zones.set(backend.zone, works || (zones.get(backend.zone) ?? false))
    }
    return [...zones].map(([name, available]) => ({ name, available }))
  },
})
