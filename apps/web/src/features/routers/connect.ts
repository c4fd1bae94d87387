import type { NetworkRow } from '#features/networks/row.ts'
import { type RouterRow, routerName } from './row.ts'

/** What one click does so that a network reaches the outside. */
export type ConnectPlan =
  | { do: 'gateway'; router: RouterRow; sentence: string }
  | { do: 'interfaces'; router: RouterRow; subnetIds: string[]; sentence: string }
  | { do: 'router'; name: string; subnetIds: string[]; sentence: string }

type Inside = Pick<NetworkRow, 'id' | 'name' | 'subnets'>

/** The routers that lead from a network to an external one. */
export const leadingOut = (
  routers: readonly RouterRow[],
  networkId: string,
  externalId?: string,
): RouterRow[] =>
  routers.filter(
    ({ interfaces, gateway }) =>
      gateway !== null &&
      (externalId === undefined || gateway.networkId === externalId) &&
      interfaces.some((one) => one.networkId === networkId),
  )

/**
 * The least that connects a network to an external one: a gateway for the router that it has, an interface of a router
 * that has one, or a new router. null: it is connected already.
 */
export function connectPlan(
  network: Inside,
  external: Pick<NetworkRow, 'id' | 'name'>,
  routers: readonly RouterRow[],
): ConnectPlan | null {
  if (leadingOut(routers, network.id, external.id).length > 0) return null
  const own = routers.find(
    ({ interfaces, gateway }) =>
      gateway === null && interfaces.some(({ networkId }) => networkId === network.id),
  )
  if (own)
    return {
      do: 'gateway',
      router: own,
      sentence: `The router ${routerName(own)} gets a gateway on ${external.name}.`,
    }
  const subnetIds = network.subnets.filter(({ gatewayIp }) => gatewayIp !== null).map(({ id }) => id)
  const near = routers.find(({ gateway }) => gateway?.networkId === external.id)
  if (near)
    return {
      do: 'interfaces',
      router: near,
      subnetIds,
      sentence: `The router ${routerName(near)}, which leads to ${external.name}, joins ${network.name}.`,
    }
  return {
    do: 'router',
    name: `${network.name}-router`,
    subnetIds,
    sentence: `A new router joins ${network.name} and gets a gateway on ${external.name}.`,
  }
}

/** Why a router cannot join a network, or null when it can. */
export function whyNotJoin({ subnets }: Pick<NetworkRow, 'subnets'>): string | null {
  if (subnets.length === 0) return 'It has no subnet.'
  return subnets.every(({ gatewayIp }) => gatewayIp === null)
    ? 'None of its subnets has a gateway for a router to be.'
    : null
}
