import {
  looseOnes,
  type Member,
  membersOf,
  type Topology,
  type TopologyInstance,
  type TopologyNetwork,
  type TopologyRouter,
} from './row.ts'

/** What one box shows. */
export type BoxContent =
  | { kind: 'network'; network: TopologyNetwork; members: Member[]; open: boolean }
  | { kind: 'router'; router: TopologyRouter }
  | { kind: 'loose'; instances: TopologyInstance[] }

/** A box at its place, in pixels. */
export interface Box {
  id: string
  x: number
  y: number
  width: number
  height: number
  content: BoxContent
}

/** A line between a box above and one below. */
export interface Line {
  id: string
  from: string
  to: string
  label: string
  /** The router's host has this interface. */
  up: boolean
}

/** Lengths in pixels that boxes are made of; the components keep to them. */
export const sizes = {
  width: 288,
  header: 54,
  line: 20,
  row: 32,
  foot: 36,
  pad: 10,
  /** An open network shows as many rows, and scrolls beyond. */
  rows: 10,
  gapX: 36,
  gapY: 84,
} as const

/** Networks with more instances than this begin closed. */
export const mostOpen = 6

const networkKey = (id: string) => `network-${id}`
const routerKey = (id: string) => `router-${id}`

/** Members that a closed network shows nevertheless: those with a trouble. */
export const inTrouble = ({ instance }: Pick<Member, 'instance'>): boolean => instance.vmState === 'error'

/** The rows that a network shows, and whether it says that there are more. */
export function shownMembers(members: readonly Member[], open: boolean): Member[] {
  return open ? [...members] : members.filter(inTrouble).slice(0, 3)
}

function heightOf(content: BoxContent): number {
  if (content.kind === 'router') return sizes.header + sizes.line + sizes.pad
  if (content.kind === 'loose')
    return sizes.header + Math.min(content.instances.length, sizes.rows) * sizes.row + sizes.pad
  const { network, members, open } = content
  const rows = Math.min(shownMembers(members, open).length, sizes.rows)
  const foot = members.length > mostOpen || (members.length > 0 && !open) ? sizes.foot : 0
  return sizes.header + Math.max(1, network.subnets.length) * sizes.line + rows * sizes.row + foot + sizes.pad
}

/**
 * Where everything stands: external networks at the top, routers below them, and below those the networks that they
 * join, in several lines where there are many. What has a router stands under it.
 * @param isOpen whether a network shows its instances
 */
export function layoutTopology(
  topology: Topology,
  isOpen: (networkId: string, members: number) => boolean,
): { boxes: Box[]; lines: Line[] } {
  const members = membersOf(topology.instances)
  const lines = linesOf(topology)
  const boxOf = (network: TopologyNetwork): Omit<Box, 'x' | 'y'> => {
    const own = members.get(network.id) ?? []
    return sized(networkKey(network.id), {
      kind: 'network',
      network,
      members: own,
      open: isOpen(network.id, own.length),
    })
  }
  const routers = topology.routers.map((router) => sized(routerKey(router.id), { kind: 'router', router }))
  const above = topology.networks.filter(({ external }) => external).map(boxOf)
  const rank = (id: string) => {
    const at = routers.findIndex((router) => lines.some(({ from, to }) => from === router.id && to === id))
    return at < 0 ? routers.length : at
  }
  const below = topology.networks
    .filter(({ external }) => !external)
    .map(boxOf)
    .sort((a, b) => rank(a.id) - rank(b.id))
  const loose = looseOnes(topology.instances)
  if (loose.length > 0) below.push(sized('loose', { kind: 'loose', instances: loose }))

  const perLine = Math.max(4, Math.ceil(Math.sqrt(below.length * 2)))
  const topHeight = Math.max(0, ...above.map(({ height }) => height))
  const routersAt = topHeight > 0 ? topHeight + sizes.gapY : 0
  let y = routersAt + (routers.length > 0 ? heightOf(routers[0]!.content) + sizes.gapY : 0)
  const placed: Box[] = []
  for (let at = 0; at < below.length; at += perLine) {
    const line = below.slice(at, at + perLine)
    const left = -((line.length - 1) * (sizes.width + sizes.gapX)) / 2
    for (const [index, box] of line.entries())
      placed.push({ ...box, x: left + index * (sizes.width + sizes.gapX), y })
    y += Math.max(...line.map(({ height }) => height)) + sizes.gapY / 2
  }
  const middle = nearTo(routers, routersAt, (id) =>
    placed.filter((box) => lines.some(({ from, to }) => from === id && to === box.id)),
  )
  const top = nearTo(above, 0, (id) =>
    middle.filter((box) => lines.some(({ from, to }) => from === id && to === box.id)),
  )
  return { boxes: [...top, ...middle, ...placed], lines }
}

const sized = (id: string, content: BoxContent): Omit<Box, 'x' | 'y'> => ({
  id,
  width: sizes.width,
  height: heightOf(content),
  content,
})

/** Puts boxes on one line, each as near as possible to the middle of what it is joined with. */
function nearTo(
  boxes: readonly Omit<Box, 'x' | 'y'>[],
  y: number,
  joined: (id: string) => readonly Box[],
): Box[] {
  const step = sizes.width + sizes.gapX
  const wished = boxes
    .map((box, index) => {
      const others = joined(box.id)
      const x =
        others.length > 0
          ? others.reduce((sum, other) => sum + other.x, 0) / others.length
          : (index - (boxes.length - 1) / 2) * step
      return { box, x }
    })
    .sort((a, b) => a.x - b.x)
  let right = Number.NEGATIVE_INFINITY
  const placed = wished.map(({ box, x }) => {
    const at = Math.max(x, right)
    right = at + step
    return { ...box, x: at, y }
  })
  // Those that were pushed to the right take the others half of the way with them to the left.
  const drift = placed.reduce((sum, { x }, index) => sum + x - wished[index]!.x, 0) / (placed.length || 1)
  return placed.map((box) => ({ ...box, x: box.x - drift }))
}

function linesOf({ routers, networks }: Topology): Line[] {
  const outer = new Set(networks.filter(({ external }) => external).map(({ id }) => id))
  const drawn = new Set(networks.map(({ id }) => id))
  return routers.flatMap((router) => {
    const gateway = router.gateway
    return [
      ...(gateway && drawn.has(gateway.networkId)
        ? [
            {
              id: `${router.id}-gateway`,
              from: networkKey(gateway.networkId),
              to: routerKey(router.id),
              label: gateway.fixedIps[0]?.ipAddress ?? '',
              up: router.status === 'ACTIVE',
            },
          ]
        : []),
      ...router.interfaces
        .filter(({ networkId }) => drawn.has(networkId))
        .map(({ portId, networkId, fixedIps, status }) => {
          const ends = [routerKey(router.id), networkKey(networkId)] as const
          // What is above stays above: a router may also join an external network as any other.
          const [from, to] = outer.has(networkId) ? [ends[1], ends[0]] : ends
          return { id: portId, from, to, label: fixedIps[0]?.ipAddress ?? '', up: status === 'ACTIVE' }
        }),
    ]
  })
}
