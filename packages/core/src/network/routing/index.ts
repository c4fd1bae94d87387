export type { MissedHosts } from './hosts.ts'
export { type PlacedRouter, placeRouters } from './place-routers.ts'
export { reportDoor } from './report-door.ts'
export { type RouterReport, reportRouter } from './report-router.ts'
