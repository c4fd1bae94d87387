// Light on purpose: the supervisor loads it, and must stay small.
export {
  invite,
  type Membership,
  membership,
  readToken,
  redeem,
  type SealedMembership,
  sealedMembership,
  unseal,
} from './invitation.ts'
export { addJoinedHost, dropJoinedHost, type JoinedHost, joinedHosts, knowsHost } from './joined-hosts.ts'
