import { randomUUID as newId } from 'node:crypto'
import { routerGatewayOwner, routerInterfaceOwner } from '@nephos/core'
import type { TestCloud } from '@nephos/core/testing'
import { newMac } from './router-specs.ts'

/** A network with the subnet that a router or a port gets an address of. */
export interface TestNetwork {
  id: string
  subnets: { id: string; gatewayIp: string | null }[]
}

/** A port with one address, as rows. */
export async function makePort(
  cloud: TestCloud,
  {
    projectId,
    network,
    address,
    ...fields
  }: { projectId: string; network: TestNetwork; address: string } & Partial<{
    deviceOwner: string
    deviceId: string
    portSecurity: boolean
    hostName: string | null
  }>,
): Promise<{ id: string; mac: string; address: string }> {
  const [id, mac] = [newId(), newMac()]
  await cloud.db.port.create({
    data: {
      id,
      networkId: network.id,
      projectId,
      macAddress: mac,
      ...fields,
      allocations: {
        create: { subnetId: network.subnets[0]!.id, ipAddress: address, networkId: network.id },
      },
    },
  })
  return { id, mac, address }
}

/** A router that is the gateway of these networks, with an address on an external one. */
export async function makeRouter(
  cloud: TestCloud,
  {
    projectId,
    networks = [],
    external,
    ...fields
  }: {
    projectId: string
    networks?: TestNetwork[]
    external?: { network: TestNetwork; address: string }
  } & Partial<{ hostName: string; adminStateUp: boolean; enableSnat: boolean }>,
): Promise<{ id: string }> {
  const id = newId()
  const { hostName = null } = fields
  const gateway =
    external &&
    (await makePort(cloud, {
      projectId,
      ...external,
      deviceOwner: routerGatewayOwner,
      deviceId: id,
      hostName,
    }))
  await cloud.db.router.create({
    data: {
      id,
      projectId,
      routes: [],
      ...fields,
      externalNetworkId: external?.network.id,
      gatewayPortId: gateway?.id,
    },
  })
  for (const network of networks)
    await makePort(cloud, {
      projectId,
      network,
      address: network.subnets[0]!.gatewayIp!,
      deviceOwner: routerInterfaceOwner,
      deviceId: id,
      hostName,
    })
  return { id }
}

/** A floating IP that a router leads to a port. */
export async function makeFloatingIp(
  cloud: TestCloud,
  {
    projectId,
    network,
    address,
    routerId,
    to,
  }: {
    projectId: string
    network: TestNetwork
    address: string
    routerId: string
    to: { id: string; address: string }
  },
): Promise<{ id: string }> {
  const holder = await makePort(cloud, { projectId, network, address, deviceOwner: 'network:floatingip' })
  const { id } = await cloud.db.floatingIp.create({
    data: {
      id: newId(),
      projectId,
      networkId: network.id,
      address,
      floatingPortId: holder.id,
      portId: to.id,
      fixedIpAddress: to.address,
      routerId,
    },
  })
  await cloud.db.router.update({ where: { id: routerId }, data: { generation: { increment: 1 } } })
  return { id }
}
