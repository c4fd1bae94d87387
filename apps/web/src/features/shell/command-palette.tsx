'use client'
import { useQuery } from '@tanstack/react-query'
import { Command } from 'cmdk'
import { ArrowRight, Copy, FolderKanban, Moon, Plus, Sun } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useTheme } from 'next-themes'
import { Dialog as Radix } from 'radix-ui'
import { useDeferredValue, useEffect, useState } from 'react'
import { InstanceState } from '#features/instances/instance-state.tsx'
import type { InstanceRow } from '#features/instances/row.ts'
import { useInstanceActions } from '#features/instances/use-instance-actions.tsx'
import { usePanel } from '#features/panels/use-panel.ts'
import { useSwitchProject } from '#features/session/session-actions.ts'
import { useSession, useWhyReadOnly } from '#features/session/use-session.ts'
import { paths } from '#paths.ts'
import { useTRPC } from '#trpc/client.ts'
import { arrangeActions } from '#ui/actions.tsx'
import { copyWithToast } from '#ui/copy.tsx'
import { Kbd } from '#ui/kbd.tsx'
import { adminNav, projectPlaces } from './nav.ts'
import { Group, Item } from './palette-item.tsx'
import { type Found, FoundCommands, NounSearch } from './palette-nouns.tsx'

const creations = [
  { label: 'Create instance', href: paths.instanceNew() },
  { label: 'Upload image', href: paths.imageNew() },
  { label: 'Import image from an address', href: paths.imageNew({ from: 'address' }) },
  { label: 'Add image from the catalogue', href: paths.imageCatalogue() },
  { label: 'Create volume', href: paths.volumeNew() },
  { label: 'Create network', href: paths.networkNew() },
]
const personalCreations = [
  { label: 'Create key pair', href: paths.keyPairNew() },
  { label: 'Import key', href: paths.keyPairNew('import') },
]
const panelCreations = [
  { label: 'Create server group', panel: 'server-group-new', admin: false },
  { label: 'Create router', panel: 'router-new', admin: false },
  { label: 'Accept volume transfer', panel: 'volume-transfer-new', admin: false },
  { label: 'Allocate floating IP', panel: 'floating-ip-new', admin: false },
  { label: 'Create API token', panel: 'token-new', admin: false },
  { label: 'Create host aggregate', panel: 'aggregate-new', admin: true },
  { label: 'Create flavor', panel: 'flavor-new', admin: true },
  { label: 'Create volume type', panel: 'volume-type-new', admin: true },
  { label: 'Create QoS spec of volumes', panel: 'volume-qos-new', admin: true },
  { label: 'Create project', panel: 'project-new', admin: true },
  { label: 'Create user', panel: 'user-new', admin: true },
] as const

/** Goes anywhere, creates anything, acts on anything by name. ⌘K or Ctrl K. */
export function CommandPalette({
  open,
  onOpenChange,
}: {
  open: boolean
  onOpenChange: (open: boolean) => void
}) {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'k' || !(event.metaKey || event.ctrlKey) || event.altKey) return
      event.preventDefault()
      onOpenChange(!open)
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [open, onOpenChange])
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 bg-scrim" />
        <Radix.Content
          aria-describedby={undefined}
          className="fixed left-1/2 top-[12vh] z-50 w-[calc(100vw-2rem)] max-w-xl -translate-x-1/2 overflow-hidden rounded-xl border border-line-strong bg-surface shadow-pop"
        >
          <Radix.Title className="sr-only">Search and act</Radix.Title>
          <Palette close={() => onOpenChange(false)} />
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}

function Palette({ close }: { close: () => void }) {
  const [search, setSearch] = useState('')
  const [instance, setInstance] = useState<InstanceRow | null>(null)
  const [found, setFound] = useState<Found | null>(null)
  const picked = instance ?? found?.row ?? null
  const leave = (then: () => void) => {
    close()
    then()
  }
  return (
    <Command
      label="Search and act"
      loop
      onKeyDown={(event) => {
        if (event.key !== 'Backspace' || search !== '') return
        setInstance(null)
        setFound(null)
      }}
    >
      <div className="flex items-center gap-2 border-b border-line px-4">
        {picked && (
          <span className="max-w-40 shrink-0 truncate rounded bg-accent-soft px-1.5 py-0.5 text-xs text-accent-text">
            {picked.name}
          </span>
        )}
        <Command.Input
          autoFocus
          value={search}
          onValueChange={setSearch}
          placeholder={
            picked ? 'What to do with it?' : 'Go to, create, or the name, ID or address of anything'
          }
          className="h-12 w-full bg-transparent text-sm outline-none placeholder:text-subtle"
        />
      </div>
      <Command.List className="scroll-thin max-h-[min(24rem,60dvh)] overflow-y-auto p-2">
        <Command.Empty className="px-3 py-6 text-center text-sm text-muted">Nothing found.</Command.Empty>
        {instance ? (
          <InstanceCommands row={instance} leave={leave} />
        ) : found ? (
          <FoundCommands found={found} leave={leave} />
        ) : (
          <>
            <InstanceSearch
              search={search}
              onPick={(row) => {
                setInstance(row)
                setSearch('')
              }}
            />
            <NounSearch
              search={search}
              onPick={(next) => {
                setFound(next)
                setSearch('')
              }}
            />
            <Places leave={leave} />
          </>
        )}
      </Command.List>
      <div className="flex gap-3 border-t border-line px-4 py-2 text-xs text-subtle max-sm:hidden">
        <span>
          <Kbd>↑</Kbd> <Kbd>↓</Kbd> move
        </span>
        <span>
          <Kbd>Enter</Kbd> choose
        </span>
        {picked && (
          <span>
            <Kbd>Backspace</Kbd> back
          </span>
        )}
      </div>
    </Command>
  )
}

