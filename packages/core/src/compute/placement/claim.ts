import { writeUnchanged } from '@nephos/db'
import { type Ctx, type MutationTx, mutate } from '../../kernel/index.ts'
import { type HostRecord, hostChanged } from '../hosts/row.ts'
import { instanceChanged } from '../instances/changed.ts'
import { instanceJob, isInstanceOperation } from '../instances/operations.ts'
import { type Amounts, amountsOf } from './amounts.ts'
import { recordDecisions } from './record-decisions.ts'
import type { PlacementReport } from './report.ts'
import { type DecidedGroup, queueForGroups, verifyGroups } from './verify-groups.ts'
import { type PlacementRecord, type Waiting, wantedFlavor } from './waiting.ts'

/** An instance with the answer of the scheduler. */
export interface Decision extends Waiting {
  /** Kind of the operation that asks. */
  kind: string
  /** 1 for the first attempt of this operation. */
  attempt: number
  /** Its server group; the claim checks hard policies again. */
  group: DecidedGroup | null
  /** Why here, or why nowhere. */
  report: PlacementReport
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
 * allocation, instance or migration, the attempt with its table, step 0 of the operation, and the job for the host.
 * @param scheduler name of the process, for the step
 * @returns the hosts as they are after the claim, and the ids of hosts that somebody else changed: nothing was
 * claimed there
 * @throws InstanceMoved when an instance changed meanwhile, GroupViolated when another claim has put members of its
 * server group where it may not have: nothing was claimed at all
 */
export const claimHosts = (
  ctx: Ctx,
  claims: Claim[],
  scheduler: string,
): Promise<{ won: HostRecord[]; lost: string[] }> =>
  mutate(ctx, async (tx) => {
    await queueForGroups(
      tx,
      claims.flatMap(({ decisions }) => decisions),
    )
    const claimed = await takeRoom(tx, claims)
    await writeInstances(tx, claimed)
    for (const { host, decisions } of claimed) {
      for (const decision of decisions)
        if (decision.purpose.claims === 'destination') await writeDestination(tx, host, decision)
      hostChanged(tx, 'updated', host, ctx.config.serviceDownTime)
    }
    const won = claimed.map(({ host }) => host)
    const lost = claims.flatMap(({ host }) => (won.some(({ id }) => id === host.id) ? [] : [host.id]))
    const placed = claimed.flatMap(({ host, decisions }) => decisions.map((decision) => ({ decision, host })))
    await verifyGroups(tx, placed)
    if (placed.length > 0) await writePlaced(tx, placed, scheduler)
    return { won, lost }
  })

/** What the decision will hold of its host. */
const neededBy = (decision: Decision): Amounts => amountsOf(wantedFlavor(decision))

/** @returns the hosts, as they are now, on which there was room because nobody else had changed them */
async function takeRoom(tx: MutationTx, claims: Claim[]): Promise<Claim[]> {
  const wanted = claims.map(({ host, decisions }) => ({ host: withRoomTaken(host, decisions), decisions }))
  const taken = await writeUnchanged(
    tx.db,
    'Host',
    wanted.map(({ host }) => {
      const { id, generation, usedVcpus, usedRamMib, usedDiskGib, instanceCount, updatedAt } = host
      return {
        id,
        generation: generation - 1,
        usedVcpus,
        usedRamMib,
        usedDiskGib,
        instanceCount,
        updatedAt,
      }
    }),
  )
  return wanted.filter(({ host }) => taken.has(host.id))
}

function withRoomTaken(host: HostRecord, decisions: Decision[]): HostRecord {
  const needs = decisions.map(neededBy)
  const sum = (amount: keyof Amounts) => needs.reduce((total, need) => total + need[amount], 0)
  return {
    ...host,
    generation: host.generation + 1,
    usedVcpus: host.usedVcpus + sum('vcpus'),
    usedRamMib: host.usedRamMib + sum('ramMib'),
    usedDiskGib: host.usedDiskGib + sum('diskGib'),
    instanceCount: host.instanceCount + decisions.length,
    updatedAt: new Date(),
  }
}

async function writeInstances(tx: MutationTx, claimed: Claim[]): Promise<void> {
  const rows = claimed.flatMap(({ host, decisions }) =>
    decisions.map((decision) => {
      const { id, hostId, zone, taskState, updatedAt } = placedRecord(decision, host)
      return { id, generation: decision.record.generation, hostId, zone, taskState, updatedAt }
    }),
  )
  const written = await writeUnchanged(tx.db, 'Instance', rows)
  if (written.size !== rows.length) throw new InstanceMoved()
}

/** The migration holds from now on what the instance held so far. */
async function writeDestination(
  { db }: MutationTx,
  host: HostRecord,
  { record, migration }: Decision,
): Promise<void> {
  const id = migration?.id ?? ''
  const { count } = await db.migration.updateMany({
    where: { id, status: 'accepted', destHost: null, endedAt: null },
    data: { destHost: host.name, status: 'pre-migrating' },
  })
  if (count === 0) throw new InstanceMoved()
  await db.allocation.updateMany({ where: { consumerId: record.id }, data: { consumerId: id } })
}

/** The instance as it is after the claim. */
const placedRecord = ({ record, purpose }: Decision, host: HostRecord): PlacementRecord => ({
  ...record,
  ...(purpose.claims === 'instance' && { hostId: host.id, host: { name: host.name }, zone: host.zone }),
  taskState: purpose.placedTask ?? record.taskState,
  generation: record.generation + 1,
  updatedAt: host.updatedAt,
})

async function writePlaced(
  tx: MutationTx,
  placed: { decision: Decision; host: HostRecord }[],
  scheduler: string,
): Promise<void> {
  tx.insert({
    table: 'Allocation',
    rows: placed.map(({ decision, host }) => ({
      consumerId: decision.record.id,
      instanceId: decision.record.id,
      hostId: host.id,
      ...neededBy(decision),
    })),
  })
  await recordDecisions(
    tx,
    placed.map(({ decision, host }) => ({ decision, chosenHost: host.name })),
    scheduler,
  )
  for (const { decision, host } of placed) {
    const record = placedRecord(decision, host)
    const { kind, operationId } = decision
    const job = isInstanceOperation(kind)
      ? instanceJob(kind, record.host?.name ?? null, decision.migration && host.name)
      : null
    if (!job) throw new Error(`no job carries ${kind} on after it was placed`)
    tx.job(job.name, { operationId, instanceId: record.id }, { host: job.host })
    instanceChanged(tx, 'updated', record)
  }
}
