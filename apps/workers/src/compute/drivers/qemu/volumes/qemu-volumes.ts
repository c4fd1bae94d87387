import type { MachineOptions, VolumeLimits } from '@nephos/core'
import type { MachineVolume, MachineVolumes } from '../../../volumes.ts'
import type { QemuMachine } from '../machine.ts'
import type { QmpClient } from '../qmp-client.ts'
import type { VolumePlace } from './credentials.ts'
import { growVolume, limitVolume, pluggedVolumes, plugVolume, unplugVolume } from './plug-volume.ts'

/** What the volumes need of their driver. */
export interface VolumesHost {
  /** A machine of this host; undefined where there is none. */
  machine: (instanceId: string) => Pick<QemuMachine, 'monitor' | 'volumePlace'> | undefined
  /** Runs a task while no verb of this machine runs. */
  exclusive: <Result>(instanceId: string, task: () => Promise<Result>) => Promise<Result>
}

/** The volumes of QEMU machines. */
export class QemuVolumes implements MachineVolumes {
  readonly #host: VolumesHost

  constructor(host: VolumesHost) {
    this.#host = host
  }

  plug(instanceId: string, volume: MachineVolume, options: MachineOptions): Promise<void> {
    return this.#running(instanceId, (qmp, place) => plugVolume(qmp, volume, options, place))
  }

  unplug(instanceId: string, volumeId: string): Promise<void> {
    return this.#running(instanceId, (qmp) => unplugVolume(qmp, volumeId))
  }

  grow(instanceId: string, volumeId: string, sizeBytes: number): Promise<void> {
    return this.#running(instanceId, (qmp) => growVolume(qmp, volumeId, sizeBytes))
  }

  limit(instanceId: string, volumeId: string, limits: VolumeLimits): Promise<void> {
    return this.#running(instanceId, (qmp) => limitVolume(qmp, volumeId, limits))
  }

  async plugged(instanceId: string, volumeIds: readonly string[]): Promise<string[] | null> {
    const qmp = (await this.#host.machine(instanceId)?.monitor()) ?? null
    return qmp && pluggedVolumes(qmp, volumeIds)
  }

  #running(instanceId: string, task: (qmp: QmpClient, place: VolumePlace) => Promise<void>): Promise<void> {
    return this.#host.exclusive(instanceId, async () => {
      const machine = this.#host.machine(instanceId)
      const qmp = await machine?.monitor()
      if (machine && qmp) await task(qmp, machine.volumePlace)
    })
  }
}
