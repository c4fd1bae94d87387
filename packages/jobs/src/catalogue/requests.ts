import { z } from 'zod'
import { hostToken } from './jobs.ts'
import { metricRequests } from './metrics.ts'
import { volumeRequests } from './volumes.ts'

/** A live question to the worker of one host: answered now or not at all, never queued. */
export interface RequestDefinition<In extends z.ZodType = z.ZodType, Out extends z.ZodType = z.ZodType> {
  /** `scheduler` is asked at the host `any`: whichever process is free answers. */
  role: 'compute' | 'network' | 'volume' | 'scheduler'
  input: In
  output: Out
  timeoutMs: number
  /**
   * Who asks matters: the asking host stands in the subject, and NATS lets each host name itself only. Handlers get it as
   * `asker`.
   */
  bound?: true
}

const define = <In extends z.ZodType, Out extends z.ZodType>(request: RequestDefinition<In, Out>) => request

/** Consoles a machine can have: its screen, and its first serial port. */
export const consoleKinds = ['vnc', 'serial'] as const
export type ConsoleKind = (typeof consoleKinds)[number]

const wiredPort = z.object({
  portId: z.uuid(),
  tap: z.string(),
  netns: z.string().nullable(),
  mtu: z.number(),
})

const guestFacts = z.object({
  agentVersion: z.string(),
  /** Name and version of the system as it calls itself; null when the agent does not tell. */
  system: z.string().nullable(),
  kernel: z.string().nullable(),
  interfaces: z.array(
    z.object({ name: z.string(), mac: z.string().nullable(), addresses: z.array(z.string()) }),
  ),
})
/** What a guest says about itself. */
export type GuestFacts = z.infer<typeof guestFacts>

/**
 * The parts of a move that a host does when the one that leads the move asks. On the destination: `prepare`, `receive`,
 * `start`, `accept`, `arrive`, `abort`; on the source, once the instance has left: `discard`, `restore`.
 */
export const moveParts = [
  'look',
  'prepare',
  'receive',
  'start',
  'accept',
  'arrive',
  'abort',
  'discard',
  'restore',
] as const
export type MovePart = (typeof moveParts)[number]

const texts = z.record(z.string(), z.string())
const filterReport = z.object({
  filter: z.string(),
  noun: z.string(),
  need: z.union([z.number(), z.string()]),
  passed: z.number(),
  failed: z.number(),
})

