import type { CloudEvent } from '@nephos/jobs'
import { Coalescer } from '../coalescer.ts'
import type { HostNetwork } from '../host-network.ts'

const soonMs = 50

/** Hears which ports come, go and change their names, and has the host's network answer for them. */
export class NameListener {
  readonly #network: HostNetwork
  readonly #changes: Coalescer

  constructor(network: HostNetwork, onError: (error: unknown, networkId: string) => void) {
    this.#network = network
    this.#changes = new Coalescer((networkId) => network.renamed(networkId), onError, soonMs)
  }

  heard({ noun, id, data }: Pick<CloudEvent, 'noun' | 'id' | 'data'>): void {
    if (noun !== 'port') return
    const networkId = this.#network.names.heard(id, data as Parameters<HostNetwork['names']['heard']>[1])
    if (networkId) this.#changes.add(networkId)
  }

  stop(): Promise<void> {
    return this.#changes.stop()
  }
}
