export { startTracing, type TracingOptions } from './start.ts'
export { continued, type TraceAttributes, traced, traceparent } from './trace.ts'
