import { newId } from '@nephos/db'
import { invalid, type MutationTx, notFound } from '../../kernel/index.ts'
import { takeDefaultAddresses } from '../addresses/take-default.ts'
import { nameOfPort } from '../dns/names.ts'
import { requireNotDeleting } from '../networks/access.ts'
import { usableBy } from '../networks/shares.ts'
import { chooseGroups } from '../security-groups/choose-groups.ts'
import { refuseUnsecured } from '../security-groups/join.ts'
import { insertPorts } from './insert-ports.ts'
import { computeOwner } from './owners.ts'
import { announcePort, type PortRow } from './row.ts'

/** A network interface that an instance is to have. */
export interface InstancePortRequest {
  instanceId: string
  networkId: string
  /** 0 for eth0. */
  deviceIndex: number
}

/** A port made for an instance. */
export interface InstancePort {
  portId: string
  instanceId: string
  networkId: string
  networkName: string
  deviceIndex: number
  macAddress: string
  fixedIps: { subnetId: string; ipAddress: string }[]
}

/**
 * Makes the ports of instances, each with a MAC and the addresses that its network gives, for a whole batch in about six
 * queries. The instances' rows must be there. Quota of ports is the caller's: take it with the instances', at the end.
 * @param projectId project of the instances; networks of others are used only when they are shared
 * @param instances names for the announced rows, by instance id
 * @returns the ports in the order of the request
 * @throws NephosError not_found for a network that the project cannot use, invalid_input for one without a subnet,
 * conflict when it is being deleted or has no free address
 */
export async function allocateInstancePorts(
  tx: Pick<MutationTx, 'db' | 'event' | 'insert'>,
  input: {
    projectId: string
    ports: readonly InstancePortRequest[]
    instances?: ReadonlyMap<string, { name: string; hostname: string }>
    /** Groups of those with port security; the project's default group when left out. */
    securityGroupIds?: readonly string[]
  },
): Promise<InstancePort[]> {
  const { projectId, ports: requests } = input
  if (requests.length === 0) return []
  const networks = await tx.db.network.findMany({
    where: {
      id: { in: [...new Set(requests.map(({ networkId }) => networkId))] },
      ...usableBy(projectId),
    },
    select: {
      id: true,
      name: true,
      deleting: true,
      portSecurity: true,
      subnets: {
        select: {
          id: true,
          networkId: true,
          name: true,
          ipVersion: true,
          cidr: true,
          pools: true,
          ipv6RaMode: true,
          ipv6AddressMode: true,
        },
        orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
      },
    },
  })
  const byId = new Map(networks.map((network) => [network.id, network]))
  for (const { networkId } of requests) {
    const network = byId.get(networkId)
    if (!network) throw notFound('network', networkId)
    requireNotDeleting(network)
    if (network.subnets.length === 0)
      throw invalid(
        'networkIds',
        `The network ${network.name} has no subnet, so it has no addresses.`,
        'Add a subnet to it, or choose another network.',
      )
  }
  const secured = networks.some(({ portSecurity }) => portSecurity)
  if (!secured) refuseUnsecured(input.securityGroupIds)
  const groups = secured ? await chooseGroups(tx.db, projectId, input.securityGroupIds) : []
  const createdAt = new Date()
  const wanted = requests.map((request) => ({ ...request, id: newId() }))
  const inserted = await insertPorts(
    tx.db,
    wanted.map(({ id, instanceId, networkId, deviceIndex }) => ({
      id,
      networkId,
      projectId,
      instanceId,
      deviceIndex,
      deviceOwner: computeOwner,
      deviceId: instanceId,
      deleteWithInstance: true,
      portSecurity: byId.get(networkId)!.portSecurity,
      createdAt,
      updatedAt: createdAt,
    })),
  )
  const macs = new Map(inserted.map(({ id, macAddress }) => [id, macAddress]))
  const taken = await takeDefaultAddresses(
    tx.db,
    wanted.map(({ id, networkId }) => ({ portId: id, networkId, macAddress: macs.get(id)! })),
    networks.flatMap(({ subnets }) => subnets),
  )
  const inGroups = wanted.filter(({ networkId }) => byId.get(networkId)!.portSecurity)
  tx.insert({
    table: 'PortSecurityGroup',
    rows: inGroups.flatMap(({ id: portId }) => groups.map(({ id: groupId }) => ({ portId, groupId }))),
  })
  const addresses = new Map<string, InstancePort['fixedIps']>(wanted.map(({ id }) => [id, []]))
  for (const { portId, ...address } of taken) addresses.get(portId)!.push(address)
  return wanted.map(({ id, instanceId, networkId, deviceIndex }) => {
    const macAddress = macs.get(id)!
    const row: PortRow = {
      id,
      networkId,
      projectId,
      name: '',
      description: '',
      macAddress,
      adminStateUp: true,
      portSecurity: byId.get(networkId)!.portSecurity,
      allowedAddressPairs: [],
      status: 'DOWN',
      deviceOwner: computeOwner,
      deviceId: instanceId,
      deviceIndex,
      instanceId,
      instanceName: input.instances?.get(instanceId)?.name ?? null,
      fixedIps: addresses.get(id)!,
      securityGroups: byId.get(networkId)!.portSecurity ? groups : [],
      extraDhcpOptions: [],
      dnsName: '',
      hostname: nameOfPort({ dnsName: '', instance: input.instances?.get(instanceId) ?? null }),
      qosPolicyId: null,
      tags: [],
      hostName: null,
      createdAt,
      updatedAt: createdAt,
    }
    announcePort(tx, 'created', row, row)
    return {
      portId: id,
      instanceId,
      networkId,
      networkName: byId.get(networkId)!.name,
      deviceIndex,
      macAddress,
      fixedIps: row.fixedIps,
    }
  })
}
