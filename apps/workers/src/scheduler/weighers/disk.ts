import { freeOf } from '../host-state.ts'
import type { Weigher } from './weigher.ts'

/** Prefers the host with more free disk: instances spread. */
export const diskWeigher: Weigher = { name: 'disk', multiplier: 1, value: (host) => freeOf(host).diskGib }
