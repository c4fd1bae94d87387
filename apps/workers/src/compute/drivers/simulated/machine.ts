import { z } from 'zod'

/** What is kept on disk of a simulated machine. */
const simulatedMachine = z.object({
  version: z.literal(1),
  instanceId: z.string(),
  name: z.string(),
  vcpus: z.number(),
  ramMib: z.number(),
  diskGib: z.number(),
  /** `incoming`: waits for a guest of another host; `arrived`: has one that may not run yet; `left`: gave its guest away. */
  state: z.enum(['off', 'running', 'crashed', 'paused', 'incoming', 'arrived', 'left', 'suspended']),
  boots: z.number(),
  /** What its root disk was made from. */
  imageId: z.string().optional(),
  ephemeralGib: z.number().optional(),
  swapMib: z.number().optional(),
  /** When it was started last, in ms since 1970: what its counters count from. */
  startedAt: z.number().optional(),
  taps: z.array(z.string()).optional(),
  /** Ids of the volumes that it runs with. */
  volumes: z.array(z.string()).optional(),
  /** It has the temporary disk of a rescue. */
  rescueDisk: z.boolean().optional(),
})

/** One simulated machine. */
export type SimulatedMachine = z.infer<typeof simulatedMachine>

/** The last state in a file of states, one JSON a line; null when there is none. A last line may be cut short. */
export function lastState(text: string): SimulatedMachine | null {
  for (const line of text.split('\n').reverse()) {
    try {
      const parsed = simulatedMachine.safeParse(JSON.parse(line))
      if (parsed.success) return parsed.data
    } catch {
      // Cut short by the end of a former worker: the line before it counts.
    }
  }
  return null
}

/** Failures that a name asks for, so that tests and demonstrations reach every path of the cloud. */
export const faults = {
  /** Its disk cannot be made. */
  disk: (name: string) => name.startsWith('fail-disk-'),
  /** Its root disk cannot be copied. */
  export: (name: string) => name.startsWith('fail-export-'),
  /** The agent in its guest cannot freeze its file systems. */
  freeze: (name: string) => name.startsWith('fail-freeze-'),
  /** It can neither be paused nor suspended, nor brought back from that. */
  hold: (name: string) => name.startsWith('fail-hold-'),
  /** Its rescue disk cannot be made. */
  rescue: (name: string) => name.startsWith('fail-rescue-'),
  /** It does not start. */
  start: (name: string) => name.startsWith('fail-start-'),
  /** It cannot be stopped or rebooted. */
  stop: (name: string) => name.startsWith('fail-stop-'),
  /** Its start takes two seconds. */
  slowStart: (name: string) => name.startsWith('slow-start-'),
  /** It crashes right after its start. */
  crash: (name: string) => name.startsWith('crash-'),
  /** Its guest powers off by itself right after its start. */
  powerOff: (name: string) => name.startsWith('power-off-'),
  /** It does not move to another host. */
  move: (name: string) => name.startsWith('fail-move-'),
  /** Its guest changes its memory as fast as it is copied. */
  busy: (name: string) => name.startsWith('busy-'),
  /** Its guest ignores the power button. */
  ignoresPowerButton: (name: string) => name.startsWith('deaf-'),
  /** It takes no further interface or volume while it runs. */
  plug: (name: string) => name.startsWith('fail-plug-'),
  /** Its guest never lets go of an interface or a volume. */
  unplug: (name: string) => name.startsWith('fail-unplug-'),
  /** Its guest never says that it has booted. */
  neverReady: (name: string) => name.startsWith('never-ready-'),
}

/** Synthetic serial log of one boot, that does not pretend to be a guest's. */
export function bootText(machine: SimulatedMachine, nics: { mac: string; tap: string }[], at: Date): string {
  const lines = [
    'This machine is simulated: no guest runs, and nothing below was written by one.',
    `simulated: power on, boot ${machine.boots}, ${at.toISOString()}`,
    `simulated: ${machine.vcpus} vCPU, ${machine.ramMib} MiB, disk ${machine.diskGib} GiB`,
    ...nics.map(({ mac, tap }) => `simulated: interface ${mac} on ${tap}`),
  ]
  return `${lines.join('\n')}\n`
}
