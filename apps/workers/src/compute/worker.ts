import { cpus } from 'node:os'
import { registerHost } from '@nephos/core'
import { consoleSubject, runEvery, sagaJobHandler } from '@nephos/jobs'
import { ConsoleGateway } from '../gateway/gateway.ts'
import { startHeartbeats } from '../heartbeats.ts'
import type { RoleDeps, RunningRole } from '../role.ts'
import { ConsoleFollower } from './console/follow.ts'
import type { ComputeDeps } from './deps.ts'
import type { ComputeDriver } from './driver.ts'
import { createComputeDriver } from './drivers/index.ts'
import { GuestEvents } from './guest-events.ts'
import { startMetrics } from './metrics/start.ts'
import { MoveDesk } from './migrations/desk.ts'
import { closeLeftMoves } from './reconcilers/left-moves.ts'
import { destroyLeftBehind, orphanMachines } from './reconcilers/orphan-machines.ts'
import { reconcilePowerStates } from './reconcilers/power-state.ts'
import { reconcileVolumes } from './reconcilers/volumes.ts'
import { imageWarm } from './sagas/image-warm.ts'
import { instanceAttachInterface } from './sagas/instance-attach-interface.ts'
import { instanceAttachVolume } from './sagas/instance-attach-volume.ts'
import { instanceCreate } from './sagas/instance-create.ts'
import { instanceDelete } from './sagas/instance-delete.ts'
import { instanceDetachInterface } from './sagas/instance-detach-interface.ts'
import { instanceDetachVolume } from './sagas/instance-detach-volume.ts'
import { instanceEvacuate } from './sagas/instance-evacuate.ts'
import { instanceBackup, instanceImage } from './sagas/instance-image.ts'
import { instanceConfirmResize, instanceRevertResize } from './sagas/instance-judge-resize.ts'
import { instanceLiveMigrate } from './sagas/instance-live-migrate.ts'
import { instancePause, instanceUnpause } from './sagas/instance-pause.ts'
import { instanceReboot } from './sagas/instance-reboot.ts'
import { instanceRebuild } from './sagas/instance-rebuild.ts'
import { instanceRescue, instanceUnrescue } from './sagas/instance-rescue.ts'
import { instanceResize } from './sagas/instance-resize.ts'
import { instanceOffload, instanceShelve } from './sagas/instance-shelve.ts'
import { instanceRestore, instanceSoftDelete } from './sagas/instance-soft-delete.ts'
import { instanceStart } from './sagas/instance-start.ts'
import { instanceStop } from './sagas/instance-stop.ts'
import { instanceResume, instanceSuspend } from './sagas/instance-suspend.ts'
import { instanceUnshelve } from './sagas/instance-unshelve.ts'
import { shareOf } from './share.ts'

const reconcileMs = 30_000
const simulatedConcurrency = 32
const textEncoder = new TextEncoder()

/**
 * Starts the compute role of a host: registers it, finds its machines again, runs the sagas of its instances, answers
 * questions about consoles, and keeps the database true to what the machines do.
 * @param given a driver to use instead of the configured one
 */
