import type { JobName } from '@nephos/jobs'
import { type InstanceAction, instanceActions, type TaskStateName } from '../states.ts'

/** How the work of one kind on an instance is carried, stopped and run again. */
export interface InstanceOperation {
  /** The action that asks for it, unless the operation's input names another (`action`). */
  action?: InstanceAction
  /** The task that it has, where that is not the one which its action sets. */
  sets?: TaskStateName
  /** The job that brings it to the instance's host. */
  job: JobName
  /** The job where the instance is on no host; without one it needs a host. */
  unplacedJob?: JobName
  /**
   * It moves the instance: the scheduler looks for a destination first (job `instance.schedule`, see
   * `placementPurposes`), then `job` goes to this host.
   */
  moves?: 'source' | 'destination'
  /** Can be stopped and taken back while it runs. A delete, once begun, has to end. */
  cancellable: boolean
}

/** Every saga on an instance by its kind. */
export const instanceOperations = {
  'instance-create': { job: 'instance.create', unplacedJob: 'instance.schedule', cancellable: true },
  'instance-start': { action: 'start', job: 'instance.start', cancellable: true },
  'instance-stop': { action: 'stop', job: 'instance.stop', cancellable: true },
  'instance-reboot': { action: 'rebootSoft', job: 'instance.reboot', cancellable: true },
  'instance-rebuild': { action: 'rebuild', job: 'instance.rebuild', cancellable: true },
  'instance-image': { action: 'createImage', job: 'instance.image', cancellable: true },
  'instance-backup': { action: 'createBackup', job: 'instance.backup', cancellable: true },
  'instance-shelve': { action: 'shelve', job: 'instance.shelve', cancellable: true },
  'instance-offload': { action: 'shelveOffload', job: 'instance.offload', cancellable: false },
  'instance-unshelve': {
    action: 'unshelve',
    job: 'instance.unshelve',
    unplacedJob: 'instance.schedule',
    cancellable: true,
  },
  'instance-pause': { action: 'pause', job: 'instance.pause', cancellable: true },
  'instance-unpause': { action: 'unpause', job: 'instance.unpause', cancellable: true },
  'instance-suspend': { action: 'suspend', job: 'instance.suspend', cancellable: true },
  'instance-resume': { action: 'resume', job: 'instance.resume', cancellable: true },
  'instance-rescue': { action: 'rescue', job: 'instance.rescue', cancellable: true },
  'instance-unrescue': { action: 'unrescue', job: 'instance.unrescue', cancellable: true },
  'instance-soft-delete': {
    action: 'delete',
    sets: 'soft-deleting',
    job: 'instance.soft-delete',
    cancellable: false,
  },
  'instance-attach-interface': {
    action: 'attachInterface',
    job: 'instance.attach-interface',
    cancellable: true,
  },
  'instance-detach-interface': {
    action: 'detachInterface',
    job: 'instance.detach-interface',
    cancellable: true,
  },
  'instance-attach-volume': { action: 'attachVolume', job: 'instance.attach-volume', cancellable: true },
  'instance-detach-volume': { action: 'detachVolume', job: 'instance.detach-volume', cancellable: true },
  'instance-restore': { action: 'restore', job: 'instance.restore', cancellable: true },
  'instance-resize': { action: 'resize', job: 'instance.resize', moves: 'source', cancellable: true },
  'instance-migrate': { action: 'migrate', job: 'instance.resize', moves: 'source', cancellable: true },
  'instance-confirm-resize': {
    action: 'confirmResize',
    job: 'instance.confirm-resize',
    cancellable: false,
  },
  'instance-revert-resize': { action: 'revertResize', job: 'instance.revert-resize', cancellable: false },
  'instance-live-migrate': {
    action: 'liveMigrate',
    job: 'instance.live-migrate',
    moves: 'source',
    cancellable: true,
  },
  'instance-evacuate': {
    action: 'evacuate',
    job: 'instance.evacuate',
    moves: 'destination',
    cancellable: false,
  },
  'instance-delete': {
    action: 'delete',
    job: 'instance.delete',
    unplacedJob: 'instance.delete-unplaced',
    cancellable: false,
  },
} as const satisfies Record<`instance-${string}`, InstanceOperation>

/** Kind of the operation of a saga on an instance. */
export type InstanceOperationKind = keyof typeof instanceOperations

/** True for the kinds in {@link instanceOperations}. */
export const isInstanceOperation = (kind: string): kind is InstanceOperationKind =>
  Object.hasOwn(instanceOperations, kind)

/** The task that an action sets when work of this kind is to carry it. */
export function taskOf(kind: InstanceOperationKind, action: InstanceAction): TaskStateName | null {
  const operation: InstanceOperation = instanceOperations[kind]
  return operation.sets ?? instanceActions[action].sets
}

/**
 * The job that carries an operation on, from where its instance is.
 * @param host name of the instance's host; null when it is on none
 * @param destination of a move: name of the host that the scheduler found; null while it has not
 * @returns null when such work needs a host and there is none
 */
export function instanceJob(
  kind: InstanceOperationKind,
  host: string | null,
  destination: string | null = null,
): { name: JobName; host?: string } | null {
  const operation: InstanceOperation = instanceOperations[kind]
  if (operation.moves) {
    if (destination === null) return { name: 'instance.schedule' }
    const at = operation.moves === 'source' ? host : destination
    return at === null ? null : { name: operation.job, host: at }
  }
  if (host !== null) return { name: operation.job, host }
  return operation.unplacedJob ? { name: operation.unplacedJob } : null
}
