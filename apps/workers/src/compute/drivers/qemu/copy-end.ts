const first = { ms: 30, passes: 2 }
const mostMs = 300

/**
 * How long a guest may stand still for the rest of its memory, in ms, when it is in the given pass over what it has
 * changed meanwhile (the first: 1). Most guests come to a rest that takes a moment only, if they are given a few passes;
 * one that does not may stand still for longer with each.
 */
export const downtimeLimitMs = (pass: number): number =>
  Math.min(mostMs, first.ms * 2 ** Math.max(0, pass - first.passes))

const mib = 1024 ** 2
/** Memory that was never used is passed over about so fast, in bytes a second: no bandwidth says how long that takes. */
const passedOver = 1_024 * mib
const slowest = 32 * mib
const nearSeconds = { from: 1, to: 2 }

/**
 * Whether the guest may be paused within about a second. QEMU does so by itself at the end of a pass, when little was
 * changed meanwhile, and nobody knows how much before it looks; so the end of every pass may be the end.
 * @param copy what it said last, and what is left of this pass, in bytes and bytes a second
 */
export function isEndNear(copy: {
  near: boolean
  pass: number
  remaining: number
  bytesPerSecond: number
}): boolean {
  const { near, pass, remaining, bytesPerSecond } = copy
  const speed = pass <= 1 ? passedOver : 2 * Math.max(bytesPerSecond, slowest)
  return remaining / speed <= (near ? nearSeconds.to : nearSeconds.from)
}
