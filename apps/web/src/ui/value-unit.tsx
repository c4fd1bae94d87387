import type { ReactNode } from 'react'
import { splitBytes, splitMib } from './format.ts'

/** A number with its unit dimmed and digits of one width. */
export function ValueUnit({ value, unit }: { value: ReactNode; unit: string }) {
  return (
    <span className="tabular whitespace-nowrap">
      {value}
      <span className="ml-0.5 text-subtle">{unit}</span>
    </span>
  )
}

/** A number of bytes in the unit that reads best. */
export function Bytes({ value }: { value: number | null | undefined }) {
  if (value === null || value === undefined) return <span className="text-subtle">–</span>
  const [amount, unit] = splitBytes(value)
  return <ValueUnit value={amount} unit={unit} />
}

/** MiB in the unit that reads best. */
export function Mib({ value }: { value: number }) {
  const [amount, unit] = splitMib(value)
  return <ValueUnit value={amount} unit={unit} />
}
