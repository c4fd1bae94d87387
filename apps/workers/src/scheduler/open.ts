import { placementReader, type Services, systemCtx } from '@nephos/core'
import { HostTable } from './host-table.ts'
import { placementPolicy } from './place.ts'
import type { SchedulerState } from './schedule.ts'

/** What a scheduler works with, with every host read. @param name of the process, for its steps */
export async function openScheduler(services: Services, name: string): Promise<SchedulerState> {
  const hosts = new HostTable(placementReader(services.db))
  await hosts.refresh()
  const ctx = systemCtx(services, `scheduler on ${name}`)
  return { ctx, hosts, policy: placementPolicy(services.config), name }
}
