import { randomInt } from 'node:crypto'
import {
  type Flavor,
  type Host,
  type Image,
  type Instance,
  type Network,
  newHexId,
  newId,
  type Prisma,
  type Subnet,
} from '@nephos/db'
import type { TestCloud } from './cloud.ts'
import { uniqueName } from './identity.ts'

/** A public flavor: 1 vCPU, 128 MiB, 1 GiB unless given. */
export const makeFlavor = (
  cloud: TestCloud,
  fields: Partial<Prisma.FlavorCreateInput> = {},
): Promise<Flavor> =>
  cloud.db.flavor.create({
    data: { id: newId(), name: uniqueName('flavor'), vcpus: 1, ramMib: 128, diskGib: 1, ...fields },
  })

/** An active, private qcow2 image of `projectId`. No file is stored. */
export const makeImage = (
  cloud: TestCloud,
  { projectId, ...fields }: { projectId: string } & Partial<Prisma.ImageCreateInput>,
): Promise<Image> =>
  cloud.db.image.create({
    data: {
      id: newId(),
      projectId,
      name: uniqueName('image'),
      status: 'active',
      diskFormat: 'qcow2',
      size: 65_536n,
      virtualSize: 1_048_576n,
      properties: {},
      ...fields,
    },
  })

/** A network of `projectId` with one subnet (10.0.0.0/24, DHCP, pool .2 to .254) unless `subnet` is null. */
export async function makeNetwork(
  cloud: TestCloud,
  {
    projectId,
    subnet: subnetFields = {},
    ...fields
  }: {
    projectId: string
    subnet?: Partial<Prisma.SubnetUncheckedCreateInput> | null
  } & Partial<Prisma.NetworkCreateInput>,
): Promise<Network & { subnets: Subnet[] }> {
  const subnet = subnetFields && {
    id: newId(),
    projectId,
    cidr: '10.0.0.0/24',
    gatewayIp: '10.0.0.1',
    pools: [{ start: '10.0.0.2', end: '10.0.0.254' }],
    dnsServers: [],
    hostRoutes: [],
    ...subnetFields,
  }
  const wildcards = [
    ...(fields.shared ? ['access_as_shared'] : []),
    ...(fields.external ? ['access_as_external'] : []),
  ]
  return cloud.db.network.create({
    data: {
      id: newId(),
      projectId,
      name: uniqueName('network'),
      segmentId: randomInt(1, 16_000_000),
      ...fields,
      ...(subnet && { subnets: { create: [subnet] } }),
      shares: { create: wildcards.map((action) => ({ id: newId(), projectId, action, targetProject: '*' })) },
    },
    include: { subnets: true },
  })
}

/** An enabled host with 8 vCPUs, 16 GiB of RAM and 100 GiB of disk, whose compute and network workers are up. */
export const makeHost = (cloud: TestCloud, fields: Partial<Prisma.HostCreateInput> = {}): Promise<Host> => {
  const name = fields.name ?? uniqueName('host')
  const service = (role: string) => ({
    id: newId(),
    role,
    hostName: name,
    pid: 1,
    version: 'test',
    startedAt: new Date(),
    // Nobody sends heartbeats in a test, which may take longer than a host may be silent.
    lastSeenAt: new Date(Date.now() + 3_600_000),
  })
  return cloud.db.host.create({
    data: {
      id: newId(),
      vcpus: 8,
      ramMib: 16_384,
      diskGib: 100,
      computeDriver: 'simulated',
      networkDriver: 'simulated',
      services: { create: [service('compute'), service('network')] },
      ...fields,
      name,
    },
  })
}

/** An active instance of `projectId`, on no host, without ports, quota or image unless given. */
export const makeInstance = (
  cloud: TestCloud,
  { projectId, ...fields }: { projectId: string } & Partial<Prisma.InstanceUncheckedCreateInput>,
): Promise<Instance> => {
  const name = fields.name ?? uniqueName('instance')
  return cloud.db.instance.create({
    data: {
      id: newId(),
      projectId,
      userId: newHexId(),
      hostname: name,
      vmState: 'active',
      powerState: 1,
      flavorId: 'test',
      flavorName: 'test',
      vcpus: 1,
      ramMib: 128,
      diskGib: 1,
      metadata: {},
      reservationId: `r-${newHexId().slice(-8)}`,
      ...fields,
      name,
    },
  })
}
