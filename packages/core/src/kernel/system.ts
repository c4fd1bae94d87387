import { randomUUID } from 'node:crypto'
import type { Ctx, Services } from './context.ts'

/** The context of work that a process of Nephos does by itself; `name` stands in the audit log. */
export const systemCtx = (services: Services, name: string, requestId = `req-${randomUUID()}`): Ctx => ({
  ...services,
  actor: { kind: 'system', name },
  requestId,
  address: '',
  userAgent: name,
})
