import type { Migration } from '@nephos/db'
import type { MutationTx } from '../../kernel/index.ts'
import { returnMoveQuota } from '../migrations/quota.ts'
import type { VmStateName } from '../states.ts'
import type { PlacementRecord } from './waiting.ts'

/** Why the scheduler is asked for a host, and what its answer does to the instance. */
export interface PlacementPurpose {
  /** The states in which the instance waits for the answer. In any other one the question no longer applies. */
  waits: { vm: readonly VmStateName[]; task: readonly string[] }
  /**
   * What the claim writes. `instance`: the instance, which is on no host, belongs to the host from then on.
   * `destination`: the instance stays where it is; the host becomes the destination of its migration, what it held so
   * far is held by the migration (consumer id = migration id), and what it will need is held on the destination.
   */
  claims: 'instance' | 'destination'
  /** task_state written by the claim; null: it stays as it is. */
  placedTask: string | null
  /** A move may also end on the host that it starts from. */
  mayStay: boolean
  /**
   * Where the instance is when no host will do. `error`: vm_state error. A vm_state: that one. `same`: as it was before
   * it was asked. The task is over and the fault says why in each case.
   */
  unplaced: 'error' | 'same' | VmStateName
  /** What else has to be taken back then (quota, for example), in the same transaction. */
  giveBack?: (tx: MutationTx, record: PlacementRecord, migration: Migration | null) => Promise<void>
}

const move = { claims: 'destination', placedTask: null, mayStay: false, unplaced: 'same' } as const

/**
 * Everything a host is looked for, by the kind of the operation whose job `instance.schedule` is. Which job goes to
 * which host afterwards is in `instanceOperations`.
 */
export const placementPurposes = {
  'instance-create': {
    waits: { vm: ['building'], task: ['scheduling'] },
    claims: 'instance',
    placedTask: 'networking',
    mayStay: true,
    unplaced: 'error',
  },
  'instance-unshelve': {
    waits: { vm: ['shelved_offloaded'], task: ['unshelving'] },
    claims: 'instance',
    placedTask: null,
    mayStay: true,
    unplaced: 'same',
  },
  'instance-resize': {
    ...move,
    waits: { vm: ['active', 'stopped'], task: ['resize_prep'] },
    mayStay: true,
    giveBack: async (tx, _record, migration) => {
      if (migration) await returnMoveQuota(tx.db, migration, 'old')
    },
  },
  'instance-migrate': { ...move, waits: { vm: ['active', 'stopped'], task: ['resize_prep'] } },
  'instance-live-migrate': { ...move, waits: { vm: ['active', 'paused'], task: ['migrating'] } },
  'instance-evacuate': { ...move, waits: { vm: ['active', 'stopped', 'error'], task: ['rebuilding'] } },
} as const satisfies Record<`instance-${string}`, PlacementPurpose>

/** Kind of an operation that needs a host to be found. */
export type PlacementKind = keyof typeof placementPurposes

/** The purpose of an operation, or null when its kind needs no placement. */
export const purposeOf = (kind: string): PlacementPurpose | null =>
  Object.hasOwn(placementPurposes, kind) ? placementPurposes[kind as PlacementKind] : null
