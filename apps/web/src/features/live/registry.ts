import { aggregateNoun } from '#features/aggregates/row.ts'
import { assignmentNoun } from '#features/assignments/row.ts'
import { drainNoun } from '#features/drains/live.ts'
import { flavorNoun } from '#features/flavors/row.ts'
import { hostNoun } from '#features/hosts/live.ts'
import { imageNoun } from '#features/images/live.ts'
import { instanceNoun } from '#features/instances/live.ts'
import { keyPairNoun } from '#features/key-pairs/live.ts'
import { migrationNoun } from '#features/migrations/live.ts'
import { networkNoun, portNoun } from '#features/networks/live.ts'
import { operationNoun } from '#features/operations/live.ts'
import { projectNoun } from '#features/projects/row.ts'
import { quotaNoun } from '#features/quotas/live.ts'
import { serverGroupNoun } from '#features/server-groups/row.ts'
import { userNoun } from '#features/users/row.ts'
import type { AnyLiveNoun } from './nouns.ts'

/** Every noun whose lists and details live events patch. A page of a new noun adds its own here. */
export const liveNouns: readonly AnyLiveNoun[] = [
  instanceNoun,
  operationNoun,
  quotaNoun,
  imageNoun,
  networkNoun,
  portNoun,
  keyPairNoun,
  hostNoun,
  migrationNoun,
  drainNoun,
  aggregateNoun,
  serverGroupNoun,
  flavorNoun,
  projectNoun,
  userNoun,
  assignmentNoun,
]
