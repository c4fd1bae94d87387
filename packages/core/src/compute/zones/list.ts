import { z } from 'zod'
import { defineVerb, isAdmin, reader } from '../../kernel/index.ts'

/** An availability zone: hosts that fail together, as an administrator grouped them. */
export interface ZoneRow {
  name: string
  /** At least one of its hosts takes new instances. */
  available: boolean
  /** Names of its hosts, for administrators; null for everyone else. */
  hosts: string[] | null
}

/** Every zone that has hosts, by name. */
export const listZones = defineVerb({
  name: 'compute.zones.list',
  kind: 'query',
  rule: { scope: 'project', role: 'reader' },
  input: z.object({}),
  run: async ({ ctx }): Promise<ZoneRow[]> => {
    const hosts = await reader(ctx).host.findMany({
      select: {
        name: true,
        zone: true,
        enabled: true,
        maintenance: true,
        services: { where: { role: 'compute' }, select: { lastSeenAt: true } },
      },
      orderBy: { name: 'asc' },
    })
    const oldest = Date.now() - ctx.config.serviceDownTime * 1000
    const admin = isAdmin(ctx.actor)
    const zones = new Map<string, ZoneRow>()
    for (const { name, zone, enabled, maintenance, services } of hosts) {
      const row = zones.get(zone) ?? { name: zone, available: false, hosts: admin ? [] : null }
      const up = services.some(({ lastSeenAt }) => lastSeenAt.getTime() >= oldest)
      if (enabled && !maintenance && up) row.available = true
      row.hosts?.push(name)
      zones.set(zone, row)
    }
    return [...zones.values()].sort((a, b) => a.name.localeCompare(b.name))
  },
})
