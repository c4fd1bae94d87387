import { randomBytes } from 'node:crypto'
import { type Ctx, createInstance } from '@nephos/core'
import { makeFlavor, makeImage, makeNetwork, makeTenant, type TestCloud } from '@nephos/core/testing'

/** What a test says of its new instances; `web` and 1 of them unless given. */
export interface NewTestInstance {
  name?: string
  count?: number
  serverGroupId?: string
  availabilityZone?: string
  /** Another one than the tenant's. */
  flavorId?: string
  networkIds?: string[]
}

/** A project with everything an instance needs. */
export interface WorkerTenant {
  ctx: Ctx
  projectId: string
  flavorId: string
  imageId: string
  /** Asks for one instance, or several. */
  create: (fields?: NewTestInstance) => Promise<{ id: string; operationId: string }[]>
}

/** Makes a project with a small flavor, an active image and a network, and without quota limits. */
export async function makeWorkerTenant(
  cloud: TestCloud,
  flavor: { vcpus?: number; ramMib?: number; diskGib?: number } = {},
): Promise<WorkerTenant> {
  const { ctx, project } = await makeTenant(cloud)
  const [{ id: flavorId }, { id: imageId }, network] = await Promise.all([
    makeFlavor(cloud, flavor),
    makeImage(cloud, {
      projectId: project.id,
      hashAlgo: 'sha512',
      hashValue: randomBytes(64).toString('hex'),
      locations: { create: { store: 'file', key: '0190c0de-test-image' } },
    }),
    makeNetwork(cloud, { projectId: project.id }),
  ])
  await cloud.db.quotaLimit.createMany({
    data: ['instances', 'cores', 'ram', 'ports', 'server_groups', 'server_group_members'].map((resource) => ({
      projectId: project.id,
      resource,
      limit: -1,
    })),
  })
  return {
    ctx,
    projectId: project.id,
    flavorId,
    imageId,
    create: async ({ name = 'web', count = 1, ...wishes } = {}) => {
      const { instances } = await createInstance({
        ctx,
        input: { name, count, flavorId, imageId, networkIds: [network.id], ...wishes },
      })
      return instances
    },
  }
}
