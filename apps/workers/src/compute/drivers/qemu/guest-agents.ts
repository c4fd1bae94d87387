import { NephosError } from '@nephos/core/errors'
import { z } from 'zod'
import type { GuestAgents, GuestFacts } from '../../holds.ts'
import { withAgent } from './agent-client.ts'

const talkMs = 8_000
const info = z.object({ version: z.string() })
const system = z.object({ 'pretty-name': z.string().optional(), 'kernel-release': z.string().optional() })
const interfaces = z.array(
  z.object({
    name: z.string(),
    'hardware-address': z.string().optional(),
    'ip-addresses': z.array(z.object({ 'ip-address': z.string(), prefix: z.number() })).optional(),
  }),
)
const shown = 64

/** The agents in guests that QEMU runs. */
export class QemuGuestAgents implements GuestAgents {
  readonly #socketOf: (instanceId: string) => string

  /** @param socketOf where the channel of an instance's agent is */
  constructor(socketOf: (instanceId: string) => string) {
    this.#socketOf = socketOf
  }

  facts(instanceId: string): Promise<GuestFacts> {
    return withAgent(this.#socketOf(instanceId), talkMs, async (execute) => {
      const { version } = info.parse(await execute('guest-info'))
      // An agent may leave any command out.
      const about = system.safeParse(await execute('guest-get-osinfo').catch(refused)).data
      const found = interfaces.safeParse(await execute('guest-network-get-interfaces').catch(refused)).data
      return {
        agentVersion: version,
        system: about?.['pretty-name'] ?? null,
        kernel: about?.['kernel-release'] ?? null,
        interfaces: (found ?? []).slice(0, shown).map((one) => ({
          name: one.name,
          mac: one['hardware-address'] ?? null,
          addresses: (one['ip-addresses'] ?? [])
            .slice(0, shown)
            .map((address) => `${address['ip-address']}/${address.prefix}`),
        })),
      }
    })
  }

  setPassword(instanceId: string, userName: string, password: string): Promise<void> {
    return withAgent(this.#socketOf(instanceId), talkMs, async (execute) => {
      await execute('guest-set-user-password', {
        username: userName,
        password: Buffer.from(password, 'utf8').toString('base64'),
        crypted: false,
      })
    })
  }
}

function refused(error: unknown): null {
  if (error instanceof NephosError && error.code === 'driver_failed') return null
  throw error
}
