import { newId, Prisma } from '@nephos/db'
import { type Ctx, type Json, type MutationTx, mutate } from '../../kernel/index.ts'
import { type HostRecord, hostChanged } from '../hosts/row.ts'
import { instanceChanged } from '../instances/changed.ts'
import type { InstanceRecord } from '../instances/row.ts'

/** An instance with the answer of the scheduler. */
export interface Decision {
  record: InstanceRecord
  operationId: string
  /** 1 for the first attempt of this operation. */
  attempt: number
  /** What every filter and weigher said of every host. */
  verdicts: Json
  startedAt: Date
}

/** What is to be claimed on one host, as the scheduler last saw the host. */
export interface Claim {
  host: HostRecord
  decisions: Decision[]
}

/** Thrown inside a claim when an instance is not what it was: deleted, cancelled or placed by somebody else. */
export class InstanceMoved extends Error {
  constructor() {
    super('an instance was changed while it was being placed')
    this.name = 'InstanceMoved'
  }
}

/**
 * Claims room for instances on hosts, in one transaction: usage by compare-and-set on each host's generation,
 * allocation, instance, the attempt with its table, step 0 of the operation, and the job for the host.
 * @param scheduler name of the process, for the step
 * @returns the hosts as they are after the claim, and the ids of hosts that somebody else changed: nothing was
 * claimed there
 * @throws InstanceMoved when an instance changed meanwhile: nothing was claimed at all
 */
export const claimHosts = (
  ctx: Ctx,
  claims: Claim[],
  scheduler: string,
): Promise<{ won: HostRecord[]; lost: string[] }> =>
  mutate(ctx, async (tx) => {
    const won: HostRecord[] = []
    const lost: string[] = []
    const placed: { decision: Decision; host: HostRecord }[] = []
    // In one order everywhere, so that two schedulers cannot wait for each other.
    for (const { host, decisions } of [...claims].sort((a, b) => (a.host.id < b.host.id ? -1 : 1))) {
      const after = await claimHost(tx, host, decisions)
      if (!after) {
        lost.push(host.id)
        continue
      }
      won.push(after)
      placed.push(...decisions.map((decision) => ({ decision, host: after })))
      hostChanged(tx, 'updated', after, ctx.config.serviceDownTime)
    }
    if (placed.length > 0) await writePlaced(tx, placed, scheduler)
    return { won, lost }
  })

async function claimHost(
  tx: MutationTx,
  host: HostRecord,
  decisions: Decision[],
): Promise<HostRecord | null> {
  const sum = (amount: (record: InstanceRecord) => number) =>
    decisions.reduce((total, { record }) => total + amount(record), 0)
  const after: HostRecord = {
    ...host,
    generation: host.generation + 1,
    usedVcpus: host.usedVcpus + sum((record) => record.vcpus),
    usedRamMib: host.usedRamMib + sum((record) => record.ramMib),
    usedDiskGib: host.usedDiskGib + sum((record) => record.diskGib),
    instanceCount: host.instanceCount + decisions.length,
    updatedAt: new Date(),
  }
  const { generation, usedVcpus, usedRamMib, usedDiskGib, instanceCount } = after
  const { count } = await tx.db.host.updateMany({
    where: { id: host.id, generation: host.generation },
    data: { generation, usedVcpus, usedRamMib, usedDiskGib, instanceCount },
  })
  if (count === 0) return null
  const generations = new Set(decisions.map(({ record }) => record.generation))
  let moved = 0
  for (const generation of generations) {
    const ids = decisions.flatMap(({ record }) => (record.generation === generation ? [record.id] : []))
    const written = await tx.db.instance.updateMany({
      where: { id: { in: ids }, generation, hostId: null },
      data: {
        hostId: host.id,
        zone: host.zone,
        taskState: 'networking',
        generation: generation + 1,
        updatedAt: after.updatedAt,
      },
    })
    moved += written.count
  }
  if (moved !== decisions.length) throw new InstanceMoved()
  return after
}

async function writePlaced(
  tx: MutationTx,
  placed: { decision: Decision; host: HostRecord }[],
  scheduler: string,
): Promise<void> {
  const now = new Date()
  tx.insert({
    table: 'Allocation',
    rows: placed.map(({ decision: { record }, host }) => ({
      consumerId: record.id,
      instanceId: record.id,
      hostId: host.id,
      vcpus: record.vcpus,
      ramMib: record.ramMib,
      diskGib: record.diskGib,
    })),
  })
  await recordDecisions(
    tx,
    placed.map(({ decision, host }) => ({ decision, chosenHost: host.name })),
    scheduler,
  )
  for (const { decision, host } of placed) {
    const { record, operationId } = decision
    tx.job('instance.create', { operationId, instanceId: record.id }, { host: host.name })
    instanceChanged(tx, 'updated', {
      ...record,
      hostId: host.id,
      host: { name: host.name },
      zone: host.zone,
      taskState: 'networking',
      generation: record.generation + 1,
      updatedAt: now,
    })
  }
}

/** Writes the attempts and the step `schedule`, which is step 0 of an instance's creation. */
export async function recordDecisions(
  tx: MutationTx,
  decided: { decision: Decision; chosenHost: string | null; errorMessage?: string }[],
  scheduler: string,
): Promise<void> {
  const endedAt = new Date()
  tx.insert({
    table: 'ScheduleAttempt',
    rows: decided.map(({ decision, chosenHost }) => ({
      id: newId(),
      instanceId: decision.record.id,
      operationId: decision.operationId,
      attempt: decision.attempt,
      chosenHost,
      verdicts: decision.verdicts ?? [],
      createdAt: endedAt,
    })),
  })
  const again = decided.flatMap(({ decision }) => (decision.attempt > 1 ? [decision.operationId] : []))
  if (again.length > 0)
    await tx.db.operationStep.deleteMany({ where: { operationId: { in: again }, position: 0 } })
  tx.insert({
    table: 'OperationStep',
    rows: decided.map(({ decision, chosenHost, errorMessage }) => ({
      operationId: decision.operationId,
      position: 0,
      name: 'schedule',
      host: scheduler,
      status: chosenHost ? ('done' as const) : ('failed' as const),
      attempt: decision.attempt,
      output: chosenHost ? { host: chosenHost } : Prisma.DbNull,
      errorMessage: errorMessage ?? null,
      startedAt: decision.startedAt,
      endedAt,
    })),
  })
}
