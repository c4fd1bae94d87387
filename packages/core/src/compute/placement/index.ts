export { type Claim, claimHosts, type Decision, InstanceMoved } from './claim.ts'
export { rejectInstance } from './no-valid-host.ts'
export { recountHosts } from './recount.ts'
export { releaseAllocation } from './release.ts'
