'use client'
import { ChevronDown, ChevronUp, Globe, Network, Unplug, Waypoints } from 'lucide-react'
import Link from 'next/link'
import type { ReactNode } from 'react'
import { instanceLook } from '#features/instances/row.ts'
import { networkLook } from '#features/networks/row.ts'
import { routerLook, routerName } from '#features/routers/row.ts'
import { paths } from '#paths.ts'
import { cn } from '#ui/cn.ts'
import { StateCell } from '#ui/state-cell.tsx'
import { type BoxContent, mostOpen, shownMembers, sizes } from './layout.ts'
import { countWords, type Member, type TopologyInstance } from './row.ts'

/** A box of the picture, which is also an entry of the list. */
export function TopologyCard({
  content,
  onToggle,
  className,
}: {
  content: BoxContent
  /** Shows or hides the instances of a network. */
  onToggle: (networkId: string, open: boolean) => void
  className?: string
}) {
  const look = cn('flex min-w-0 flex-col rounded-xl border border-line-strong bg-surface', className)
  if (content.kind === 'router') return <RouterCard router={content.router} className={look} />
  if (content.kind === 'loose')
    return (
      <section className={look}>
        <Header icon={<Unplug className="size-4" />} name="On no network" />
        <Rows>
          {content.instances.map((instance) => (
            <InstanceRow key={instance.id} instance={instance} />
          ))}
        </Rows>
      </section>
    )
  const { network, members, open } = content
  const shown = shownMembers(members, open)
  const foot = members.length > mostOpen || (members.length > 0 && !open)
  return (
    <section
      aria-label={`${network.external ? 'External network' : 'Network'} ${network.name}`}
      className={cn(look, network.external && 'border-accent')}
    >
      <Header
        icon={network.external ? <Globe className="size-4" /> : <Network className="size-4" />}
        name={network.name}
        href={paths.network(network.id)}
        mark={
          network.status === 'ACTIVE' ? (
            <span className="text-xs text-subtle">
              {network.external ? 'external' : network.shared ? 'shared' : ''}
            </span>
          ) : (
            <StateCell {...networkLook(network)} className="text-xs" />
          )
        }
      />
      <ul className="px-3 font-mono text-xs text-muted">
        {network.subnets.length === 0 && <li className="h-5 font-sans text-subtle">no subnet</li>}
        {network.subnets.map(({ id, cidr }) => (
          <li key={id} className="h-5 truncate">
            {cidr}
          </li>
        ))}
      </ul>
      {shown.length > 0 && (
        <Rows>
          {shown.map((member) => (
            <InstanceRow key={member.portId} instance={member.instance} member={member} />
          ))}
        </Rows>
      )}
      {foot && (
        <button
          type="button"
          aria-expanded={open}
          onClick={() => onToggle(network.id, !open)}
          style={{ height: sizes.foot - 4 }}
          className="nodrag nopan mx-1.5 flex shrink-0 items-center justify-between gap-2 rounded-md px-1.5 text-left text-xs text-muted hover:bg-hover hover:text-fg"
        >
          <span className="truncate">
            {open
              ? `Hide ${members.length === 1 ? 'the instance' : `${members.length} instances`}`
              : `${members.length === 1 ? '1 instance' : `${members.length} instances`}: ${countWords(members, (one) => instanceLook(one).word)}`}
          </span>
          {open ? (
            <ChevronUp className="size-3.5 shrink-0" aria-hidden="true" />
          ) : (
            <ChevronDown className="size-3.5 shrink-0" aria-hidden="true" />
          )}
        </button>
      )}
    </section>
  )
}

function Header({
  icon,
  name,
  href,
  mark,
}: {
  icon: ReactNode
  name: string
  href?: string
  mark?: ReactNode
}) {
  return (
    <header className="flex shrink-0 items-center gap-2 px-3" style={{ height: sizes.header - 8 }}>
      <span className="shrink-0 text-accent-text" aria-hidden="true">
        {icon}
      </span>
      <h2 className="min-w-0 flex-1 truncate text-sm font-semibold">
        {href ? (
          <Link href={href} className="nodrag nopan rounded hover:underline">
            {name}
          </Link>
        ) : (
          name
        )}
      </h2>
      {mark}
    </header>
  )
}

function Rows({ children }: { children: ReactNode }) {
  return (
    <ul
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
      aria-label="Instances"
      className="nowheel scroll-thin mx-1.5 mt-1 overflow-y-auto"
      style={{ maxHeight: sizes.rows * sizes.row }}
    >
      {children}
    </ul>
  )
}

function InstanceRow({ instance, member }: { instance: TopologyInstance; member?: Member }) {
  const { tone, word } = instanceLook(instance)
  return (
    <li style={{ height: sizes.row }}>
      <Link
        href={paths.instance(instance.id)}
        className="nodrag nopan flex h-full items-center gap-2 rounded-md px-1.5 text-[13px] hover:bg-hover focus-visible:outline-offset-[-2px]"
      >
        <StateCell tone={tone} word="" />
        <span className="min-w-0 flex-1 truncate">{instance.name}</span>
        {tone === 'ok' && <span className="sr-only">{word}</span>}
        {member && member.floatingIps.length > 0 && (
          <span className="shrink-0 text-accent-text" title={`Floating IP ${member.floatingIps.join(', ')}`}>
            <Globe className="size-3.5" aria-hidden="true" />
            <span className="sr-only">{member.floatingIps.join(', ')}</span>
          </span>
        )}
        <span className="shrink-0 font-mono text-xs text-subtle">
          {tone === 'ok' ? member?.addresses[0] : word}
        </span>
      </Link>
    </li>
  )
}

function RouterCard({
  router,
  className,
}: {
  router: Extract<BoxContent, { kind: 'router' }>['router']
  className: string
}) {
  return (
    <section aria-label={`Router ${routerName(router)}`} className={cn(className, 'rounded-2xl')}>
      <Header
        icon={<Waypoints className="size-4" />}
        name={routerName(router)}
        href={paths.router(router.id)}
        mark={<StateCell {...routerLook(router)} className="text-xs" />}
      />
      <p className="truncate px-3 text-xs text-muted">
        {router.gateway
          ? `to ${router.gateway.networkName}${router.gateway.enableSnat ? ', translates addresses' : ''}`
          : 'no gateway to the outside'}
      </p>
    </section>
  )
}
