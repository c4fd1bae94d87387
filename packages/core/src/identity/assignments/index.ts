export { grantRole } from './grant.ts'
export { listAssignments } from './list.ts'
export { revokeRole } from './revoke.ts'
export type { AssignmentRow } from './row.ts'