/** Every request there is. */
export const requests = {
  ...metricRequests,
  ...volumeRequests,
  /** Bytes of an instance's serial log from `offset` (negative: that many bytes from its end). */
  'console.read': define({
    role: 'compute',
    input: z.object({
      instanceId: z.uuid(),
      offset: z.number().int(),
      limit: z.number().int().min(1).max(262_144),
    }),
    output: z.object({ offset: z.number(), size: z.number(), text: z.string() }),
    timeoutMs: 3_000,
  }),
  /** Publish what is appended to the log on `consoleSubject(instanceId)` for the next 30 seconds; ask again to go on. */
  'console.follow': define({
    role: 'compute',
    input: z.object({ instanceId: z.uuid(), offset: z.number().int().min(0) }),
    output: z.object({ size: z.number() }),
    timeoutMs: 3_000,
  }),
  /**
   * Join a console to the channel of that id (`consoleChannel`), which the asker reads already. The gateway counts
   * channels per instance and user.
   */
  'console.open': define({
    role: 'compute',
    input: z.object({
      instanceId: z.uuid(),
      kind: z.enum(consoleKinds),
      channel: z.string().regex(/^[\w-]{16,64}$/),
      userId: z.string(),
    }),
    output: z.object({}),
    timeoutMs: 5_000,
  }),
  /** What the agent in the guest says about it. */
  'guest.facts': define({
    role: 'compute',
    input: z.object({ instanceId: z.uuid() }),
    output: guestFacts,
    timeoutMs: 12_000,
  }),
  /** Have the agent in the guest set a password. It is in this message only: neither stored nor logged. */
  'guest.set-password': define({
    role: 'compute',
    input: z.object({ instanceId: z.uuid(), userName: z.string(), password: z.string() }),
    output: z.object({}),
    timeoutMs: 12_000,
  }),
  /** Send the machine a non-maskable interrupt: a guest that is set up for it writes a crash dump. */
  'machine.interrupt': define({
    role: 'compute',
    input: z.object({ instanceId: z.uuid() }),
    output: z.object({}),
    timeoutMs: 12_000,
  }),
  /**
   * Do one part of a move on this host. Answers how far it is: ask again until it is done. What failed is told once,
   * and begun anew with the next question.
   */
  'migration.work': define({
    role: 'compute',
    input: z.object({ migrationId: z.uuid(), part: z.enum(moveParts), input: z.json() }),
    output: z.object({
      done: z.boolean(),
      message: z.string().nullable(),
      doneBytes: z.number().nullable(),
      totalBytes: z.number().nullable(),
      result: z.json(),
    }),
    timeoutMs: 15_000,
  }),
  /**
   * Bring the ports of an instance up on this host (bridge, tap, DHCP lease, anti-spoofing). Idempotent. With
   * `standby` they also stay where they are and hear here only what is copied for them, and other hosts go on sending there until
   * `network.activate`.
   */
  'network.wire': define({
    role: 'network',
    input: z.object({ portIds: z.array(z.uuid()).max(32), standby: z.boolean().optional() }),
    output: z.object({ ports: z.array(wiredPort) }),
    timeoutMs: 20_000,
  }),
  /**
   * Begin anew to keep what is copied for ports that stand by on this host, until their guests, which are on the way,
   * read it. Idempotent.
   */
  'network.accept': define({
    role: 'network',
    input: z.object({ portIds: z.array(z.uuid()).max(32) }),
    output: z.object({}),
    timeoutMs: 20_000,
  }),
  /**
   * Copy what is for ports of this host to the host `to`, where they stand by; null: not any more. Idempotent. It goes
   * on when the ports have been activated there, until they are unwired here.
   */
  'network.copy': define({
    role: 'network',
    input: z.object({ portIds: z.array(z.uuid()).max(32), to: z.string().nullable() }),
    output: z.object({}),
    timeoutMs: 20_000,
  }),
  /** Look now which ports of these networks are on which other host. Answered when it is applied. */
  'network.meet': define({
    role: 'network',
    input: z.object({ networkIds: z.array(z.uuid()).max(32) }),
    output: z.object({}),
    timeoutMs: 20_000,
  }),
  /** Move ports here that stand by on this host: every host sends what is for them here from now on. Idempotent. */
  'network.activate': define({
    role: 'network',
    input: z.object({ portIds: z.array(z.uuid()).max(32) }),
    output: z.object({}),
    timeoutMs: 20_000,
  }),
  /** Remove the ports from this host. Idempotent; ports that are already gone are fine. */
  'network.unwire': define({
    role: 'network',
    input: z.object({ ports: z.array(z.object({ portId: z.uuid(), networkId: z.uuid() })).max(32) }),
    output: z.object({}),
    timeoutMs: 20_000,
  }),
  /** Remove a whole network from this host. Idempotent. */
  'network.remove': define({
    role: 'network',
    input: z.object({ networkId: z.uuid() }),
    output: z.object({}),
    timeoutMs: 20_000,
  }),
  /** Take up or let go of these routers, as the database says. Answers at once. */
  'network.routers': define({
    role: 'network',
    input: z.object({ routerIds: z.array(z.uuid()).max(256) }),
    output: z.object({}),
    timeoutMs: 3_000,
  }),
  /** How many instances of this kind would fit now, and what stands in the way. Reads the scheduler's memory. */
  'scheduler.preview': define({
    role: 'scheduler',
    input: z.object({
      projectId: z.string(),
      flavorName: z.string(),
      vcpus: z.number(),
      ramMib: z.number(),
      diskGib: z.number(),
      extraSpecs: texts,
      imageId: z.string().nullable(),
      imageProperties: texts,
      zone: z.string().nullable(),
      host: z.string().nullable(),
      groupId: z.string().nullable(),
      sameHost: z.array(z.string()),
      differentHost: z.array(z.string()),
      query: z.string().nullable(),
    }),
    output: z.object({
      hosts: z.number(),
      passing: z.number(),
      fits: z.number(),
      tight: z.object({ filter: z.string(), noun: z.string() }).nullable(),
      filters: z.array(filterReport),
      byHost: z.array(z.object({ host: z.string(), fits: z.number() })),
    }),
    timeoutMs: 3_000,
  }),
} as const

export type RequestName = keyof typeof requests
export type RequestInput<Name extends RequestName> = z.infer<(typeof requests)[Name]['input']>
export type RequestOutput<Name extends RequestName> = z.infer<(typeof requests)[Name]['output']>

/**
 * Core NATS subjects of one open console. A host reads `up` and writes `down` of its own name only, so that its
 * permissions can be told by the subject.
 */
export const consoleChannel = (host: string, channel: string): { up: string; down: string } => ({
  up: `console.up.${hostToken(host)}.${channel}`,
  down: `console.down.${hostToken(host)}.${channel}`,
})

/** Core NATS subject on which a followed console's new text is published. */
export const consoleSubject = (instanceId: string): string => `live.console.${instanceId}`
