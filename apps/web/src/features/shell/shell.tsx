'use client'
import { Menu as MenuIcon, Search } from 'lucide-react'
import Link from 'next/link'
import { usePathname } from 'next/navigation'
import { type ReactNode, useEffect, useState } from 'react'
import { OperationsButton } from '#features/operations/operations-panel.tsx'
import { useSession } from '#features/session/use-session.ts'
import { paths } from '#paths.ts'
import { Button } from '#ui/button.tsx'
import { cn } from '#ui/cn.ts'
import { SidePanel } from '#ui/dialog.tsx'
import { useHydrated } from '#ui/hydrated.ts'
import { Kbd } from '#ui/kbd.tsx'
import { CommandPalette } from './command-palette.tsx'
import { Freshness } from './freshness.tsx'
import { Logo } from './logo.tsx'
import { adminNav, isHere, type NavItem, projectPlaces } from './nav.ts'
import { Notices } from './notices.tsx'
import { PageSkeleton } from './page-skeleton.tsx'
import { ProjectSwitcher } from './project-switcher.tsx'
import { RouteAnnouncer } from './route-announcer.tsx'
import { ShortcutHelp } from './shortcut-help.tsx'
import { UserMenu } from './user-menu.tsx'

/** The frame around every signed-in page. */
export function Shell({ children }: { children: ReactNode }) {
  const [menuOpen, setMenuOpen] = useState(false)
  const [paletteOpen, setPaletteOpen] = useState(false)
  const pathname = usePathname()
  // What a page shows may arrive before the browser has taken over what the server wrote of it, and would differ.
  const hydrated = useHydrated()
  useEffect(() => setMenuOpen(false), [pathname])

  return (
    <div className="min-h-dvh lg:grid lg:grid-cols-[13.5rem_minmax(0,1fr)]">
      <a
        href="#main"
        className="sr-only focus:not-sr-only focus:fixed focus:left-3 focus:top-3 focus:z-60 focus:rounded-md focus:bg-accent focus:px-3 focus:py-2 focus:text-accent-fg"
      >
        Skip to content
      </a>
      <aside className="sticky top-0 hidden h-dvh flex-col border-r border-line bg-surface lg:flex">
        <Brand />
        <Navigation />
      </aside>
      <div className="flex min-w-0 flex-col">
        <header className="sticky top-0 z-30 flex h-13 items-center gap-2 border-b border-line bg-bg/90 px-3 backdrop-blur-sm sm:gap-3 sm:px-6">
          <Button
            variant="ghost"
            size="icon"
            aria-label="Open navigation"
            className="lg:hidden"
            onClick={() => setMenuOpen(true)}
          >
            <MenuIcon aria-hidden="true" />
          </Button>
          <ProjectSwitcher />
          <div className="flex-1" />
          <Freshness />
          <button
            type="button"
            onClick={() => setPaletteOpen(true)}
            aria-label="Search and act"
            aria-keyshortcuts="Control+K Meta+K"
            className="flex h-8 items-center gap-2 rounded-md border border-line px-2.5 text-sm text-subtle hover:bg-hover hover:text-fg"
          >
            <Search className="size-4" aria-hidden="true" />
            <span className="hidden md:inline">Search or act</span>
            <span className="hidden md:inline">
              <Kbd>⌘K</Kbd>
            </span>
          </button>
          <OperationsButton />
          <UserMenu />
        </header>
        <Notices />
        <main
          id="main"
          tabIndex={-1}
          className="mx-auto w-full max-w-7xl flex-1 px-4 py-6 outline-none sm:px-6"
        >
          {hydrated ? children : <PageSkeleton />}
        </main>
      </div>
      <SidePanel
        open={menuOpen}
        onOpenChange={setMenuOpen}
        title="Navigation"
        className="left-0 right-auto max-w-72 border-l-0 border-r"
      >
        <Navigation />
      </SidePanel>
      <CommandPalette open={paletteOpen} onOpenChange={setPaletteOpen} />
      <ShortcutHelp />
      <RouteAnnouncer />
    </div>
  )
}

function Brand() {
  return (
    <Link href={paths.overview()} className="mx-3 mt-3 flex h-10 items-center gap-2 rounded-md px-2">
      <Logo />
      <span className="text-[15px] font-semibold tracking-tight">Nephos</span>
    </Link>
  )
}

function Navigation() {
  const { isAdmin } = useSession()
  return (
    <nav aria-label="Main" className="scroll-thin flex-1 overflow-y-auto p-3">
      <NavList items={projectPlaces(isAdmin)} />
      {isAdmin && (
        <>
          <h2 className="mb-1 mt-5 px-2.5 text-xs font-medium text-subtle">Administration</h2>
          <NavList items={adminNav} />
        </>
      )}
    </nav>
  )
}

function NavList({ items }: { items: readonly NavItem[] }) {
  const pathname = usePathname()
  return (
    <ul className="flex flex-col gap-0.5">
      {items.map(({ href, label, icon: Icon }) => {
        const here = isHere(pathname, href)
        return (
          <li key={href}>
            <Link
              href={href}
              aria-current={here ? 'page' : undefined}
              className={cn(
                'flex h-8 items-center gap-2.5 rounded-md px-2.5 text-sm transition-colors max-lg:h-10',
                here
                  ? 'bg-accent-soft font-medium text-accent-text'
                  : 'text-muted hover:bg-hover hover:text-fg',
              )}
            >
              <Icon className="size-4 shrink-0" aria-hidden="true" />
              {label}
            </Link>
          </li>
        )
      })}
    </ul>
  )
}
