import { spawn } from 'node:child_process'

/** A ping that goes on until it is stopped. */
export interface Pinger {
  /** Number of the newest question that was answered. */
  newest: () => number
  /** Questions before the newest answered one that were not answered. An answer that is late is not lost. */
  lost: () => number[]
  /** Longest time until an answer, in ms. */
  slowest: () => number
  stop: () => Promise<void>
}

/** Pings an address out of a network namespace. @param everyMs between two questions */
export function startPinger(netns: string, address: string, everyMs: number): Pinger {
  const child = spawn(
    'nsenter',
    [
      `--net=/run/netns/${netns}`,
      '--',
      'stdbuf',
      '-oL',
      'ping',
      '-n',
      '-i',
      String(everyMs / 1_000),
      address,
    ],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  )
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const answered = new Set<number>()
  let rest = ''
  let slowest = 0
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop()!
    for (const line of lines) {
      const [, seq, ms] = /bytes from .* icmp_seq=(\d+) .*time=([\d.]+) ms/.exec(line) ?? []
      if (seq === undefined) continue
      answered.add(Number(seq))
      slowest = Math.max(slowest, Number(ms))
    }
  })
  const newest = () => Math.max(0, ...answered)
  return {
    newest,
    lost: () => Array.from({ length: newest() }, (_, index) => index + 1).filter((seq) => !answered.has(seq)),
    slowest: () => slowest,
    stop: async () => {
      child.kill('SIGINT')
      await ended
    },
  }
}
