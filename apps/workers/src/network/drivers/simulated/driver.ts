import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { tapName } from '@nephos/core'
import { NephosError } from '@nephos/core/errors'
import { z } from 'zod'
import { readJson, writeJson } from '../../../compute/drivers/atomic-file.ts'
import type {
  FirewallSpec,
  NetworkDriver,
  NetworkSpec,
  PortSpec,
  RouterSpec,
  WiredPort,
} from '../../driver.ts'

const stateSchema = z.object({
  version: z.literal(1),
  networks: z.array(z.string()),
  ports: z.array(z.object({ portId: z.string(), networkId: z.string() })),
  routers: z.array(z.string()).default([]),
})

const writeDelayMs = 50

/**
 * A network that exists only as a list, for work on the dashboard and for scale tests. The list is kept in a file, a
 * little later than in memory: what a crash loses the reconciler brings back.
 */
export class SimulatedNetworkDriver implements NetworkDriver {
  readonly name = 'simulated'
  readonly lacks = {}
  /** What was told of security groups; nothing is filtered. */
  firewall: FirewallSpec = { groups: new Map(), members: new Map() }
  readonly #directory: string
  readonly #networks = new Set<string>()
  readonly #ports = new Map<string, string>()
  readonly #routers = new Set<string>()
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
    for (const routerId of data?.routers ?? []) this.#routers.add(routerId)
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

  async handOver(): Promise<void> {}

  async emptyTaps(): Promise<void> {}

  async removePort(portId: string): Promise<void> {
    if (this.#ports.delete(portId)) this.#changed()
  }

  async setFirewall(spec: FirewallSpec): Promise<void> {
    this.firewall = spec
  }

  async arrived(): Promise<void> {}

  async removeNetwork(networkId: string): Promise<void> {
    if (this.#networks.delete(networkId)) this.#changed()
    for (const [portId, owner] of this.#ports) if (owner === networkId) this.#ports.delete(portId)
  }

  async ensureRouter({ routerId, interfaces, gateway }: RouterSpec): Promise<void> {
    for (const { networkId } of [...interfaces, ...(gateway ? [gateway] : [])])
      if (!this.#networks.has(networkId))
        throw new NephosError('driver_failed', `simulated: the network ${networkId} is not on this host`)
    this.#routers.add(routerId)
    this.#changed()
  }

  async removeRouter(routerId: string): Promise<void> {
    if (this.#routers.delete(routerId)) this.#changed()
  }

  async inspect(): Promise<{ networks: string[]; ports: string[]; routers: string[] }> {
    return {
      networks: [...this.#networks].sort(),
      ports: [...this.#ports.keys()].sort(),
      routers: [...this.#routers].sort(),
    }
  }

  async reconcile(desired: NetworkSpec[], routers: readonly RouterSpec[] = []): Promise<void> {
    this.#networks.clear()
    this.#ports.clear()
    this.#routers.clear()
    for (const { routerId } of routers) this.#routers.add(routerId)
    for (const { networkId, ports } of desired) {
      this.#networks.add(networkId)
      for (const { portId } of ports) this.#ports.set(portId, networkId)
    }
    this.#changed()
  }

  doorState(): null {
    return null
  }

  async destroy(): Promise<void> {
    this.#networks.clear()
    this.#ports.clear()
    this.#routers.clear()
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
      const [networks, routers] = [[...this.#networks], [...this.#routers]]
      await writeJson(this.#file, { version: 1, networks, ports, routers }).catch(() => {})
    })
    return this.#writing
  }
}
