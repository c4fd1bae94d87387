import type { Db, Prisma } from '@nephos/db'
import { computeOwner } from '../../network/ports/owners.ts'
import type { MetadataAddress, MetadataSource } from './source.ts'

const addressParts = {
  select: {
    ipAddress: true,
    subnet: {
      select: { cidr: true, gatewayIp: true, enableDhcp: true, dnsServers: true, hostRoutes: true },
    },
  },
  orderBy: { createdAt: 'asc' },
} as const

const sourceParts = {
  include: {
    host: { select: { zone: true } },
    ports: {
      select: {
        id: true,
        macAddress: true,
        networkId: true,
        network: { select: { mtu: true } },
        allocations: addressParts,
      },
      orderBy: { deviceIndex: 'asc' },
    },
  },
} as const satisfies Prisma.InstanceDefaultArgs

/**
 * The instance behind an address of a network: its identity for the metadata service. One question to the database.
 * @returns null when no instance has the address there
 */
export async function findMetadataSource(
  db: Db,
  identity: { networkId: string; ipAddress: string },
  dhcpDomain: string,
): Promise<MetadataSource | null> {
  const port = await db.port.findFirst({
    where: {
      networkId: identity.networkId,
      deviceOwner: computeOwner,
      allocations: { some: { networkId: identity.networkId, ipAddress: identity.ipAddress } },
    },
    select: { instance: sourceParts },
  })
  const instance = port?.instance
  if (!instance || instance.vmState === 'deleted' || instance.vmState === 'soft_deleted') return null
  return sourceOf(instance, dhcpDomain)
}

/** What the metadata of one instance is made of; null when it is gone. */
export async function metadataSourceOf(
  db: Db,
  instanceId: string,
  dhcpDomain: string,
): Promise<MetadataSource | null> {
  const instance = await db.instance.findUnique({ where: { id: instanceId }, ...sourceParts })
  return instance && sourceOf(instance, dhcpDomain)
}

const sourceOf = (
  instance: Prisma.InstanceGetPayload<typeof sourceParts>,
  dhcpDomain: string,
): MetadataSource => ({
  instanceId: instance.id,
  projectId: instance.projectId,
  name: instance.name,
  hostname: instance.hostname,
  dhcpDomain,
  launchIndex: instance.launchIndex,
  zone: instance.zone ?? instance.host?.zone ?? '',
  metadata: instance.metadata as Record<string, string>,
  key:
    instance.keyName && instance.keyPublic ? { name: instance.keyName, publicKey: instance.keyPublic } : null,
  userData: instance.userData,
  guestPassword: instance.guestPassword,
  reservationId: instance.reservationId,
  ec2Id: instance.ec2Id,
  imageId: instance.imageId,
  flavorName: instance.flavorName,
  ephemeralGib: instance.ephemeralGib,
  swapMib: instance.swapMib,
  ports: instance.ports.map(({ id, network, allocations, ...rest }) => ({
    portId: id,
    ...rest,
    mtu: network.mtu,
    addresses: allocations.map(
      ({ ipAddress, subnet }): MetadataAddress => ({
        ipAddress,
        cidr: subnet.cidr,
        gatewayIp: subnet.gatewayIp,
        enableDhcp: subnet.enableDhcp,
        dnsServers: subnet.dnsServers as string[],
        hostRoutes: subnet.hostRoutes as unknown as MetadataAddress['hostRoutes'],
      }),
    ),
  })),
})

/** Keeps the password that a guest posts, once. @returns false when there is one already, or no such instance */
export async function storeGuestPassword(db: Db, instanceId: string, password: string): Promise<boolean> {
  const { count } = await db.instance.updateMany({
    where: { id: instanceId, guestPassword: null },
    data: { guestPassword: password },
  })
  return count === 1
}
