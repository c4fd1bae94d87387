import { defineNoun } from '#features/live/nouns.ts'
import type { RouterOutputs } from '#trpc/client.ts'

/** A role that a user holds on something. */
export type AssignmentRow = RouterOutputs['identity']['assignments']['list']['items'][number]

/** Roles: patched by `assignment` events; whoever gets or loses one sees it in its own session. */
export const assignmentNoun = defineNoun<AssignmentRow>({
  noun: 'assignment',
  list: ['identity', 'assignments', 'list'],
  refetches: [['identity', 'sessions', 'current']],
  defaultSort: { by: 'createdAt', dir: 'desc' },
  sortValue: (row, by) => row[by as keyof AssignmentRow] as string | Date,
  matches: (row, input) =>
    (!input.userId || input.userId === row.userId) &&
    (!input.projectId || (row.targetType === 'project' && row.targetId === input.projectId)) &&
    (!input.domainId || (row.targetType === 'domain' && row.targetId === input.domainId)),
  isNewer: () => true,
})

/** The roles there are, weakest first, with what each may do. */
export const roleOptions = [
  { value: 'reader', label: 'Reader', note: 'Sees everything of the project, changes nothing.' },
  { value: 'member', label: 'Member', note: 'Creates, changes and deletes.' },
  { value: 'manager', label: 'Manager', note: 'A member who also looks after projects and users.' },
  { value: 'admin', label: 'Admin', note: 'Administers the whole cloud.' },
] as const
/** The name of a role. */
export type RoleValue = (typeof roleOptions)[number]['value']
