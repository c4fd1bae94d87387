import {
  type Ctx,
  claimHosts,
  type Decision,
  endCancelledPlacement,
  findWaiting,
  GroupViolated,
  InstanceMoved,
  isPlaced,
  isWaiting,
  readNeighbours,
  rejectInstance,
  type ScheduleRequest,
} from '@nephos/core'
import { RetryLater } from '@nephos/jobs'
import { type HostState, withInstance } from './host-state.ts'
import type { HostTable } from './host-table.ts'
import { Neighbours } from './neighbours.ts'
import { type PlacementPolicy, place } from './place.ts'
import { filterContext, requestOf } from './request-of.ts'

interface Candidate extends Decision {
  index: number
  /** Names of the hosts where this run of the operation has failed. */
  failedHosts: string[]
}

/** What the scheduler works with. */
export interface SchedulerState {
  ctx: Ctx
  hosts: HostTable
  policy: PlacementPolicy
  /** Name of this process, for the step. */
  name: string
}

const maxRounds = 25
/** From here on rounds are spread in time, so that schedulers do not keep meeting. */
const politeAfter = 2

/**
 * Places a batch of instances. Lost races are run again with what the database says now, so any number of schedulers
 * may do this at once.
 * @returns for each request null when it is settled (placed, rejected, cancelled or gone), or why it must come again
 */
export async function schedule(
  state: SchedulerState,
  requests: ScheduleRequest[],
): Promise<(Error | null)[]> {
  const answers: (Error | null)[] = requests.map(() => null)
  let open = requests.map((request, index) => ({ ...request, index }))
  const startedAt = new Date()
  let fresh = false
  for (let round = 0; open.length > 0 && round < maxRounds; round++) {
    if (round > politeAfter) await new Promise((resolve) => setTimeout(resolve, Math.random() * 10 * round))
    const candidates = await load(state, open, startedAt)
    const { placed, homeless } = await decide(state, candidates)
    const lost = await claim(state, placed)
    // What is in memory may be behind: "no valid host" is only said after looking again.
    if (homeless.length > 0 && !fresh) {
      await state.hosts.refresh()
      fresh = true
      open = pointers([...lost, ...homeless])
      continue
    }
    const moved = await reject(state, homeless)
    open = pointers([...lost, ...moved])
  }
  for (const { index } of open) answers[index] = new RetryLater('other schedulers were faster', 500)
  return answers
}

const pointers = (candidates: Candidate[]) =>
  candidates.map(({ index, operationId, record }) => ({ index, operationId, instanceId: record.id }))

/** Reads what is still to be placed; ends the operations of what was cancelled. */
async function load(
  { ctx }: SchedulerState,
  requests: (ScheduleRequest & { index: number })[],
  startedAt: Date,
): Promise<Candidate[]> {
  const [{ found, open }, attempts] = await Promise.all([
    findWaiting(ctx.db, requests),
    ctx.db.scheduleAttempt.findMany({
      where: { operationId: { in: requests.map(({ operationId }) => operationId) } },
      select: { operationId: true, attempt: true, chosenHost: true, failure: true, past: true },
    }),
  ])
  const candidates: Candidate[] = []
  for (const { operationId, instanceId, index } of requests) {
    if (!open.has(operationId)) continue
    const waiting = found.get(operationId)
    // Placed by an earlier delivery of this job.
    if (waiting && isPlaced(waiting)) continue
    if (!waiting || waiting.operation.cancelRequested || !isWaiting(waiting)) {
      await endCancelledPlacement(ctx, { operationId, instanceId })
      continue
    }
    const own = attempts.filter((attempt) => attempt.operationId === operationId)
    candidates.push({
      ...waiting,
      index,
      attempt: own.reduce((last, { attempt }) => Math.max(last, attempt), 0) + 1,
      failedHosts: own.flatMap(({ chosenHost, failure, past }) =>
        chosenHost && failure !== null && !past ? [chosenHost] : [],
      ),
      group: null,
      report: nothingYet,
      startedAt,
    })
  }
  return candidates
}

const nothingYet = { hosts: 0, fits: 0, filters: [], weighers: [], tight: null, rows: [] }

/** Chooses a host for each, each choice in sight of those before it. */
async function decide({ ctx, hosts, policy }: SchedulerState, candidates: Candidate[]) {
  const neighbours = new Neighbours(
    await readNeighbours(
      ctx.db,
      candidates.map(({ record }) => record),
    ),
  )
  const context = filterContext(ctx.config, hosts.aggregateKeys)
  const view = [...hosts.all]
  const indexes = new Map(view.map(({ id }, index) => [id, index]))
  const placed = new Map<string, Candidate[]>()
  const homeless: Candidate[] = []
  for (const candidate of candidates) {
    const request = requestOf(candidate, neighbours, candidate.failedHosts, ctx.config.allowResizeToSameHost)
    const { chosen, report } = place(request, view, context, policy)
    candidate.report = report
    candidate.group = request.group
    if (!chosen) {
      homeless.push(candidate)
      continue
    }
    view[indexes.get(chosen.id)!] = withInstance(chosen, request)
    neighbours.add(candidate.record, chosen.id)
    placed.set(chosen.id, [...(placed.get(chosen.id) ?? []), candidate])
  }
  return {
    placed: [...placed].flatMap(([id, decisions]) => {
      const host = hosts.get(id)
      return host ? [{ host, decisions }] : []
    }),
    homeless,
  }
}

/** Claims; @returns what must be placed again */
async function claim(
  { ctx, hosts, name }: SchedulerState,
  placed: { host: HostState; decisions: Candidate[] }[],
): Promise<Candidate[]> {
  if (placed.length === 0) return []
  try {
    const { won, lost } = await claimHosts(ctx, placed, name)
    for (const record of won) hosts.put(record)
    for (const { host, decisions } of placed)
      if (!lost.includes(host.id)) for (const { record } of decisions) hosts.begin(record.id, host.id)
    if (lost.length > 0) await hosts.reload(lost)
    return placed.flatMap(({ host, decisions }) => (lost.includes(host.id) ? decisions : []))
  } catch (error) {
    if (!(error instanceof InstanceMoved) && !(error instanceof GroupViolated)) throw error
    await hosts.reload(placed.map(({ host }) => host.id))
    return placed.flatMap(({ decisions }) => decisions)
  }
}

/** Says no; @returns what changed meanwhile and must be looked at again */
async function reject({ ctx, name }: SchedulerState, homeless: Candidate[]): Promise<Candidate[]> {
  const moved: Candidate[] = []
  for (const candidate of homeless) {
    try {
      await rejectInstance(ctx, candidate, name)
    } catch (error) {
      if (!(error instanceof InstanceMoved)) throw error
      moved.push(candidate)
    }
  }
  return moved
}
