import type { Services } from '@nephos/core'
import type { Logger } from 'pino'
import type { ComputeDriver } from './driver.ts'

/** What the compute role of one host works with. */
export interface ComputeDeps {
  services: Services
  driver: ComputeDriver
  hostName: string
  log: Logger
}
