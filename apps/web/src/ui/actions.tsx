'use client'
import { Copy, MoreHorizontal } from 'lucide-react'
import type { ComponentType } from 'react'
import { Button } from './button.tsx'
import { copyWithToast } from './copy.tsx'
import { Menu, MenuItem, MenuSeparator } from './menu.tsx'

/** Something that can be done to a resource: the same in row menus, page headers, bulk bars and the palette. */
export interface ResolvedAction {
  id: string
  label: string
  icon: ComponentType<{ className?: string }>
  /** Why it cannot be done now, as a sentence; null when it can. */
  reason: string | null
  danger?: boolean
  run: () => void
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
      {actions.map((action) => (
        <MenuItem
          key={action.id}
          icon={action.icon}
          reason={action.reason}
          danger={action.danger}
          onSelect={action.run}
        >
          {action.label}
        </MenuItem>
      ))}
    </Menu>
  )
}
