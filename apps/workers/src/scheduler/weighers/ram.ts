import { freeOf } from '../host-state.ts'
import type { Weigher } from './weigher.ts'

/** Prefers the host with more free RAM: instances spread. */
export const ramWeigher: Weigher = { name: 'ram', multiplier: 1, value: (host) => freeOf(host).ramMib }
