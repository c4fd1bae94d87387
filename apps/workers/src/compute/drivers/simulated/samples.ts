import type { LinkCounters, MachineSample, Samples } from '../../samples.ts'
import { sampleHost } from '../host/sample-host.ts'
import type { SimulatedMachine } from './machine.ts'

/** Of a simulated machine, what its curves are made from. */
export type SimulatedLoad = Pick<SimulatedMachine, 'instanceId' | 'vcpus' | 'ramMib' | 'boots' | 'startedAt'>

/** A look at all that run. The host itself is a real one. */
export async function simulatedSamples(
  machines: Iterable<SimulatedMachine>,
  dir: string,
  now = Date.now(),
): Promise<Samples> {
  const samples: Samples = { machines: [], links: new Map(), host: await sampleHost(dir) }
  const links = new Map<string, LinkCounters>()
  for (const each of machines) {
    if (each.state !== 'running') continue
    const { machine, link } = simulatedSample(each, now)
    samples.machines.push(machine)
    for (const tap of each.taps ?? []) links.set(tap, link)
  }
  return { ...samples, links }
}

const mib = 1024 ** 2
const packetBytes = 700
const blockBytes = 16_384

/**
 * What a simulated machine would count at a moment: a base load with slow waves, the same whenever it is asked for, so
 * that a plot after a restart of the worker goes on where it was. Two machines differ, by their ids.
 */
export function simulatedSample(
  machine: SimulatedLoad,
  at: number,
): { machine: MachineSample; link: LinkCounters } {
  const { instanceId, vcpus, ramMib, boots, startedAt = 0 } = machine
  const begun = startedAt / 1000
  const seconds = Math.max(0, at - startedAt) / 1000
  const part = (salt: number) => fraction(instanceId, salt)
  // Between 5 and 65 % of each vCPU, in waves of 3 to 11 minutes.
  const busy = (index: number) => grown(begun, seconds, 0.05 + 0.3 * part(index), 180 + 480 * part(index + 8))
  const readBytes = grown(begun, seconds, 2 * mib * part(20), 240 + 300 * part(21))
  const writeBytes = grown(begun, seconds, mib * part(22), 200 + 300 * part(23))
  const rxBytes = grown(begun, seconds, 400_000 * part(24), 150 + 300 * part(25))
  const txBytes = grown(begun, seconds, 300_000 * part(26), 170 + 300 * part(27))
  const used = 0.25 + 0.3 * part(30) + 0.1 * Math.sin(at / 1000 / (90 + 200 * part(31)))
  const whole = Math.floor
  return {
    machine: {
      instanceId,
      at,
      epoch: `${boots} ${startedAt}`,
      vcpuNs: Array.from({ length: vcpus }, (_, index) => whole(busy(index) * 1e9)),
      memoryResident: whole(ramMib * mib * Math.min(1, used + 0.15)),
      memoryUsed: whole(ramMib * mib * used),
      disk: {
        readBytes: whole(readBytes),
        writeBytes: whole(writeBytes),
        readOps: whole(readBytes / blockBytes),
        writeOps: whole(writeBytes / blockBytes),
      },
    },
    link: {
      rxBytes: whole(rxBytes),
      txBytes: whole(txBytes),
      rxPackets: whole(rxBytes / packetBytes),
      txPackets: whole(txBytes / packetBytes),
    },
  }
}

/** What a rate of `mean * (1 + 0.85 sin)` with waves of `period` seconds has grown to: its integral, so it never falls. */
function grown(begun: number, seconds: number, mean: number, period: number): number {
  const speed = (2 * Math.PI) / period
  const wave = (Math.cos(speed * begun) - Math.cos(speed * (begun + seconds))) / speed
  return Math.max(0, mean * (seconds + 0.85 * wave))
}

/** From 0 to 1, the same for the same id and salt. */
function fraction(id: string, salt: number): number {
  let hash = 0x811c9dc5 ^ Math.imul(salt + 1, 0x9e3779b1)
  for (let index = 0; index < id.length; index++) hash = Math.imul(hash ^ id.charCodeAt(index), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d)
  return ((hash ^ (hash >>> 13)) >>> 0) / 2 ** 32
}
