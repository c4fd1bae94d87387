import { failUnplaced, failUnplacedVolume, type ScheduleRequest, scheduleVolume } from '@nephos/core'
import { type JobHandler, runEvery, sagaJobHandler } from '@nephos/jobs'
import { instanceDeleteUnplaced } from '../compute/sagas/instance-delete.ts'
import { startHeartbeats } from '../heartbeats.ts'
import { networkDelete } from '../network/sagas/network-delete.ts'
import type { RoleDeps, RunningRole } from '../role.ts'
import { volumeDeleteUnplaced } from '../volume/sagas/volume-delete.ts'
import { batched } from './batch.ts'
import { intake } from './intake.ts'
import { openScheduler } from './open.ts'
import { preview } from './preview.ts'
import { startReconcilers } from './reconcilers/index.ts'
import { followNewRouters } from './routers.ts'
import { type SchedulerState, schedule } from './schedule.ts'

/** Starts the scheduler: it places instances and runs the reconcilers of the whole cloud. Any number may run. */
export async function startSchedulerWorker({ services, hostName }: RoleDeps): Promise<RunningRole> {
  const { log, queue } = services
  const state = await openScheduler(services, hostName)
  const { ctx, hosts } = state
  const routers = followNewRouters(ctx, log)
  const unsubscribe = queue.hub().subscribe(
    ({ noun }) => noun === 'host' || noun === 'instance' || noun === 'aggregate' || noun === 'router',
    undefined,
    (message) => {
      if (message.type === 'event') {
        hosts.putEvent(message.event)
        routers.hear(message.event)
      } else
        void hosts.refresh().catch((error: unknown) => log.warn({ err: error }, 'hosts could not be read'))
    },
  )
  const refresh = runEvery({
    name: 'refresh-hosts',
    everyMs: Math.min(10_000, (services.config.serviceDownTime * 1000) / 3),
    log,
    run: () => hosts.refresh(),
  })
  const heartbeats = await startHeartbeats(services, 'scheduler', hostName, null)
  const reconcilers = startReconcilers({ services, ctx })
  const answers = queue.serve({
    role: 'scheduler',
    host: 'any',
    handlers: { 'scheduler.preview': (input) => preview(state, input) },
  })
  const jobs = queue.consume({
    role: 'scheduler',
    concurrency: intake.concurrency,
    handlers: {
      'instance.schedule': scheduleHandler(state),
      'instance.delete-unplaced': sagaJobHandler(instanceDeleteUnplaced(services)),
      'network.delete': sagaJobHandler(networkDelete(services)),
      'volume.schedule': {
        run: ({ payload }) => scheduleVolume(ctx, payload),
        giveUp: async ({ payload }, failure) => failUnplacedVolume(ctx, payload, failure),
      },
      'volume.delete-unplaced': sagaJobHandler(volumeDeleteUnplaced(services)),
    },
  })
  return {
    stop: async () => {
      await Promise.all([jobs.stop(), answers.stop()])
      unsubscribe()
      await Promise.all([routers.stop(), refresh.stop(), reconcilers.stop(), heartbeats.stop()])
    },
  }
}

function scheduleHandler(state: SchedulerState): JobHandler<ScheduleRequest> {
  const enqueue = batched<ScheduleRequest>(intake.largestBatch, (requests) => schedule(state, requests))
  return {
    run: ({ payload }) => enqueue(payload),
    giveUp: async ({ payload }, failure) => failUnplaced(state.ctx, payload, failure),
  }
}
