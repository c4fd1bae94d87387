export {
  type Block,
  blockMs,
  blockStart,
  coarseStepMs,
  emptyBlock,
  keepMs,
  packBlock,
  type Tier,
  unpackBlock,
} from './block.ts'
export { gatherCounters, type HostCounters } from './counters.ts'
export { expireMetrics } from './expire.ts'
export { exposition } from './exposition.ts'
export { coarseBlock } from './fold.ts'
export { type Followed, followMetrics, type MetricSamples, onMetricSamples } from './follow.ts'
export type { MetricPlot, MetricRange } from './read.ts'
export { type HostSeries, hostSeries, type InstanceSeries, instanceSeries } from './series.ts'
export { loadBlocks, type OwnedBlock, storeBlocks } from './store.ts'
export type { MetricSummaries, MetricSummary } from './summary.ts'
