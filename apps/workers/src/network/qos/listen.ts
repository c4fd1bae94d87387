import type { CloudEvent } from '@nephos/jobs'
import { Coalescer } from '../coalescer.ts'
import type { HostNetwork } from '../host-network.ts'

const soonMs = 10

/** Hears what changes of QoS policies, and which one a port has, and has the host's network apply it. */
export class QosListener {
  readonly #network: HostNetwork
  readonly #policies: Coalescer
  readonly #ports: Coalescer

  constructor(network: HostNetwork, onError: (error: unknown, id: string) => void) {
    this.#network = network
    this.#ports = new Coalescer((id) => network.refreshPort(id), onError, soonMs)
    this.#policies = new Coalescer(
      async (id) => {
        if (await network.qos.changed(id))
          await Promise.all(network.portsWithPolicy(id).map(({ portId }) => network.refreshPort(portId)))
      },
      onError,
      soonMs,
    )
  }

  heard({ noun, id, data }: Pick<CloudEvent, 'noun' | 'id' | 'data'>): void {
    if (noun === 'qos_policy') this.#policies.add(id)
    if (noun !== 'port' || !data) return
    const { networkId, qosPolicyId = null } = data as { networkId: string; qosPolicyId?: string | null }
    const wired = this.#network.port(networkId, id)
    if (wired?.qos && wired.qos.portPolicyId !== qosPolicyId) this.#ports.add(id)
  }

  async stop(): Promise<void> {
    await Promise.all([this.#policies.stop(), this.#ports.stop()])
  }
}
