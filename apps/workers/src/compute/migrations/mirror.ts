import { setTimeout as sleep } from 'node:timers/promises'
import type { MachineRecord } from '@nephos/core'
import type { ComputeDeps } from '../deps.ts'
import type { CopyEnd } from '../moves.ts'
import type { MoveState } from '../sagas/move.ts'
import { lead } from './lead.ts'

/** Neither a guest that could stand still by now nor one that could go on waits longer than this for the network, in ms. */
const patienceMs = 4_000
/** A host that has not looked by then where the guest is now looks later, in ms. */
const meetMs = 10_000
const asked = { atOnce: 16 }

/**
 * Has the hosts of a live migration do what fits how near the end of the copy is, when the guest stands still at a moment
 * that QEMU chooses. What is sent to a guest that stands still is lost here: near the end a copy of it goes to the
 * destination, where it waits until the guest reads it. Some of it the guest has read here before, and gets twice. Where
 * nothing can be copied the move goes on, and what is sent meanwhile is lost.
 */
export async function followEnd(
  deps: ComputeDeps,
  { record, migration, destHost }: MoveState,
  end: CopyEnd,
): Promise<void> {
  const { services, hostName, log } = deps
  const portIds = record.ports.map(({ id }) => id)
  if (portIds.length === 0) return
  const follow = async () => {
    // What waits there from an earlier try is old; from when the guest stands it is not.
    if (end === 'near') await lead(deps, destHost, 'accept', { migrationId: migration.id, patienceMs: 0 })
    await services.ask(hostName, 'network.copy', { portIds, to: end === 'far' ? null : destHost })
  }
  await within(patienceMs, follow()).catch((error: unknown) =>
    log.warn(
      { err: error, migrationId: migration.id, end },
      'what is sent to a guest that moves cannot be copied to its destination as it should be',
    ),
  )
}

/** The guest stays: nothing of what is sent to it is copied any more. Nothing happens where nothing was. */
export async function copyNoMore(
  { services, hostName, log }: ComputeDeps,
  { id, ports }: Pick<MachineRecord, 'id' | 'ports'>,
): Promise<void> {
  if (ports.length === 0) return
  const portIds = ports.map((port) => port.id)
  await within(patienceMs, services.ask(hostName, 'network.copy', { portIds, to: null })).catch(
    (error: unknown) =>
      log.warn({ err: error, instanceId: id }, 'what is sent to a guest that stays is still copied'),
  )
}

/**
 * Waits until the hosts that have the instance's networks, this one among them, know that it is at its destination:
 * until then they send here what is for it, and that is copied only as long as it has its machine and taps here.
 */
export async function untilOthersKnow(
  { services, log }: ComputeDeps,
  { record, destHost }: MoveState,
): Promise<void> {
  const networkIds = [...new Set(record.ports.map(({ networkId }) => networkId))]
  if (networkIds.length === 0) return
  const places = await services.db.networkHost.findMany({
    where: { networkId: { in: networkIds }, hostName: { not: destHost } },
    select: { hostName: true },
    distinct: ['hostName'],
  })
  const waiting = places.map(({ hostName }) => hostName)
  const ask = async () => {
    for (let host = waiting.pop(); host; host = waiting.pop())
      await services
        .ask(host, 'network.meet', { networkIds })
        .catch((error: unknown) =>
          log.info({ err: error, host }, 'a host does not say that it knows a guest'),
        )
  }
  await within(meetMs, Promise.all(Array.from({ length: asked.atOnce }, ask))).catch(() => {})
}

/** @throws Error when it takes longer; it goes on all the same */
async function within(ms: number, work: Promise<unknown>): Promise<void> {
  const over = new AbortController()
  const late = sleep(ms, undefined, { signal: over.signal }).then(
    () => Promise.reject(new Error(`not within ${ms} ms`)),
    () => {},
  )
  try {
    await Promise.race([work, late])
  } finally {
    over.abort()
    work.catch(() => {})
  }
}
