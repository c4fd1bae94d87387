export { type Bus, type BusOptions, type BusStatus, connect, type Link, sleep } from './bus/connect.ts'
export { type OpenBus, type OpenBusOptions, openBus } from './bus/open.ts'
export {
  facePermissions,
  hostPermissions,
  inboxOf,
  type NatsUser,
  type Permissions,
  usersText,
} from './bus/permissions.ts'
export { ensureStreams, streams } from './bus/streams.ts'
export * from './catalogue/events.ts'
export * from './catalogue/jobs.ts'
export * from './catalogue/metrics.ts'
export * from './catalogue/requests.ts'
export {
  type Channel,
  type ChannelEnd,
  type ChannelOptions,
  channelLost,
  openChannel,
} from './channel/channel.ts'
export { queuedOperations } from './consume/backlog.ts'
export { type ConsumeOptions, type Consumption, consume } from './consume/consume.ts'
export type { JobDelivery, JobHandler, JobHandlers } from './consume/handler.ts'
export {
  type EventHub,
  type HubEvent,
  type HubMessage,
  type HubOptions,
  type HubStatus,
  openHub,
} from './events/hub.ts'
export { type EventViewer, visibleTo } from './events/visible.ts'
export { type LeaseOptions, releaseLease, withLease } from './loop/lease.ts'
export { type Loop, type LoopOptions, runEvery } from './loop/run-every.ts'
export { type OperationJob, type StuckSweep, sweepStuckOperations } from './loop/stuck-operations.ts'
export { failOperation, openStatuses } from './operation/finish.ts'
export { type OperationRow, operationEvent, operationRow, operationRowSelect } from './operation/row.ts'
export { type OutboxRow, openRelay, type Relay, type RelayOptions } from './outbox/relay.ts'
export { type AskHost, askOver } from './requests/ask.ts'
export { RemoteError, type WireError } from './requests/remote-error.ts'
export { type RequestHandlers, requestSubject, type ServeOptions, serveRequests } from './requests/serve.ts'
export * from './saga/define.ts'
export { Interrupted, LeaseLost } from './saga/errors.ts'
export { sagaJobHandler } from './saga/handler.ts'
export { type RunOptions, runSaga } from './saga/run.ts'
export { cancelSubject, type SagaTools } from './saga/tools.ts'
