export { listZones, type ZoneRow } from './list.ts'
