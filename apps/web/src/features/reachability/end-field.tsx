'use client'
import { useQuery } from '@tanstack/react-query'
import { Boxes, Cable, Globe, MapPin } from 'lucide-react'
import { useDeferredValue, useId, useState } from 'react'
import { useTRPC } from '#trpc/client.ts'
import { Button } from '#ui/button.tsx'
import { shortId } from '#ui/copy.tsx'
import { SearchChoice, type SearchOption } from '#ui/search-choice.tsx'
import { typedAddress } from './question.ts'

/** Choice of one end: an instance, the outside, or an address that is typed. */
export function EndField({
  label,
  value,
  onChange,
  side,
}: {
  label: string
  value: string | null
  onChange: (value: string | null) => void
  side: 'from' | 'to'
}) {
  const id = useId()
  return (
    <div className="flex min-w-0 flex-col gap-1.5">
      <label htmlFor={id} className="text-[13px] font-medium">
        {label}
      </label>
      {value === null ? (
        <Search id={id} side={side} onChange={onChange} />
      ) : (
        <div className="flex h-9 items-center justify-between gap-2 rounded-md border border-line-strong bg-surface pl-3 pr-1 text-sm">
          <EndName end={value} />
          <Button id={id} size="sm" variant="ghost" onClick={() => onChange(null)}>
            Change
          </Button>
        </div>
      )}
    </div>
  )
}

const icons = { instance: Boxes, port: Cable, outside: Globe, address: MapPin }

function EndName({ end }: { end: string }) {
  const trpc = useTRPC()
  const [kind, ...rest] = end.split(':')
  const id = rest.join(':')
  const instance = useQuery(
    trpc.compute.instances.show.queryOptions({ id }, { enabled: kind === 'instance', retry: false }),
  )
  const port = useQuery(
    trpc.network.ports.show.queryOptions({ id }, { enabled: kind === 'port', retry: false }),
  )
  const Icon = icons[kind as keyof typeof icons] ?? MapPin
  const name =
    kind === 'instance'
      ? (instance.data?.name ?? shortId(id))
      : kind === 'port'
        ? port.data?.instanceName || port.data?.name || port.data?.fixedIps[0]?.ipAddress || shortId(id)
        : kind === 'outside'
          ? id
            ? `${id}, outside`
            : 'Anybody outside'
          : id
  return (
    <span className="flex min-w-0 items-center gap-2">
      <Icon className="size-4 shrink-0 text-subtle" aria-hidden="true" />
      <span className="truncate">{name}</span>
    </span>
  )
}

function Search({
  id,
  side,
  onChange,
}: {
  id: string
  side: 'from' | 'to'
  onChange: (value: string) => void
}) {
  const trpc = useTRPC()
  const [text, setText] = useState('')
  const search = useDeferredValue(text.trim())
  const found = useQuery(
    trpc.compute.instances.list.queryOptions(
      { limit: 20, sort: { by: 'name', dir: 'asc' }, ...(search && { search }) },
      { placeholderData: (before) => before },
    ),
  )
  const address = typedAddress(text)
  const special: SearchOption[] =
    side === 'from'
      ? [
          {
            value: address ? `outside:${address}` : 'outside',
            label: address ? `${address}, outside` : 'Anybody outside',
            note: 'Somebody who is not in the cloud',
          },
        ]
      : address
        ? [{ value: `address:${address}`, label: address, note: 'This address, whoever has it' }]
        : []
  const instances = (found.data?.items ?? []).map(
    (row): SearchOption => ({
      value: `instance:${row.id}`,
      label: row.name,
      note: row.addresses.map(({ ip }) => ip).join(', ') || 'no address',
    }),
  )
  return (
    <SearchChoice
      id={id}
      label={side === 'from' ? 'Who may ask' : 'Who may be asked'}
      text={text}
      onText={setText}
      value={undefined}
      onChange={onChange}
      options={[...special, ...instances]}
      loading={found.isFetching}
      empty="No instance has this name or address."
    />
  )
}
