import {
  DiscardPolicy,
  type JetStreamManager,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
} from '@nats-io/jetstream'
import { nanos } from '@nats-io/nats-core'
import { streamNames } from './stream-names.ts'

type Definition = Partial<StreamConfig> & { name: string }

const minutes = (count: number) => nanos(count * 60_000)

/** The streams of a cloud. Jobs leave theirs when they are acknowledged; events and dead letters when they are old. */
export const streams = {
  jobs: {
    name: streamNames.jobs,
    subjects: ['job.>'],
    retention: RetentionPolicy.Workqueue,
    storage: StorageType.File,
    allow_direct: true,
    duplicate_window: minutes(10),
  },
  events: {
    name: streamNames.events,
    subjects: ['event.>'],
    retention: RetentionPolicy.Limits,
    storage: StorageType.File,
    max_age: minutes(60),
    max_msgs: 200_000,
    max_bytes: 268_435_456,
    discard: DiscardPolicy.Old,
    duplicate_window: minutes(2),
  },
  dead: {
    name: streamNames.dead,
    subjects: ['dead.>'],
    retention: RetentionPolicy.Limits,
    storage: StorageType.File,
    max_age: minutes(60 * 24 * 14),
    max_msgs: 10_000,
    max_bytes: 67_108_864,
    discard: DiscardPolicy.Old,
    duplicate_window: minutes(2),
  },
} as const satisfies Record<string, Definition>

/**
 * Makes sure that the streams are there. Whoever may not make them waits until somebody else has.
 * @throws Error when one is missing and cannot be made
 */
export async function awaitStreams(jsm: JetStreamManager): Promise<void> {
  try {
    await ensureStreams(jsm)
  } catch (error) {
    const found = await Promise.allSettled(Object.values(streams).map(({ name }) => jsm.streams.info(name)))
    if (found.some(({ status }) => status === 'rejected')) throw error
  }
}

/** Makes the streams, or brings existing ones up to date. Any number of processes may do it at once. */
export async function ensureStreams(jsm: JetStreamManager): Promise<void> {
  for (const definition of Object.values(streams)) {
    const config = { ...definition, subjects: [...definition.subjects] }
    try {
      await jsm.streams.add(config)
    } catch {
      // It exists with other settings, or another process is just making it; a real fault shows again here.
      await jsm.streams.update(definition.name, config)
    }
  }
}
