import { z } from 'zod'

/** Who consumes a job: one of the control-plane roles, or a role that runs once on every host. */
export type JobRole = 'scheduler' | 'image' | 'volume' | 'compute' | 'network'

/** One kind of asynchronous work. A job is only a pointer: what to do is in its operation's row. */
export interface JobDefinition<Name extends string = string, Payload extends z.ZodType = z.ZodType> {
  name: Name
  version: number
  role: JobRole
  /** `host`: addressed to the role's worker on one host; `any`: to whichever worker of the role is free. */
  address: 'any' | 'host'
  payload: Payload
  /** How long one delivery may go without a sign of life before it is given to another worker. */
  ackWaitMs: number
  /** Waits before the second, third, … delivery. The number of deliveries is one more than its length. */
  backoffMs: readonly number[]
}

const operationPointer = z.object({ operationId: z.uuid(), instanceId: z.uuid() })
const volumePointer = z.object({ operationId: z.uuid(), volumeId: z.uuid() })
const snapshotPointer = volumePointer.extend({ snapshotId: z.uuid() })
const backupPointer = z.object({ operationId: z.uuid(), backupId: z.uuid() })
const defaults = { version: 1, ackWaitMs: 30_000, backoffMs: [1_000, 5_000, 15_000, 30_000, 60_000] } as const

const define = <Name extends string, Payload extends z.ZodType>(
  job: Pick<JobDefinition<Name, Payload>, 'name' | 'role' | 'address' | 'payload'> &
    Partial<JobDefinition<Name, Payload>>,
): JobDefinition<Name, Payload> => ({ ...defaults, ...job })

