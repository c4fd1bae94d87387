import { tapName } from '@nephos/core'
import { KeyedLock } from '../../../compute/drivers/keyed-lock.ts'
import type { NetworkSpec, PortSpec } from '../../driver.ts'
import { runIp, runTool } from './host-tools.ts'
import type { Link } from './links.ts'
import { overlayName } from './names.ts'
import { ensureFilterHooks, runTc } from './traffic-control.ts'
import type { Underlay } from './underlay.ts'

/** What was done to a tap. */
interface Done {
  silent: boolean
  /** The bridge has been told that the MAC is here, whatever it hears. */
  pinned: boolean
  /** The overlay's device, when what comes by it goes straight to the tap: with the place of the rule for that. */
  fed: { device: string; place: number } | null
  /** The overlay's device, when it gets a copy of what goes to the guest. */
  copied: string | null
}
const nothing: Done = { silent: false, pinned: false, fed: null, copied: null }
const queueFrames = 1_000
const send = `
const [frame, port, address] = process.argv.slice(1)
const socket = require('node:dgram').createSocket('udp4')
socket.send(Buffer.from(frame, 'hex'), Number(port), address, () => socket.close())
`

/** A packet of the overlay, in hexadecimal, with a frame for `mac` that means nothing to anybody. */
export function emptyPacket(segmentId: number, mac: string): string {
  const header = `08000000${segmentId.toString(16).padStart(6, '0')}00`
  // The type is one that is kept for experiments; the sender is nobody's address.
  return `${header}${mac.replaceAll(':', '')}02000000000188b5`.padEnd(2 * (8 + 60), '0')
}

/**
 * What is done to taps whose guests go from host to host. One that waits for its guest is silent, so that nothing fills
 * its queue that the guest is sent elsewhere; but it is fed what comes by the overlay: the copies that the other host
 * makes of what it sends to the guest. Whoever sent it, a neighbour, another host, one on the host of this tap, it comes
 * by there, and as long as it is copied it is lost at neither end.
 */
export class TapHandovers {
  readonly #netns: string
  readonly #warn: (facts: object, message: string) => void
  readonly #lock = new KeyedLock()
  readonly #done = new Map<string, Done>()
  #looked = false

  constructor(netns: string, warn: (facts: object, message: string) => void) {
    this.#netns = netns
    this.#warn = warn
  }

  /** {@link hold} and {@link copy}, where the overlay knows already. */
  async apply(port: PortSpec, spec: Pick<NetworkSpec, 'segmentId'>): Promise<void> {
    await this.hold(port, spec)
    await this.copy(port, spec)
  }

  /** Makes a tap silent or open, feeds it or not, and has the bridge send to it. Costs nothing when that is so. */
  hold({ portId, mac, handover }: PortSpec, { segmentId }: Pick<NetworkSpec, 'segmentId'>): Promise<void> {
    const tap = tapName(portId)
    return this.#lock.run(tap, async () => {
      const done = { ...(this.#done.get(tap) ?? nothing) }
      const kind = handover?.kind
      if (done.copied && kind !== 'copied') {
        await this.#remove(tap, 'egress')
        done.copied = null
      }
      const silent = kind === 'standby'
      if (done.silent !== silent) await this.#silence(tap, silent)
      done.silent = silent
      const pinned = kind === 'arriving' || kind === 'copied'
      // An entry that is not needed any more is right all the same: it goes with the tap, or with a newer one.
      if (pinned && !done.pinned)
        await runTool(['bridge', '-n', this.#netns, '-batch', '-'], {
          input: `fdb replace ${mac} dev ${tap} master static sticky\n`,
        })
      done.pinned = pinned
      if (kind === 'standby' && !done.fed) done.fed = await this.#feed(tap, mac, overlayName(segmentId))
      if (done.fed && kind !== 'standby' && kind !== 'arriving') {
        await this.#remove(done.fed.device, `ingress pref ${done.fed.place}`)
        done.fed = null
      }
      this.#remember(tap, done)
    })
  }