export async function startComputeWorker(
  { services, hostName }: RoleDeps,
  given?: ComputeDriver,
): Promise<RunningRole> {
  const { queue, config } = services
  const log = services.log.child({ role: 'compute', host: hostName })
  const driver = given ?? (await createComputeDriver(config, log))
  const deps: ComputeDeps = { services, driver, hostName, log }
  const guests = new GuestEvents(deps)
  driver.onEvent((event) => guests.take(event))
  const adopted = await driver.adopt()
  const inventory = shareOf(await driver.inventory(), config.hosts ?? 1)
  log.info({ driver: driver.name, machines: adopted.length }, 'machines were adopted')
  const hostId = await registerHost(services, {
    name: hostName,
    zone: config.zone,
    inventory,
    computeDriver: driver.name,
  })
  const follower = new ConsoleFollower({
    driver,
    log,
    publish: (instanceId, chunk) =>
      queue.bus.now()?.nc.publish(consoleSubject(instanceId), textEncoder.encode(JSON.stringify(chunk))),
  })
  const gateway = new ConsoleGateway({ bus: queue.bus, hostName, driver, log })
  const metrics = startMetrics({ ...deps, services, hostId })
  const moves = new MoveDesk(deps)
  const answers = queue.serve({
    role: 'compute',
    host: hostName,
    handlers: {
      ...metrics.handlers,
      'migration.work': (request) => moves.work(request),
      'console.read': ({ instanceId, offset, limit }) => driver.readConsole(instanceId, offset, limit),
      'console.follow': ({ instanceId, offset }) => follower.follow(instanceId, offset),
      'guest.facts': ({ instanceId }) => driver.agents.facts(instanceId),
      'guest.set-password': async ({ instanceId, userName, password }) => {
        await driver.agents.setPassword(instanceId, userName, password)
        return {}
      },
      'machine.interrupt': async ({ instanceId }) => {
        await driver.holds.interrupt(instanceId)
        return {}
      },
      'volume.grown': async ({ instanceId, volumeId, sizeBytes }) => {
        await driver.volumes.grow(instanceId, volumeId, sizeBytes)
        return {}
      },
      'console.open': async (request) => {
        await gateway.join(request)
        return {}
      },
    },
  })
  // Who evacuates an instance from here either is answered by now, or has made it another host's before this looks.
  await destroyLeftBehind(deps)
  const intake = queue.consume({
    role: 'compute',
    host: hostName,
    concurrency: driver.name === 'simulated' ? simulatedConcurrency : Math.max(4, cpus().length * 2),
    handlers: {
      'instance.create': sagaJobHandler(instanceCreate(deps)),
      'instance.start': sagaJobHandler(instanceStart(deps)),
      'instance.stop': sagaJobHandler(instanceStop(deps)),
      'instance.reboot': sagaJobHandler(instanceReboot(deps)),
      'instance.rebuild': sagaJobHandler(instanceRebuild(deps)),
      'instance.image': sagaJobHandler(instanceImage(deps)),
      'instance.backup': sagaJobHandler(instanceBackup(deps)),
      'instance.shelve': sagaJobHandler(instanceShelve(deps)),
      'instance.offload': sagaJobHandler(instanceOffload(deps)),
      'instance.unshelve': sagaJobHandler(instanceUnshelve(deps)),
      'instance.delete': sagaJobHandler(instanceDelete(deps)),
      'instance.resize': sagaJobHandler(instanceResize(deps)),
      'instance.live-migrate': sagaJobHandler(instanceLiveMigrate(deps)),
      'instance.evacuate': sagaJobHandler(instanceEvacuate(deps)),
      'instance.confirm-resize': sagaJobHandler(instanceConfirmResize(deps)),
      'instance.revert-resize': sagaJobHandler(instanceRevertResize(deps)),
      'instance.attach-interface': sagaJobHandler(instanceAttachInterface(deps)),
      'instance.detach-interface': sagaJobHandler(instanceDetachInterface(deps)),
      'instance.attach-volume': sagaJobHandler(instanceAttachVolume(deps)),
      'instance.detach-volume': sagaJobHandler(instanceDetachVolume(deps)),
      'instance.pause': sagaJobHandler(instancePause(deps)),
      'instance.unpause': sagaJobHandler(instanceUnpause(deps)),
      'instance.suspend': sagaJobHandler(instanceSuspend(deps)),
      'instance.resume': sagaJobHandler(instanceResume(deps)),
      'instance.rescue': sagaJobHandler(instanceRescue(deps)),
      'instance.unrescue': sagaJobHandler(instanceUnrescue(deps)),
      'instance.soft-delete': sagaJobHandler(instanceSoftDelete(deps)),
      'instance.restore': sagaJobHandler(instanceRestore(deps)),
      'image.warm': sagaJobHandler(imageWarm(deps)),
    },
  })
  const heartbeats = await startHeartbeats(services, 'compute', hostName, hostId)
  const loops = [
    runEvery({ name: 'power-state', everyMs: reconcileMs, log, run: () => reconcilePowerStates(deps) }),
    runEvery({ name: 'left-moves', everyMs: reconcileMs, log, run: () => closeLeftMoves(deps) }),
    runEvery({ name: 'attached-volumes', everyMs: reconcileMs, log, run: () => reconcileVolumes(deps) }),
    runEvery({ name: 'orphan-machines', everyMs: reconcileMs, log, run: orphanMachines(deps) }),
  ]
  return {
    exposition: metrics.exposition,
    stop: async () => {
      await Promise.all([intake.stop(), answers.stop(), metrics.stop()])
      await Promise.all(loops.map((loop) => loop.stop()))
      await moves.close()
      follower.close()
      await gateway.close()
      await guests.close()
      await heartbeats.stop()
      await driver.close()
    },
  }
}
