import { addressGroupNoun } from '#features/address-groups/row.ts'
import { aggregateNoun } from '#features/aggregates/row.ts'
import { assignmentNoun } from '#features/assignments/row.ts'
import { drainNoun } from '#features/drains/live.ts'
import { flavorNoun } from '#features/flavors/row.ts'
import { floatingIpNoun } from '#features/floating-ips/live.ts'
import { hostNoun } from '#features/hosts/live.ts'
import { imageNoun } from '#features/images/live.ts'
import { instanceNoun } from '#features/instances/live.ts'
import { keyPairNoun } from '#features/key-pairs/live.ts'
import { migrationNoun } from '#features/migrations/live.ts'
import { networkNoun, portNoun } from '#features/networks/live.ts'
import { operationNoun } from '#features/operations/live.ts'
import { projectNoun } from '#features/projects/row.ts'
import { qosPolicyNoun } from '#features/qos/row.ts'
import { quotaNoun } from '#features/quotas/live.ts'
import { rbacPolicyNoun } from '#features/rbac-policies/row.ts'
import { routerNoun } from '#features/routers/live.ts'
import { securityGroupNoun } from '#features/security-groups/row.ts'
import { serverGroupNoun } from '#features/server-groups/row.ts'
import { userNoun } from '#features/users/row.ts'
import { volumeBackendNoun } from '#features/volume-backends/row.ts'
import { backupNoun } from '#features/volume-backups/row.ts'
import { volumeQosNoun } from '#features/volume-qos/row.ts'
import { snapshotNoun } from '#features/volume-snapshots/row.ts'
import { transferNoun } from '#features/volume-transfers/row.ts'
import { volumeTypeNoun } from '#features/volume-types/row.ts'
import { volumeNoun } from '#features/volumes/live.ts'
import type { AnyLiveNoun } from './nouns.ts'

/** Every noun whose lists and details live events patch. A page of a new noun adds its own here. */
export const liveNouns: readonly AnyLiveNoun[] = [
  instanceNoun,
  operationNoun,
  quotaNoun,
  imageNoun,
  volumeNoun,
  snapshotNoun,
  backupNoun,
  transferNoun,
  volumeTypeNoun,
  volumeQosNoun,
  volumeBackendNoun,
  networkNoun,
  portNoun,
  rbacPolicyNoun,
  routerNoun,
  floatingIpNoun,
  securityGroupNoun,
  qosPolicyNoun,
  addressGroupNoun,
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