  /**
   * Begins to copy what is for a port; the overlay must know where to.
   * @throws NephosError driver_failed when the kernel cannot
   */
  copy({ portId, mac, handover }: PortSpec, { segmentId }: Pick<NetworkSpec, 'segmentId'>): Promise<void> {
    const [tap, device] = [tapName(portId), overlayName(segmentId)]
    return this.#lock.run(tap, async () => {
      const done = this.#done.get(tap) ?? nothing
      if (handover?.kind !== 'copied' || done.copied === device) return
      await ensureFilterHooks(this.#netns, tap)
      await this.#remove(tap, 'egress')
      await runTc(this.#netns, [
        `filter add dev ${tap} egress protocol all pref 1 u32 match ether dst ${mac} action mirred egress mirror dev ${device}`,
      ])
      this.#remember(tap, { ...done, copied: device })
    })
  }

  /**
   * Drops what waits in the taps of these ports, but for a frame: a queue that is made shorter drops what has no place. The first frame
   * that comes then is one that nobody misses: a machine that waits for its guest takes one out of the tap, in a form
   * that the guest, when it has come, does not understand.
   */
  async empty(
    { ports, segmentId }: Pick<NetworkSpec, 'ports' | 'segmentId'>,
    portIds: readonly string[],
    underlay: Underlay | null,
  ): Promise<void> {
    for (const { portId, mac } of ports) {
      if (!portIds.includes(portId)) continue
      const set = `link set dev ${tapName(portId)} txqueuelen`
      await runIp(this.#netns, [`${set} 1`, `${set} ${queueFrames}`])
      if (!underlay) continue
      const { ip, port, netns } = underlay
      await runTool([process.execPath, '-e', send, emptyPacket(segmentId, mac), String(port), ip], {
        ...(netns && { netns }),
      })
    }
  }

  /** For a tap that is being removed. */
  forget(tap: string): Promise<void> {
    return this.#lock.run(tap, async () => {
      const fed = this.#done.get(tap)?.fed
      if (fed) await this.#remove(fed.device, `ingress pref ${fed.place}`)
      this.#done.delete(tap)
    })
  }

  /** Makes all taps what they are to be, whatever a former worker left. `links` are those of now. */
  async reconcile(desired: readonly NetworkSpec[], links: readonly Link[]): Promise<void> {
    const silent = new Set(links.filter((link) => link.silent).map(({ name }) => name))
    if (!this.#looked) await this.#dropUnknown()
    this.#looked = true
    for (const spec of desired)
      for (const port of spec.ports) {
        const tap = tapName(port.portId)
        const done = this.#done.get(tap) ?? nothing
        if (!port.handover && !silent.has(tap) && done === nothing) continue
        const fed = done.fed && (await this.#shows(done.fed.device, 'ingress', tap)) ? done.fed : null
        this.#remember(tap, { ...done, silent: silent.has(tap), pinned: false, fed })
        await this.apply(port, spec)
      }
  }

  #remember(tap: string, done: Done): void {
    if (done.silent || done.pinned || done.fed || done.copied) this.#done.set(tap, done)
    else this.#done.delete(tap)
  }

  #silence(tap: string, silent: boolean): Promise<void> {
    const flood = silent ? 'off' : 'on'
    return runIp(this.#netns, [
      `link set dev ${tap} type bridge_slave flood ${flood} mcast_flood ${flood} bcast_flood ${flood}`,
    ])
  }

  /** Where the kernel cannot do it a move loses what is sent while the guest stands still, and works all the same. */
  async #feed(tap: string, mac: string, device: string): Promise<Done['fed']> {
    const taken = new Set([...this.#done.values()].map(({ fed }) => fed?.device === device && fed.place))
    let place = 1
    while (taken.has(place)) place += 1
    const fed = { device, place }
    // Kept before anything else waits, so that nobody else takes the place.
    this.#done.set(tap, { ...(this.#done.get(tap) ?? nothing), fed })
    try {
      await ensureFilterHooks(this.#netns, device)
      await this.#remove(device, `ingress pref ${place}`)
      await runTc(this.#netns, [
        `filter add dev ${device} ingress protocol all pref ${place} u32 match ether dst ${mac} action mirred egress redirect dev ${tap}`,
      ])
      return fed
    } catch (err) {
      this.#warn({ err, tap }, 'a guest that moves here will miss what it is sent while it stands still')
      return null
    }
  }

  /** There may be nothing to remove. */
  #remove(device: string, which: string): Promise<void> {
    return runTc(this.#netns, [`filter del dev ${device} ${which}`]).catch(() => {})
  }

  async #shows(device: string, side: 'ingress' | 'egress', word: string): Promise<boolean> {
    const show = ['tc', '-n', this.#netns, 'filter', 'show', 'dev', device, side]
    return (await runTool(show).catch(() => '')).includes(word)
  }

  /** Ends what a former worker had copied and fed. */
  async #dropUnknown(): Promise<void> {
    const text = await runTool(['tc', '-n', this.#netns, 'qdisc', 'show'])
    for (const [, device] of text.matchAll(/^qdisc clsact \S+ dev (\S+) /gm)) {
      const own = [...this.#done].some(([tap, { fed }]) => tap === device || fed?.device === device)
      if (own) continue
      if (device!.startsWith('vx')) await this.#remove(device!, 'ingress')
      else if (await this.#shows(device!, 'egress', 'mirred')) await this.#remove(device!, 'egress')
    }
  }
}
