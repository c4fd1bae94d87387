import { NephosError } from '@nephos/core/errors'
import type { MachineSpec, MachineStatus } from '../../driver.ts'
import type { MachineHolds, RescueDisks } from '../../holds.ts'
import type { ImageCache } from './image-cache.ts'
import type { QemuMachine } from './machine.ts'
import type { QmpClient } from './qmp-client.ts'
import { createRescueDisk, removeRescueDisk } from './rescue-disk.ts'
import { runStateOf } from './saved-memory.ts'
import { resumeMachine, suspendMachine } from './suspension.ts'
import type { QemuUser } from './user.ts'

/** What the holds need of their driver. */
interface HoldsHost {
  user: QemuUser | null
  machine(instanceId: string): Promise<QemuMachine>
  exclusive<Result>(instanceId: string, task: () => Promise<Result>): Promise<Result>
}

const off = () =>
  new NephosError('conflict', 'The machine of the instance does not run.', {
    remedy: 'Start the instance first.',
  })

/** Pausing, suspending and interrupting machines that QEMU runs. */
export class QemuHolds implements MachineHolds {
  readonly #host: HoldsHost

  constructor(host: HoldsHost) {
    this.#host = host
  }

  pause(instanceId: string): Promise<MachineStatus> {
    return this.#running(instanceId, async (qmp, machine) => {
      await qmp.execute('stop')
      return machine.status()
    })
  }

  unpause(instanceId: string): Promise<MachineStatus> {
    return this.#running(instanceId, async (qmp, machine) => {
      if ((await runStateOf(qmp)) !== 'running') await qmp.execute('cont')
      return machine.status()
    })
  }

  suspend(instanceId: string, signal?: AbortSignal): Promise<MachineStatus> {
    return this.#host.exclusive(instanceId, async () =>
      suspendMachine(await this.#host.machine(instanceId), this.#host.user, signal),
    )
  }

  resume(spec: MachineSpec): Promise<MachineStatus> {
    return this.#host.exclusive(spec.instanceId, async () =>
      resumeMachine(await this.#host.machine(spec.instanceId), spec),
    )
  }

  interrupt(instanceId: string): Promise<void> {
    return this.#running(instanceId, async (qmp) => {
      await qmp.execute('inject-nmi')
    })
  }

  #running<Result>(
    instanceId: string,
    task: (qmp: QmpClient, machine: QemuMachine) => Promise<Result>,
  ): Promise<Result> {
    return this.#host.exclusive(instanceId, async () => {
      const machine = await this.#host.machine(instanceId)
      const qmp = await machine.monitor()
      if (!qmp) throw off()
      return task(qmp, machine)
    })
  }
}

/** The temporary disks of rescued machines that QEMU runs. */
export class QemuRescueDisks implements RescueDisks {
  readonly #host: HoldsHost & { cache: ImageCache }

  constructor(host: HoldsHost & { cache: ImageCache }) {
    this.#host = host
  }

  create(spec: MachineSpec): Promise<void> {
    return this.#host.exclusive(spec.instanceId, async () => {
      const machine = await this.#host.machine(spec.instanceId)
      // A step that is executed again finds the machine running from it.
      if (machine.alive || !spec.rescue) return
      await createRescueDisk(spec, machine.paths, this.#host.cache.path(spec.rescue), this.#host.user)
    })
  }

  remove(instanceId: string): Promise<void> {
    return this.#host.exclusive(instanceId, async () =>
      removeRescueDisk((await this.#host.machine(instanceId)).paths),
    )
  }
}
