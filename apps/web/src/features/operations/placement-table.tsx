'use client'
import { Check, X } from 'lucide-react'
import { filterTitle, type HostVerdict, readVerdicts } from './placement.ts'

/** Why no host took an instance: every host against every filter, with what it has and what is needed. */
export function PlacementTable({ verdicts, chosenHost }: { verdicts: unknown; chosenHost?: string | null }) {
  const hosts = readVerdicts(verdicts)
  if (hosts.length === 0) return null
  const filters = [...new Set(hosts.flatMap((host) => host.verdicts.map(({ filter }) => filter)))]
  return (
    <div className="scroll-thin overflow-x-auto rounded-lg border border-line bg-surface">
      <table className="w-full text-left text-xs" aria-label="Verdict of every host for every filter">
        <thead className="text-subtle">
          <tr className="border-b border-line">
            <th scope="col" className="px-3 py-2 font-medium">
              Host
            </th>
            {filters.map((filter) => (
              <th key={filter} scope="col" className="whitespace-nowrap px-3 py-2 font-medium">
                {filterTitle(filter)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {hosts.map((host) => (
            <tr key={host.host} className="border-b border-line align-top last:border-0">
              <th scope="row" className="whitespace-nowrap px-3 py-2 font-medium">
                {host.host}
                {host.host === chosenHost && <span className="ml-1.5 font-normal text-ok-text">chosen</span>}
              </th>
              {filters.map((filter) => (
                <td key={filter} className="px-3 py-2">
                  <Verdict verdict={host.verdicts.find((each) => each.filter === filter)} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Verdict({ verdict }: { verdict: HostVerdict['verdicts'][number] | undefined }) {
  if (!verdict) return <span className="text-subtle">not asked</span>
  if (verdict.pass)
    return (
      <div>
        <span className="inline-flex items-center gap-1 text-ok-text">
          <Check className="size-3.5" aria-hidden="true" /> fits
        </span>
        <Amounts verdict={verdict} />
      </div>
    )
  return (
    <div className="min-w-36 text-bad-text">
      <span className="inline-flex items-center gap-1 font-medium">
        <X className="size-3.5" aria-hidden="true" /> no
      </span>
      <Amounts verdict={verdict} />
      {verdict.reason && !hasAmounts(verdict) && <p className="text-muted">{verdict.reason}</p>}
    </div>
  )
}

type OneVerdict = HostVerdict['verdicts'][number]

/** Words, such as the name of a zone, say nothing more than the verdict. */
const hasAmounts = ({ have, need }: OneVerdict): boolean =>
  have !== null && need !== null && !Number.isNaN(Number(have))

function Amounts({ verdict }: { verdict: OneVerdict }) {
  if (!hasAmounts(verdict)) return null
  return (
    <p className="tabular whitespace-nowrap text-subtle">
      has {verdict.have}, needs {verdict.need}
    </p>
  )
}
