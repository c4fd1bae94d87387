import { Usage } from '#ui/usage.tsx'
import { addressUse, type SubnetRow } from './row.ts'

/** How many addresses are taken, of how many: a bar for IPv4, a number for IPv6, whose ranges have no end. */
export function AddressUse({ name, subnets }: { name: string; subnets: readonly SubnetRow[] }) {
  const use = addressUse(subnets)
  const six = subnets.filter(({ ipVersion }) => ipVersion === 6)
  const used = six.reduce((sum, subnet) => sum + subnet.used, 0)
  return (
    <span className="inline-flex flex-wrap items-center gap-x-3 gap-y-1">
      {six.length < subnets.length && <Usage label={`Addresses of ${name}`} {...use} />}
      {six.length > 0 && (
        <span className="tabular whitespace-nowrap text-xs">
          {used} <span className="text-subtle">of IPv6</span>
        </span>
      )}
    </span>
  )
}
