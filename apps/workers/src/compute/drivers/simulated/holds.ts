import { NephosError } from '@nephos/core/errors'
import type { MachineSpec, MachineStatus } from '../../driver.ts'
import type { GuestAgents, GuestFacts, MachineHolds, RescueDisks } from '../../holds.ts'
import { faults, type SimulatedMachine } from './machine.ts'

/** What the holds need of their driver. Everything runs while no other verb of the machine does. */
export interface HoldsHost {
  exclusive<Result>(instanceId: string, task: () => Promise<Result>): Promise<Result>
  machine(instanceId: string): SimulatedMachine | undefined
  save(machine: SimulatedMachine, line: string): void
  status(instanceId: string): Promise<MachineStatus>
}

const off = () => new NephosError('conflict', 'The machine of the instance does not run.')
const failed = (message: string): NephosError => new NephosError('driver_failed', `simulated: ${message}`)

/** Pausing, suspending and interrupting machines that exist only as a state. */
export class SimulatedHolds implements MachineHolds {
  readonly #host: HoldsHost

  constructor(host: HoldsHost) {
    this.#host = host
  }

  pause(instanceId: string): Promise<MachineStatus> {
    return this.#become(instanceId, 'paused', ['running', 'paused'])
  }

  unpause(instanceId: string): Promise<MachineStatus> {
    return this.#become(instanceId, 'running', ['running', 'paused'])
  }

  suspend(instanceId: string): Promise<MachineStatus> {
    return this.#become(instanceId, 'suspended', ['running', 'paused', 'suspended'])
  }

  resume({ instanceId }: MachineSpec): Promise<MachineStatus> {
    return this.#become(instanceId, 'running', ['running', 'suspended'])
  }

  interrupt(instanceId: string): Promise<void> {
    return this.#host.exclusive(instanceId, async () => {
      const machine = this.#host.machine(instanceId)
      if (machine?.state !== 'running' && machine?.state !== 'paused') throw off()
      this.#host.save(machine, 'non-maskable interrupt')
    })
  }

  #become(
    instanceId: string,
    state: SimulatedMachine['state'],
    from: readonly SimulatedMachine['state'][],
  ): Promise<MachineStatus> {
    return this.#host.exclusive(instanceId, async () => {
      const machine = this.#host.machine(instanceId)
      if (!machine || !from.includes(machine.state)) throw off()
      if (faults.hold(machine.name)) throw failed(`${machine.name} cannot be held, as its name asks`)
      if (machine.state !== state) this.#host.save({ ...machine, state }, state)
      return this.#host.status(instanceId)
    })
  }
}

/** The temporary disk of a machine that has no disk at all: only that it is there. */
export class SimulatedRescueDisks implements RescueDisks {
  readonly #host: HoldsHost

  constructor(host: HoldsHost) {
    this.#host = host
  }

  create({ instanceId, name, rescue }: MachineSpec): Promise<void> {
    return this.#host.exclusive(instanceId, async () => {
      const machine = this.#host.machine(instanceId)
      if (!machine || !rescue) throw failed(`${instanceId} cannot be rescued`)
      if (faults.rescue(name)) throw failed(`no rescue disk for ${name}, as its name asks`)
      this.#host.save({ ...machine, rescueDisk: true }, `rescue disk from image ${rescue.imageId}`)
    })
  }

  remove(instanceId: string): Promise<void> {
    return this.#host.exclusive(instanceId, async () => {
      const machine = this.#host.machine(instanceId)
      if (machine?.rescueDisk) this.#host.save({ ...machine, rescueDisk: false }, 'rescue disk removed')
    })
  }
}

/** Agents of guests that do not run: they know nothing but that, and take any password. */
export class SimulatedGuestAgents implements GuestAgents {
  readonly #host: HoldsHost

  constructor(host: HoldsHost) {
    this.#host = host
  }

  async facts(instanceId: string): Promise<GuestFacts> {
    this.#running(instanceId)
    return { agentVersion: 'simulated', system: 'Simulated guest', kernel: null, interfaces: [] }
  }

  async setPassword(instanceId: string, userName: string): Promise<void> {
    this.#host.save(this.#running(instanceId), `password of ${userName} changed`)
  }

  #running(instanceId: string): SimulatedMachine {
    const machine = this.#host.machine(instanceId)
    if (machine?.state === 'running') return machine
    throw new NephosError('unavailable', 'The agent in the guest does not answer.')
  }
}
