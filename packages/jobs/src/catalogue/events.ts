import { z } from 'zod'

/**
 * Who may see an event: everyone signed in, the members of a project, one user, or administrators only.
 * Administrators see every event.
 */
export const audienceSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('everyone') }),
  z.object({ kind: z.literal('project'), projectId: z.string() }),
  z.object({ kind: z.literal('user'), userId: z.string() }),
  z.object({ kind: z.literal('admin') }),
])
export type Audience = z.infer<typeof audienceSchema>

/** Every kind of thing whose change is announced. */
export const eventNouns = [
  'instance',
  'migration',
  'drain',
  'key-pair',
  'flavor',
  'host',
  'aggregate',
  'server-group',
  'service',
  'network',
  'subnet',
  'port',
  'router',
  'floating_ip',
  'security_group',
  'qos_policy',
  'rbac_policy',
  'address_group',
  'image',
  'volume',
  'volume_snapshot',
  'volume_backup',
  'volume_transfer',
  'volume_type',
  'volume_qos_spec',
  'volume_backend',
  'operation',
  'quota',
  'project',
  'user',
  'assignment',
  'session',
] as const
export type EventNoun = (typeof eventNouns)[number]

/**
 * A change of one resource. `data` is the resource's list row as the API returns it (so that a client patches its
 * cache without asking), or null after a delete.
 */
export const eventSchema = z.object({
  noun: z.enum(eventNouns),
  change: z.enum(['created', 'updated', 'deleted', 'progress']),
  id: z.string(),
  audience: audienceSchema,
  at: z.string(),
  data: z.unknown().nullable(),
})
export type CloudEvent = z.infer<typeof eventSchema>

/** An event with its place in the stream; the place is what a client resumes from. */
export interface SequencedEvent extends CloudEvent {
  seq: number
}

/** The subject an event is published on: `event.<audience kind>.<audience id or _>.<noun>.<change>`. */
export function eventSubject(event: Pick<CloudEvent, 'noun' | 'change' | 'audience'>): string {
  const { audience } = event
  const id =
    audience.kind === 'project' ? audience.projectId : audience.kind === 'user' ? audience.userId : '_'
  return `event.${audience.kind}.${id}.${event.noun}.${event.change}`
}
