import type { Db, Prisma } from '@nephos/db'
import { formatIp, ipv4First, parseIp } from '../../network/addresses/ip.ts'
import { macOfLinkLocal } from '../../network/addresses/ipv6.ts'
import { computeOwner } from '../../network/ports/owners.ts'
import type { MetadataAddress, MetadataSource } from './source.ts'

const addressParts = {
  select: {
    ipAddress: true,
    subnet: {
      select: {
        cidr: true,
        gatewayIp: true,
        enableDhcp: true,
        ipv6AddressMode: true,
        dnsServers: true,
        hostRoutes: true,
      },
    },
  },
  orderBy: [{ createdAt: 'asc' }, { ipAddress: 'asc' }],
} as const satisfies Prisma.Port$allocationsArgs

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
 * The instance behind an address of a network: its identity for the metadata service. A link-local address of IPv6 is
 * the one that the guest made of its MAC. One question to the database.
 * @returns null when no instance has the address there
 */
export async function findMetadataSource(
  db: Db,
  identity: { networkId: string; ipAddress: string },
  dhcpDomain: string,
): Promise<MetadataSource | null> {
  const { networkId } = identity
  const address = parseIp(identity.ipAddress)
  if (!address) return null
  const ipAddress = formatIp(address)
  const macAddress = macOfLinkLocal(ipAddress)
  const port = await db.port.findFirst({
    where: {
      networkId,
      deviceOwner: computeOwner,
      ...(macAddress ? { macAddress } : { allocations: { some: { networkId, ipAddress } } }),
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
    addresses: ipv4First(allocations, ({ ipAddress }) => ipAddress).map(
      ({ ipAddress, subnet }): MetadataAddress => ({
        ipAddress,
        cidr: subnet.cidr,
        gatewayIp: subnet.gatewayIp,
        enableDhcp: subnet.enableDhcp,
        ipv6AddressMode: subnet.ipv6AddressMode,
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