/** Every job there is. Adding one here is what makes it publishable and consumable. */
export const jobs = {
  'instance.schedule': define({
    name: 'instance.schedule',
    role: 'scheduler',
    address: 'any',
    payload: operationPointer,
  }),
  'instance.create': define({
    name: 'instance.create',
    role: 'compute',
    address: 'host',
    payload: operationPointer,
  }),
  'instance.start': define({
    name: 'instance.start',
    role: 'compute',
    address: 'host',
    payload: operationPointer,
  }),
  'instance.stop': define({
    name: 'instance.stop',
    role: 'compute',
    address: 'host',
    payload: operationPointer,
  }),
  'instance.reboot': define({
    name: 'instance.reboot',
    role: 'compute',
    address: 'host',
    payload: operationPointer,
  }),
  'instance.rebuild': define({
    name: 'instance.rebuild',
    role: 'compute',
    address: 'host',
    payload: operationPointer,
  }),
  'instance.image': define({
    name: 'instance.image',
    role: 'compute',
    address: 'host',
    payload: operationPointer,
  }),
  'instance.backup': define({
    name: 'instance.backup',
    role: 'compute',
    address: 'host',
    payload: operationPointer,
  }),
  'instance.shelve': define({
    name: 'instance.shelve',
    role: 'compute',
    address: 'host',
    payload: operationPointer,
  }),
  'instance.offload': define({
    name: 'instance.offload',
    role: 'compute',
    address: 'host',
    payload: operationPointer,
  }),
  'instance.unshelve': define({
    name: 'instance.unshelve',
    role: 'compute',
    address: 'host',
    payload: operationPointer,
  }),
  'instance.pause': define({
    name: 'instance.pause',
    role: 'compute',
    address: 'host',
    payload: operationPointer,
  }),
  'instance.unpause': define({
    name: 'instance.unpause',
    role: 'compute',
    address: 'host',
    payload: operationPointer,
  }),
  'instance.suspend': define({
    name: 'instance.suspend',
    role: 'compute',
    address: 'host',
    payload: operationPointer,
  }),
  'instance.resume': define({
    name: 'instance.resume',
    role: 'compute',
    address: 'host',
    payload: operationPointer,
  }),
  'instance.rescue': define({
    name: 'instance.rescue',
    role: 'compute',
    address: 'host',
    payload: operationPointer,
  }),
  'instance.unrescue': define({
    name: 'instance.unrescue',
    role: 'compute',
    address: 'host',
    payload: operationPointer,
  }),
  'instance.soft-delete': define({
    name: 'instance.soft-delete',
    role: 'compute',
    address: 'host',
    payload: operationPointer,
  }),
  'instance.restore': define({
    name: 'instance.restore',
    role: 'compute',
    address: 'host',
    payload: operationPointer,
  }),
  'instance.resize': define({
    name: 'instance.resize',
    role: 'compute',
    address: 'host',
    payload: operationPointer,
  }),
  'instance.confirm-resize': define({
    name: 'instance.confirm-resize',
    role: 'compute',
    address: 'host',
    payload: operationPointer,
  }),
  'instance.revert-resize': define({
    name: 'instance.revert-resize',
    role: 'compute',
    address: 'host',
    payload: operationPointer,
  }),
  'instance.live-migrate': define({
    name: 'instance.live-migrate',
    role: 'compute',
    address: 'host',
    payload: operationPointer,
  }),
  'instance.evacuate': define({
    name: 'instance.evacuate',
    role: 'compute',
    address: 'host',
    payload: operationPointer,
  }),
  'instance.attach-interface': define({
    name: 'instance.attach-interface',
    role: 'compute',
    address: 'host',
    payload: operationPointer,
  }),
  'instance.detach-interface': define({
    name: 'instance.detach-interface',
    role: 'compute',
    address: 'host',
    payload: operationPointer,
  }),
  'instance.attach-volume': define({
    name: 'instance.attach-volume',
    role: 'compute',
    address: 'host',
    payload: operationPointer,
  }),
  'instance.detach-volume': define({
    name: 'instance.detach-volume',
    role: 'compute',
    address: 'host',
    payload: operationPointer,
  }),
  'instance.delete': define({
    name: 'instance.delete',
    role: 'compute',
    address: 'host',
    payload: operationPointer,
  }),
  /** An instance that never reached a host has nothing to remove but its rows. */
  'instance.delete-unplaced': define({
    name: 'instance.delete-unplaced',
    role: 'scheduler',
    address: 'any',
    payload: operationPointer,
  }),
  'network.delete': define({
    name: 'network.delete',
    role: 'scheduler',
    address: 'any',
    payload: z.object({ operationId: z.uuid(), networkId: z.uuid() }),
  }),
  'image.import': define({
    name: 'image.import',
    role: 'image',
    address: 'any',
    payload: z.object({ operationId: z.uuid(), imageId: z.uuid() }),
  }),
  'image.copy': define({
    name: 'image.copy',
    role: 'image',
    address: 'any',
    payload: z.object({ operationId: z.uuid(), imageId: z.uuid() }),
  }),
  /** Have a host copy an image into its cache before anybody needs it there. */
  'image.warm': define({
    name: 'image.warm',
    role: 'compute',
    address: 'host',
    payload: z.object({ operationId: z.uuid(), imageId: z.uuid() }),
  }),
  'image.delete': define({
    name: 'image.delete',
    role: 'image',
    address: 'any',
    payload: z.object({ operationId: z.uuid(), imageId: z.uuid() }),
  }),
  'volume.schedule': define({
    name: 'volume.schedule',
    role: 'scheduler',
    address: 'any',
    payload: volumePointer,
  }),
  'volume.create': define({
    name: 'volume.create',
    role: 'volume',
    address: 'host',
    payload: volumePointer,
  }),
  'volume.delete': define({
    name: 'volume.delete',
    role: 'volume',
    address: 'host',
    payload: volumePointer,
  }),
  /** A volume that no back end has has nothing to remove but its rows. */
  'volume.delete-unplaced': define({
    name: 'volume.delete-unplaced',
    role: 'scheduler',
    address: 'any',
    payload: volumePointer,
  }),
  'volume.extend': define({
    name: 'volume.extend',
    role: 'volume',
    address: 'host',
    payload: volumePointer,
  }),
  'volume.revert': define({
    name: 'volume.revert',
    role: 'volume',
    address: 'host',
    payload: volumePointer,
  }),
  'volume.upload-image': define({
    name: 'volume.upload-image',
    role: 'volume',
    address: 'host',
    payload: volumePointer,
  }),
  'volume.retype': define({
    name: 'volume.retype',
    role: 'volume',
    address: 'host',
    payload: volumePointer,
  }),
  'volume.snapshot': define({
    name: 'volume.snapshot',
    role: 'volume',
    address: 'host',
    payload: snapshotPointer,
  }),
  'volume.snapshot-delete': define({
    name: 'volume.snapshot-delete',
    role: 'volume',
    address: 'host',
    payload: snapshotPointer,
  }),
  'volume.backup': define({
    name: 'volume.backup',
    role: 'volume',
    address: 'host',
    payload: backupPointer.extend({ volumeId: z.uuid() }),
  }),
  'volume.restore': define({
    name: 'volume.restore',
    role: 'volume',
    address: 'host',
    payload: volumePointer,
  }),
  /** Its volume may be gone, so it is no host's: it goes to where the stores are. */
  'volume.backup-delete': define({
    name: 'volume.backup-delete',
    role: 'image',
    address: 'any',
    payload: backupPointer,
  }),
} as const

/** Name of a job in the catalogue. */
export type JobName = keyof typeof jobs
/** What a job of that name carries. */
export type JobPayload<Name extends JobName> = z.infer<(typeof jobs)[Name]['payload']>

/** The subject a job is published on: `job.<role>.<host or any>.<name>`. */
export function jobSubject(name: JobName, host?: string): string {
  const { role, address } = jobs[name]
  if (address === 'host' && !host) throw new Error(`job ${name} needs a host`)
  return `job.${role}.${address === 'host' ? hostToken(host!) : 'any'}.${name}`
}

/** A host name as one NATS subject token (dots separate tokens, so they are replaced). */
export const hostToken = (host: string): string => host.replaceAll(/[^A-Za-z0-9_-]/g, '_')
