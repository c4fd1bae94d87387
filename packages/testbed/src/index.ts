export { type Api, anonymousApi, signIn } from './api.ts'
export { openCloud, type RunningCloud, startCloud, type TestCloud } from './cloud.ts'
export { until } from './wait.ts'
