import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { tapName } from '@nephos/core'
import { NephosError } from '@nephos/core/errors'
import { z } from 'zod'
import { readJson, writeJson } from '../../../compute/drivers/atomic-file.ts'
import type { NetworkDriver, NetworkSpec, PortSpec, WiredPort } from '../../driver.ts'

const stateSchema = z.object({
  version: z.literal(1),
  networks: z.array(z.string()),
  ports: z.array(z.object({ portId: z.string(), networkId: z.string() })),
})

const writeDelayMs = 50

/**
 * A network that exists only as a list, for work on the dashboard and for scale tests. The list is kept in a file, a
 * little later than in memory: what a crash loses the reconciler brings back.
 */
export class SimulatedNetworkDriver implements NetworkDriver {
  readonly name = 'simulated'
  readonly #directory: string
  readonly #networks = new Set<string>()
  readonly #ports = new Map<string, string>()
  #timer?: NodeJS.Timeout
  #writing: Promise<void> = Promise.resolve()

  /** @param directory of the networks' files of this host */
  constructor({ directory }: { directory: string }) {
    this.#directory = directory
  }

  async open(): Promise<void> {
    await mkdir(this.#directory, { recursive: true })
    const { data } = stateSchema.safeParse(await readJson(this.#file))
    for (const networkId of data?.networks ?? []) this.#networks.add(networkId)
    for (const { portId, networkId } of data?.ports ?? []) this.#ports.set(portId, networkId)
  }

  async ensureNetwork({ networkId }: NetworkSpec): Promise<void> {
    this.#networks.add(networkId)
    this.#changed()
  }

  async ensurePort({ portId, networkId }: PortSpec, mtu: number): Promise<WiredPort> {
    if (!this.#networks.has(networkId))
      throw new NephosError('driver_failed', `simulated: the network ${networkId} is not on this host`)
    this.#ports.set(portId, networkId)
    this.#changed()
    return { portId, tap: tapName(portId), netns: null, mtu }
  }

  async removePort(portId: string): Promise<void> {
    if (this.#ports.delete(portId)) this.#changed()
  }

  async removeNetwork(networkId: string): Promise<void> {
    if (this.#networks.delete(networkId)) this.#changed()
    for (const [portId, owner] of this.#ports) if (owner === networkId) this.#ports.delete(portId)
  }

  async inspect(): Promise<{ networks: string[]; ports: string[] }> {
    return { networks: [...this.#networks].sort(), ports: [...this.#ports.keys()].sort() }
  }

  async reconcile(desired: NetworkSpec[]): Promise<void> {
    this.#networks.clear()
    this.#ports.clear()
    for (const { networkId, ports } of desired) {
      this.#networks.add(networkId)
      for (const { portId } of ports) this.#ports.set(portId, networkId)
    }
    this.#changed()
  }

  async destroy(): Promise<void> {
    this.#networks.clear()
    this.#ports.clear()
    clearTimeout(this.#timer)
    this.#timer = undefined
    await this.#writing
    await rm(this.#directory, { recursive: true, force: true })
  }

  async close(): Promise<void> {
    if (this.#timer) await this.#write()
    await this.#writing
  }

  get #file(): string {
    return join(this.#directory, 'simulated.json')
  }

  #changed(): void {
    this.#timer ??= setTimeout(() => void this.#write(), writeDelayMs).unref()
  }

  #write(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#writing = this.#writing.then(async () => {
      const ports = [...this.#ports].map(([portId, networkId]) => ({ portId, networkId }))
      // The list is only a help for the next start: the database knows better.
      await writeJson(this.#file, { version: 1, networks: [...this.#networks], ports }).catch(() => {})
    })
    return this.#writing
  }
}
