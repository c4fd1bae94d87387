import {
  amountsOf,
  type Ctx,
  claimHosts,
  type Decision,
  endCancelledPlacement,
  findWaiting,
  InstanceMoved,
  isPlaced,
  isWaiting,
  type Json,
  rejectInstance,
  type ScheduleRequest,
  wantedFlavor,
} from '@nephos/core'
import { RetryLater } from '@nephos/jobs'
import { type HostState, withInstance } from './host-state.ts'
import type { HostTable } from './host-table.ts'
import { type Placement, place } from './place.ts'
import { shortage } from './shortage.ts'

interface Candidate extends Decision {
  index: number
}

/** What the scheduler works with. */
export interface SchedulerState {
  ctx: Ctx
  hosts: HostTable
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
    const { placed, homeless } = decide(state, candidates)
    const lost = await claim(state, placed)
    // What is in memory may be behind: "no valid host" is only said after looking again.
    if (homeless.length > 0 && !fresh) {
      await state.hosts.refresh()
      fresh = true
      open = pointers([...lost, ...homeless.map(({ candidate }) => candidate)])
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
    ctx.db.scheduleAttempt.groupBy({
      by: ['operationId'],
      where: { operationId: { in: requests.map(({ operationId }) => operationId) } },
      _max: { attempt: true },
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
    const last = attempts.find((attempt) => attempt.operationId === operationId)?._max.attempt ?? 0
    candidates.push({ ...waiting, index, attempt: last + 1, verdicts: [], startedAt })
  }
  return candidates
}

interface Homeless {
  candidate: Candidate
  placement: Placement
}

/** Chooses a host for each, each choice in sight of those before it. */
function decide({ ctx, hosts }: SchedulerState, candidates: Candidate[]) {
  const context = { now: Date.now(), serviceDownTime: ctx.config.serviceDownTime }
  const view = new Map(hosts.all.map((host) => [host.id, host]))
  const placed = new Map<string, Candidate[]>()
  const homeless: Homeless[] = []
  for (const candidate of candidates) {
    const need = amountsOf(wantedFlavor(candidate))
    const request = { ...need, zone: candidate.record.requestedZone, excludedHosts: excludedHosts(candidate) }
    const placement = place(request, [...view.values()], context)
    candidate.verdicts = placement.table as unknown as Json
    if (!placement.chosen) {
      homeless.push({ candidate, placement })
      continue
    }
    const { id } = placement.chosen
    view.set(id, withInstance(placement.chosen, need))
    placed.set(id, [...(placed.get(id) ?? []), candidate])
  }
  const known = new Map(hosts.all.map((host) => [host.id, host]))
  return {
    placed: [...placed].map(([id, decisions]) => ({ host: known.get(id)!, decisions })),
    homeless,
  }
}

/** A move has to leave the host that it starts from, unless its purpose lets it stay. */
const excludedHosts = ({ purpose, migration }: Candidate): string[] =>
  migration && !purpose.mayStay ? [migration.sourceHost] : []

/** Claims; @returns what must be placed again */
async function claim(
  { ctx, hosts, name }: SchedulerState,
  placed: { host: HostState; decisions: Candidate[] }[],
): Promise<Candidate[]> {
  if (placed.length === 0) return []
  try {
    const { won, lost } = await claimHosts(ctx, placed, name)
    for (const record of won) hosts.put(record)
    if (lost.length > 0) await hosts.reload(lost)
    return placed.flatMap(({ host, decisions }) => (lost.includes(host.id) ? decisions : []))
  } catch (error) {
    if (!(error instanceof InstanceMoved)) throw error
    await hosts.reload(placed.map(({ host }) => host.id))
    return placed.flatMap(({ decisions }) => decisions)
  }
}

/** Says no; @returns what changed meanwhile and must be looked at again */
async function reject({ ctx, name }: SchedulerState, homeless: Homeless[]): Promise<Candidate[]> {
  const moved: Candidate[] = []
  for (const { candidate, placement } of homeless) {
    try {
      await rejectInstance(ctx, candidate, shortage(placement.table), name)
    } catch (error) {
      if (!(error instanceof InstanceMoved)) throw error
      moved.push(candidate)
    }
  }
  return moved
}