type Leave = (then: () => void) => void

function Places({ leave }: { leave: Leave }) {
  const router = useRouter()
  const { isAdmin, projects, project } = useSession()
  const readOnly = useWhyReadOnly()
  const panel = usePanel()
  const { setTheme, resolvedTheme } = useTheme()
  const { mutate: switchProject } = useSwitchProject()
  const go = (href: string) => leave(() => router.push(href))
  const other = resolvedTheme === 'light' ? 'dark' : 'light'
  return (
    <>
      <Group heading="Go to">
        {[...projectPlaces(isAdmin), ...(isAdmin ? adminNav : [])].map((item) => (
          <Item
            key={item.href}
            value={`go ${item.label}`}
            icon={item.icon}
            onSelect={() => go(item.href)}
            keys={`g ${item.key}`}
          >
            {item.label}
          </Item>
        ))}
      </Group>
      <Group heading="Create">
        {creations.map((item) => (
          <Item
            key={item.href}
            value={item.label}
            icon={Plus}
            reason={readOnly}
            onSelect={() => go(item.href)}
          >
            {item.label}
          </Item>
        ))}
        {personalCreations.map((item) => (
          <Item key={item.href} value={item.label} icon={Plus} onSelect={() => go(item.href)}>
            {item.label}
          </Item>
        ))}
        {panelCreations
          .filter(({ admin }) => isAdmin || !admin)
          .map((item) => (
            <Item
              key={item.panel}
              value={item.label}
              icon={Plus}
              onSelect={() => leave(() => panel.open(item.panel))}
            >
              {item.label}
            </Item>
          ))}
      </Group>
      <Group heading="Change">
        {projects
          .filter(({ id }) => id !== project?.id)
          .map((each) => (
            <Item
              key={each.id}
              value={`project ${each.name} ${each.id}`}
              icon={FolderKanban}
              onSelect={() => leave(() => switchProject({ projectId: each.id }))}
            >
              Work in project {each.name}
            </Item>
          ))}
        <Item
          value={`theme ${other}`}
          icon={other === 'light' ? Sun : Moon}
          onSelect={() => leave(() => setTheme(other))}
        >
          Use the {other} theme
        </Item>
      </Group>
    </>
  )
}

/** Instances by name, id or address, asked from the server while typing. */
function InstanceSearch({ search, onPick }: { search: string; onPick: (row: InstanceRow) => void }) {
  const trpc = useTRPC()
  const text = useDeferredValue(search.trim())
  const { data } = useQuery(
    trpc.compute.instances.list.queryOptions(
      { limit: 8, ...(text && { search: text }) },
      { placeholderData: (before) => before },
    ),
  )
  if (!data || data.items.length === 0) return null
  return (
    <Group heading="Instances">
      {data.items.map((row) => (
        <Item
          key={row.id}
          value={[row.name, row.id, ...row.addresses.map(({ ip }) => ip)].join(' ')}
          icon={ArrowRight}
          onSelect={() => onPick(row)}
          end={<InstanceState row={row} />}
        >
          {row.name}
        </Item>
      ))}
    </Group>
  )
}

function InstanceCommands({ row, leave }: { row: InstanceRow; leave: Leave }) {
  const router = useRouter()
  const actions = useInstanceActions()(row)
  const parts = arrangeActions(actions.map((action) => ({ ...action, pinned: false })))
  return (
    <>
      <Group heading={row.name}>
        <Item
          value="open"
          icon={ArrowRight}
          onSelect={() => leave(() => router.push(paths.instance(row.id)))}
        >
          Open
        </Item>
        <Item
          value="console log"
          icon={ArrowRight}
          onSelect={() => leave(() => router.push(paths.instance(row.id, 'console')))}
        >
          Console log
        </Item>
        <Item
          value="serial console"
          icon={ArrowRight}
          onSelect={() => leave(() => router.push(paths.instance(row.id, 'console', 'serial')))}
        >
          Serial console
        </Item>
        <Item
          value="graphical console screen"
          icon={ArrowRight}
          onSelect={() => leave(() => router.push(paths.instance(row.id, 'console', 'screen')))}
        >
          Graphical console
        </Item>
        <Item value="copy id" icon={Copy} onSelect={() => leave(() => void copyWithToast(row.id, 'ID'))}>
          Copy ID
        </Item>
      </Group>
      {parts.map(({ group, actions: inside }) => (
        <Group key={group} heading={group ?? row.name}>
          {inside.map((action) => (
            <Item
              key={action.id}
              value={action.label}
              icon={action.icon}
              reason={action.reason}
              danger={action.danger}
              onSelect={() => leave(action.run)}
            >
              {action.label}
            </Item>
          ))}
        </Group>
      ))}
    </>
  )
}
