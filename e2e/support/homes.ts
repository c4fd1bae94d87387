import { delimiter } from 'node:path'

/** State directories of the run's clouds: one for each worker. Empty before they are started. */
export const homesOfTheRun = (): string[] =>
  (process.env.NEPHOS_E2E_HOME ?? '').split(delimiter).filter(Boolean)

/** Tells the workers of the run where the clouds are. */
export function tellHomes(homes: readonly string[]): void {
  process.env.NEPHOS_E2E_HOME = homes.join(delimiter)
}

/** State directory of the cloud that this worker has for itself. */
export const ownHome = (): string => homesOfTheRun()[Number(process.env.TEST_PARALLEL_INDEX ?? 0)]!
