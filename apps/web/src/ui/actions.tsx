'use client'
import { Copy, MoreHorizontal } from 'lucide-react'
import type { ComponentType } from 'react'
import { Button } from './button.tsx'
import { copyWithToast } from './copy.tsx'
import { Menu, MenuItem, MenuSeparator, SubMenu } from './menu.tsx'

/** Something that can be done to a resource: the same in row menus, page headers, bulk bars and the palette. */
export interface ResolvedAction {
  id: string
  label: string
  icon: ComponentType<{ className?: string }>
  /** Why it cannot be done now, as a sentence; null when it can. */
  reason: string | null
  danger?: boolean
  /** Name of the submenu that it stands in; without one, or pinned, it stands in the menu itself. */
  group?: string
  pinned?: boolean
  run: () => void
}

/** Actions in the order of menus: those of the menu itself, then each group with what is in its submenu. */
export function arrangeActions<Action extends Pick<ResolvedAction, 'group' | 'pinned'>>(
  actions: readonly Action[],
): { group: string | null; actions: Action[] }[] {
  const parts = new Map<string | null, Action[]>()
  for (const action of actions) {
    const group = action.pinned ? null : (action.group ?? null)
    parts.set(group, [...(parts.get(group) ?? []), action])
  }
  return [...parts].map(([group, found]) => ({ group, actions: found }))
}

/** Entries of a menu for actions: what is dangerous comes last, groups are submenus. */
export function ActionItems({ actions }: { actions: readonly ResolvedAction[] }) {
  const parts = arrangeActions(actions)
  const own = parts.find(({ group }) => group === null)?.actions ?? []
  const submenus = parts.filter(({ group }) => group !== null)
  const last = submenus.length > 0 ? own.filter(({ danger }) => danger) : []
  return (
    <>
      {own
        .filter((action) => !last.includes(action))
        .map((action) => (
          <ActionItem key={action.id} action={action} />
        ))}
      {submenus.length > 0 && <MenuSeparator />}
      {submenus.map(({ group, actions: inside }) => (
        <SubMenu key={group} label={group!}>
          {inside.map((action) => (
            <ActionItem key={action.id} action={action} />
          ))}
        </SubMenu>
      ))}
      {last.length > 0 && <MenuSeparator />}
      {last.map((action) => (
        <ActionItem key={action.id} action={action} />
      ))}
    </>
  )
}

function ActionItem({ action }: { action: ResolvedAction }) {
  return (
    <MenuItem icon={action.icon} reason={action.reason} danger={action.danger} onSelect={action.run}>
      {action.label}
    </MenuItem>
  )
}

/** The menu of one resource. It always begins with copying the id. */
export function ActionMenu({
  name,
  id,
  actions,
  size = 'row',
}: {
  name: string
  id: string
  actions: readonly ResolvedAction[]
  size?: 'row' | 'header'
}) {
  return (
    <Menu
      label={`Actions of ${name}`}
      trigger={
        <Button
          variant={size === 'row' ? 'ghost' : 'secondary'}
          size="icon"
          className={size === 'header' ? 'size-9' : undefined}
          aria-label={`Actions of ${name}`}
          onClick={(event) => event.stopPropagation()}
        >
          <MoreHorizontal aria-hidden="true" />
        </Button>
      }
    >
      <MenuItem icon={Copy} onSelect={() => void copyWithToast(id, 'ID')}>
        Copy ID
      </MenuItem>
      <MenuSeparator />
      <ActionItems actions={actions} />
    </Menu>
  )
}
