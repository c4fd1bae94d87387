import { overlaps, parseCidr, type Range } from '@nephos/core/addresses'
import { z } from 'zod'
import { runTool } from '../host-tools.ts'

const linkSchema = z.array(
  z.object({
    ifname: z.string(),
    address: z.string().default(''),
    mtu: z.number().default(0),
    flags: z.array(z.string()).default([]),
    ifalias: z.string().default(''),
    addr_info: z
      .array(z.object({ family: z.string(), local: z.string(), prefixlen: z.number() }))
      .default([]),
  }),
)
const routeSchema = z.array(z.object({ dst: z.string(), dev: z.string().default('') }))

/** An interface of the machine. */
export interface MachineLink {
  name: string
  mac: string
  mtu: number
  up: boolean
  alias: string
  addresses: string[]
}

/** The machine's own namespace, or the one that stands for it. */
export class Machine {
  readonly #netns: string | null

  constructor(netns: string | null) {
    this.#netns = netns
  }

  /** Words for `ip` to work there from wherever it is run. */
  get ip(): string[] {
    return ['ip', ...(this.#netns ? ['-n', this.#netns] : [])]
  }

  /** Runs commands of `ip` there. */
  async run(lines: readonly string[]): Promise<void> {
    if (lines.length > 0) await runTool([...this.ip, '-batch', '-'], { input: `${lines.join('\n')}\n` })
  }

  /** Applies nftables text there: all of it or nothing. */
  nft(text: string): Promise<string> {
    return runTool(['nft', '-f', '-'], { ...this.#place, input: text })
  }

  /** The value of a setting of the kernel there. */
  async setting(key: string): Promise<string> {
    return (await runTool(['cat', `/proc/sys/${key}`], this.#place)).trim()
  }

  /** Writes a setting of the kernel there. */
  async set(key: string, value: string): Promise<void> {
    await runTool(
      ['sh', '-c', `[ ! -e "$1" ] || echo "$2" >"$1"`, 'sh', `/proc/sys/${key}`, value],
      this.#place,
    )
  }

  /** Its interfaces. */
  async links(): Promise<MachineLink[]> {
    const found = linkSchema.parse(await this.#read('addr', 'show'))
    return found.map(({ ifname, address, mtu, flags, ifalias, addr_info }) => ({
      name: ifname,
      mac: address,
      mtu,
      up: flags.includes('UP'),
      alias: ifalias,
      addresses: addr_info
        .filter(({ family }) => family === 'inet')
        .map(({ local, prefixlen }) => `${local}/${prefixlen}`),
    }))
  }

  /**
   * What the machine has already of a range, as a sentence; null for nothing.
   * @param except an interface that may have it
   */
  async usage(cidr: string, except: string): Promise<string | null> {
    const range = parseCidr(cidr)!
    const within = (text: string) => {
      const other: Range | null = parseCidr(text.includes('/') ? text : `${text}/32`)
      return other !== null && overlaps(range, other)
    }
    for (const { name, addresses } of await this.links())
      for (const address of addresses)
        if (name !== except && within(address)) return `The machine has ${address} on ${name} already.`
    const routes = routeSchema.parse(await this.#read('-4', 'route', 'show'))
    const taken = routes.find(({ dst, dev }) => dst !== 'default' && dev !== except && within(dst))
    return taken ? `The machine has a route to ${taken.dst}${taken.dev && ` by ${taken.dev}`} already.` : null
  }

  get #place(): { netns?: string } {
    return this.#netns ? { netns: this.#netns } : {}
  }

  async #read(...args: string[]): Promise<unknown> {
    const [program, ...place] = this.ip
    const text = await runTool([program!, '-j', ...place, ...args])
    return text.trim() === '' ? [] : JSON.parse(text)
  }
}
