import type { ComputeDeps } from '../deps.ts'
import { withVolumes } from '../volumes/connect.ts'
import { imageOf } from './image-of.ts'
import { type InstanceState, machineSpec } from './load.ts'

/** Brings the machine of an instance up as it was before an action that failed. One that runs is left alone. */
export async function restartMachine(deps: ComputeDeps, state: InstanceState): Promise<void> {
  const { services, driver, hostName } = deps
  const { record } = state
  const image = await imageOf(services, record.id, record.imageId)
  const wired = await services.ask(hostName, 'network.wire', { portIds: record.ports.map(({ id }) => id) })
  await driver.start(await withVolumes(deps, machineSpec(state, image, wired)))
}
