'use client'
import { LogOut, Monitor, Moon, Settings, Sun } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useTheme } from 'next-themes'
import { useSignOut } from '#features/session/session-actions.ts'
import { useSession } from '#features/session/use-session.ts'
import { paths } from '#paths.ts'
import { Menu, MenuItem, MenuLabel, MenuSeparator } from '#ui/menu.tsx'

const themes = [
  { value: 'dark', label: 'Dark', icon: Moon },
  { value: 'light', label: 'Light', icon: Sun },
  { value: 'system', label: 'As the system', icon: Monitor },
] as const

/** Who is signed in, the theme, and the way out. */
export function UserMenu() {
  const { user, isAdmin, cloud } = useSession()
  const { theme, setTheme } = useTheme()
  const { signOut } = useSignOut()
  const router = useRouter()
  return (
    <Menu
      label="Account"
      trigger={
        <button
          type="button"
          aria-label={`Account of ${user.name}`}
          className="flex size-8 shrink-0 items-center justify-center rounded-full bg-accent-soft text-xs font-semibold uppercase text-accent-text hover:brightness-110"
        >
          {user.name.slice(0, 2)}
        </button>
      }
    >
      <div className="px-2 py-1.5">
        <p className="truncate text-sm font-medium">{user.name}</p>
        <p className="truncate text-xs text-subtle">
          {user.domainName}
          {isAdmin && ' · administrator'}
        </p>
      </div>
      <MenuSeparator />
      <MenuLabel>Theme</MenuLabel>
      {themes.map(({ value, label, icon }) => (
        <MenuItem key={value} icon={icon} checked={theme === value} onSelect={() => setTheme(value)}>
          {label}
        </MenuItem>
      ))}
      <MenuSeparator />
      <MenuItem icon={Settings} onSelect={() => router.push(paths.account())}>
        Account
      </MenuItem>
      <MenuItem icon={LogOut} onSelect={signOut}>
        Sign out
      </MenuItem>
      <p className="px-2 pb-1 pt-2 text-xs text-subtle">Nephos {cloud.version}</p>
    </Menu>
  )
}
