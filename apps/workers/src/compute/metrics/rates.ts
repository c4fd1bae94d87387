import type { HostSample, LinkCounters, MachineSample } from '../samples.ts'

/** A machine at one look, with what goes over its ports together; null when no port is known. */
export interface MachineLook extends MachineSample {
  network: LinkCounters | null
}

/** Percent and rates in the order of `instanceSeries`; NaN where a counter is not known, or began anew. */
export function machineRates(before: MachineLook | undefined, now: MachineLook): number[] {
  const known = before?.epoch === now.epoch ? before : undefined
  const seconds = known ? (now.at - known.at) / 1000 : 0
  const rate = (a: number | undefined, b: number | undefined) => perSecond(a, b, seconds)
  const sameVcpus = known?.vcpuNs.length === now.vcpuNs.length
  const busy = now.vcpuNs.reduce(
    (total, ns, index) => total + rate(sameVcpus ? known?.vcpuNs[index] : undefined, ns),
    0,
  )
  return [
    // Threads are read a moment after the clock: a busy vCPU may seem to have run a little longer than there was time.
    Math.min(100, (busy / 1e9 / Math.max(1, now.vcpuNs.length)) * 100),
    now.memoryUsed ?? Number.NaN,
    now.memoryResident ?? Number.NaN,
    rate(known?.disk?.readBytes, now.disk?.readBytes),
    rate(known?.disk?.writeBytes, now.disk?.writeBytes),
    rate(known?.disk?.readOps, now.disk?.readOps),
    rate(known?.disk?.writeOps, now.disk?.writeOps),
    rate(known?.network?.rxBytes, now.network?.rxBytes),
    rate(known?.network?.txBytes, now.network?.txBytes),
    rate(known?.network?.rxPackets, now.network?.rxPackets),
    rate(known?.network?.txPackets, now.network?.txPackets),
  ]
}

/** Percent, values and rates in the order of `hostSeries`; NaN where they are not known. */
export function hostRates(before: HostSample | undefined, now: HostSample): number[] {
  const seconds = before ? (now.at - before.at) / 1000 : 0
  const rate = (a: number | null | undefined, b: number | null | undefined) =>
    perSecond(a ?? undefined, b ?? undefined, seconds)
  return [
    Math.min(100, (rate(before?.cpuNs, now.cpuNs) / 1e9 / Math.max(1, now.cpus)) * 100),
    now.load ?? Number.NaN,
    now.memoryUsed ?? Number.NaN,
    now.diskUsed ?? Number.NaN,
    rate(before?.disk?.readBytes, now.disk?.readBytes),
    rate(before?.disk?.writeBytes, now.disk?.writeBytes),
    rate(before?.network?.rxBytes, now.network?.rxBytes),
    rate(before?.network?.txBytes, now.network?.txBytes),
  ]
}

/** A counter that is smaller than before began anew: how far it had come is not known, so neither is the rate. */
function perSecond(before: number | undefined, now: number | undefined, seconds: number): number {
  if (before === undefined || now === undefined || seconds <= 0 || now < before) return Number.NaN
  return (now - before) / seconds
}
