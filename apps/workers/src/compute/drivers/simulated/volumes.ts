import { NephosError } from '@nephos/core/errors'
import type { MachineVolume, MachineVolumes } from '../../volumes.ts'
import { faults, type SimulatedMachine } from './machine.ts'

/** What the volumes need of their driver. */
export interface SimulatedVolumesHost {
  exclusive: <Result>(instanceId: string, task: () => Promise<Result>) => Promise<Result>
  machine: (instanceId: string) => SimulatedMachine | undefined
  /** Keeps what the machine is now, and writes a line on its console. */
  save: (machine: SimulatedMachine, line: string) => void
}

const failed = (message: string): NephosError => new NephosError('driver_failed', `simulated: ${message}`)

/** Volumes of simulated machines: notes on which they have. */
export class SimulatedVolumes implements MachineVolumes {
  readonly #host: SimulatedVolumesHost

  constructor(host: SimulatedVolumesHost) {
    this.#host = host
  }

  plug(instanceId: string, volume: MachineVolume): Promise<void> {
    return this.#running(instanceId, (machine) => this.plugInto(machine, volume))
  }

  /** The same for a machine whose turn it is. */
  async plugInto(machine: SimulatedMachine, { volumeId, connection }: MachineVolume): Promise<void> {
    const { volumes = [], name } = machine
    if (volumes.includes(volumeId)) return
    if (faults.plug(name)) throw failed(`${name} takes no volume, as its name asks`)
    const gib = (connection.sizeBytes / 1024 ** 3).toFixed(0)
    this.#host.save(
      { ...machine, volumes: [...volumes, volumeId] },
      `volume ${volumeId} of ${gib} GiB plugged in`,
    )
  }

  unplug(instanceId: string, volumeId: string): Promise<void> {
    return this.#running(instanceId, async (machine) => {
      const { volumes = [], name } = machine
      if (!volumes.includes(volumeId)) return
      if (faults.unplug(name)) throw failed(`${name} keeps its volumes, as its name asks`)
      const rest = volumes.filter((id) => id !== volumeId)
      this.#host.save({ ...machine, volumes: rest }, `volume ${volumeId} unplugged`)
    })
  }

  grow(instanceId: string, volumeId: string, sizeBytes: number): Promise<void> {
    return this.#running(instanceId, async (machine) => {
      if (machine.volumes?.includes(volumeId))
        this.#host.save(machine, `volume ${volumeId} has ${sizeBytes} bytes now`)
    })
  }

  async limit(): Promise<void> {}

  async plugged(instanceId: string, volumeIds: readonly string[]): Promise<string[] | null> {
    const machine = this.#host.machine(instanceId)
    if (machine?.state !== 'running' && machine?.state !== 'paused') return null
    return volumeIds.filter((id) => machine.volumes?.includes(id))
  }

  #running(instanceId: string, task: (machine: SimulatedMachine) => Promise<void>): Promise<void> {
    return this.#host.exclusive(instanceId, async () => {
      const machine = this.#host.machine(instanceId)
      if (machine?.state === 'running' || machine?.state === 'paused') await task(machine)
    })
  }
}
