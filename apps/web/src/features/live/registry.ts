import { instanceNoun } from '#features/instances/live.ts'
import { operationNoun } from '#features/operations/live.ts'
import { quotaNoun } from '#features/quotas/live.ts'
import type { AnyLiveNoun } from './nouns.ts'

/** Every noun whose lists and details live events patch. A page of a new noun adds its own here. */
export const liveNouns: readonly AnyLiveNoun[] = [instanceNoun, operationNoun, quotaNoun]
