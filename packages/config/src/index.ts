export { configEnvironment } from './environment.ts'
export { ConfigError, type ConfigProblem } from './error.ts'
export {
  type ImageStoreSettings,
  imageStoreSettings,
  type S3StoreSettings,
  type SwiftStoreSettings,
} from './image-stores.ts'
export { type LoadConfigOptions, loadConfig } from './load.ts'
export {
  cloudId,
  dhcpNetns,
  doorOwner,
  healthSocket,
  hostNames,
  hostNetns,
  labAddress,
  processName,
  routerNetns,
  statePaths,
  underlayNetns,
} from './paths.ts'
export {
  defaultSchedulerFilters,
  type SchedulerFilter,
  type SchedulerWeigher,
  schedulerFilters,
  schedulerWeights,
} from './scheduler.ts'
export { type NephosConfig, settings } from './schema.ts'
