export { configEnvironment } from './environment.ts'
export { ConfigError, type ConfigProblem } from './error.ts'
export { type LoadConfigOptions, loadConfig } from './load.ts'
export {
  cloudId,
  dhcpNetns,
  healthSocket,
  hostNames,
  hostNetns,
  labAddress,
  processName,
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
