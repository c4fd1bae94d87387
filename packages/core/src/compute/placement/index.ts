export { type Amounts, amountsOf, type FlavorSize } from './amounts.ts'
export { type AttemptRow, attemptRow } from './attempt-row.ts'
export { buildElsewhere, type FailedBuild, forgiveFailedBuilds, isHostFault } from './build-elsewhere.ts'
export { type Claim, claimHosts, type Decision, InstanceMoved } from './claim.ts'
export { endCancelledPlacement, failUnplaced } from './end-unplaced.ts'
export { type FoundWaiting, findWaiting, type ScheduleRequest } from './find-waiting.ts'
export { type Hints, hintsInput, storedHints } from './hints.ts'
export { type NeighbourRows, readNeighbours } from './neighbours.ts'
export { rejectInstance } from './no-valid-host.ts'
export { type PlacementPreview, previewPlacement } from './preview.ts'
export { type PlacementKind, type PlacementPurpose, placementPurposes, purposeOf } from './purposes.ts'
export { type HostQuery, parseHostQuery } from './query.ts'
export {
  busyTasks,
  type HostMark,
  type PlacedAggregate,
  type PlacementReader,
  placementReader,
} from './read.ts'
export { recountHosts } from './recount.ts'
export { holdSourceAgain, releaseAllocation, releaseInstanceAllocations } from './release.ts'
export { releaseStrayAllocations } from './release-strays.ts'
export {
  type FilterReport,
  type PlacementReport,
  type ReportRow,
  shortage,
  storedReport,
  withoutHosts,
} from './report.ts'
export { leaveUnplaced } from './unplaced.ts'
export { type DecidedGroup, GroupViolated } from './verify-groups.ts'
export {
  isPlaced,
  isWaiting,
  type MigrationFlavor,
  migrationFlavor,
  type PlacementRecord,
  placementSelect,
  type Waiting,
  wantedFlavor,
} from './waiting.ts'
