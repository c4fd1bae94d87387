import { freeOf } from '../host-state.ts'
import type { Weigher } from './weigher.ts'

/** Prefers the host with more free vCPUs: instances spread. */
export const cpuWeigher: Weigher = { name: 'cpu', multiplier: 1, value: (host) => freeOf(host).vcpus }
