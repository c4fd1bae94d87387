export type { DhcpOption } from './plan.ts'
export { isTextOption } from './table.ts'
