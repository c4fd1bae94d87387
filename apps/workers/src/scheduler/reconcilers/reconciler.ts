import type { Ctx, OpenServices } from '@nephos/core'

/** Work that takes no input and repairs what a lost message or a crash left wrong. Doing it twice changes nothing. */
export interface Reconciler {
  name: string
  everyMs: number
  run: (signal: AbortSignal) => Promise<unknown>
}

/** What the global reconcilers work with. */
export interface ReconcilerDeps {
  services: OpenServices
  ctx: Ctx
}
