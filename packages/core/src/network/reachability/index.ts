export type { Hop, HopResource, MissingRule, Packet, ReachabilityAnswer } from './answer.ts'
export { checkReachability } from './check.ts'
