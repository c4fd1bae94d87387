import { parseHostQuery, readNeighbours } from '@nephos/core'
import type { RequestInput, RequestOutput } from '@nephos/jobs'
import type { HostState } from './host-state.ts'
import { Judgement } from './judge.ts'
import { Neighbours } from './neighbours.ts'
import type { PlacementRequest } from './request.ts'
import { filterContext, machineOf } from './request-of.ts'
import type { SchedulerState } from './schedule.ts'

const mostHosts = 20
const amounts = [
  { key: 'vcpus', noun: 'vCPUs' },
  { key: 'ramMib', noun: 'RAM' },
  { key: 'diskGib', noun: 'disk' },
] as const
const filterOf = { vcpus: 'vcpus', ramMib: 'ram', diskGib: 'disk' } as const

/** Answers how many instances of a kind would fit now: from memory, but for the members of a server group. */
export async function preview(
  { ctx, hosts, policy }: SchedulerState,
  input: RequestInput<'scheduler.preview'>,
): Promise<RequestOutput<'scheduler.preview'>> {
  const { groupId, sameHost, differentHost, query, ...asked } = input
  const hints = {
    ...(sameHost.length > 0 && { same_host: sameHost }),
    ...(differentHost.length > 0 && { different_host: differentHost }),
  }
  const record = { serverGroupId: groupId, hints }
  const neighbours = new Neighbours(await readNeighbours(ctx.db, [record]))
  const request: PlacementRequest = {
    ...asked,
    machine: machineOf(asked.vcpus, asked.extraSpecs, asked.imageProperties),
    excludedHosts: [],
    query: query === null ? null : parseHostQuery(query),
    ...neighbours.needs({ id: '', projectId: input.projectId, ...record }),
  }
  const context = filterContext(ctx.config, hosts.aggregateKeys)
  const judgement = new Judgement(request, hosts.all, context, policy.filters)
  const report = judgement.report(
    { names: [], values: [], totals: new Float64Array(judgement.passed.length) },
    -1,
  )
  const room = roomOn(judgement.passed, request)
  return {
    hosts: report.hosts,
    passing: report.fits,
    fits: room.fits,
    tight:
      report.fits > 0 ? room.tight : (report.filters.find(({ filter }) => filter === report.tight) ?? null),
    filters: report.filters,
    byHost: room.byHost.sort((a, b) => b.fits - a.fits).slice(0, mostHosts),
  }
}

/** How many fit on hosts that passed every filter, by what they have and what the group's policy allows. */
export function roomOn(
  hosts: readonly HostState[],
  request: Pick<PlacementRequest, 'vcpus' | 'ramMib' | 'diskGib' | 'group'>,
) {
  const { group } = request
  const byAmount = amounts.map(({ key, noun }) => ({
    filter: filterOf[key],
    noun,
    sum: hosts.reduce((sum, host) => sum + times(host, request, key), 0),
  }))
  const byHost = hosts.map((host) => {
    const held = Math.min(...amounts.map(({ key }) => times(host, request, key)))
    const allowed =
      group?.policy === 'anti-affinity'
        ? group.maxPerHost - (group.members.get(host.id) ?? 0)
        : Number.POSITIVE_INFINITY
    return { host: host.name, fits: Math.min(held, allowed), held }
  })
  const counts = byHost.map(({ fits }) => fits)
  // Members of an affinity group all go to one host.
  const fits = group?.policy === 'affinity' ? Math.max(0, ...counts) : counts.reduce((a, b) => a + b, 0)
  const held = byHost.reduce((sum, each) => sum + each.held, 0)
  const [scarcest] = byAmount.sort((a, b) => a.sum - b.sum)
  const bound =
    fits < held ? { filter: `server-group-${group?.policy}`, noun: 'hosts for the server group' } : null
  return {
    fits,
    tight: hosts.length === 0 ? null : (bound ?? { filter: scarcest!.filter, noun: scarcest!.noun }),
    byHost: byHost.map(({ host, fits: count }) => ({ host, fits: count })),
  }
}

const most = 1_000_000

/** How often the need goes into what is free; a need of nothing goes in as often as one likes. */
const times = (
  { free }: HostState,
  request: Pick<PlacementRequest, (typeof amounts)[number]['key']>,
  key: (typeof amounts)[number]['key'],
): number => (request[key] === 0 ? most : Math.max(0, Math.floor(free[key] / request[key])))
