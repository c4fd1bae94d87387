import { z } from 'zod'
import type { VolumeLimits } from '../connection.ts'
import { limitKeys, perGibKeys } from './limit-keys.ts'

const text = z.record(z.string(), z.string())

/** The limits of a volume of `sizeGib` by the QoS spec of its type; null: none. */
export function limitsOf(
  qos: { consumer: string; specs: unknown } | null,
  sizeGib: number,
): VolumeLimits | null {
  if (!qos) return null
  const specs = text.parse(qos.specs)
  const limits: VolumeLimits = {}
  for (const [key, name] of Object.entries(limitKeys)) {
    const value = Number(specs[key])
    if (value > 0) limits[name] = value
  }
  for (const [key, name] of Object.entries(perGibKeys)) {
    const value = Number(specs[key])
    if (value > 0) limits[name] = value * sizeGib
  }
  return Object.keys(limits).length > 0 ? limits : null
}
