'use client'
import { ChevronsUpDown, FolderKanban } from 'lucide-react'
import { useSwitchProject } from '#features/session/session-actions.ts'
import { useSession } from '#features/session/use-session.ts'
import { Menu, MenuItem, MenuLabel } from '#ui/menu.tsx'
import { Spinner } from '#ui/spinner.tsx'

/** The project everything on the page belongs to, and the others one can change to. */
export function ProjectSwitcher() {
  const { project, projects } = useSession()
  const { mutate, isPending } = useSwitchProject()
  return (
    <Menu
      align="start"
      label="Projects"
      trigger={
        <button
          type="button"
          aria-label={`Project ${project?.name ?? 'none'}, change`}
          className="flex h-8 min-w-0 items-center gap-2 rounded-md border border-line px-2.5 text-sm hover:bg-hover"
        >
          {isPending ? (
            <Spinner />
          ) : (
            <FolderKanban className="size-4 shrink-0 text-subtle" aria-hidden="true" />
          )}
          <span className="max-w-32 truncate font-medium sm:max-w-48">{project?.name ?? 'No project'}</span>
          <ChevronsUpDown className="size-3.5 shrink-0 text-subtle" aria-hidden="true" />
        </button>
      }
    >
      <MenuLabel>Work in project</MenuLabel>
      {projects.length === 0 && (
        <p className="max-w-56 px-2 pb-2 text-xs text-muted">
          You have no role on any project. Ask an administrator for one.
        </p>
      )}
      {projects.map((each) => (
        <MenuItem
          key={each.id}
          checked={each.id === project?.id}
          onSelect={() => each.id !== project?.id && mutate({ projectId: each.id })}
        >
          <span className="flex items-baseline justify-between gap-4">
            <span className="truncate">{each.name}</span>
            <span className="text-xs text-subtle">{each.roles.join(', ')}</span>
          </span>
        </MenuItem>
      ))}
    </Menu>
  )
}
