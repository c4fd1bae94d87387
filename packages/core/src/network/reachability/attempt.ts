import { canonical, familyOf } from './addresses.ts'
import type { Hop, Packet } from './answer.ts'
import type { Attempt, End } from './ends.ts'
import { filterHop, remembersNothing, sourceHop } from './filter.ts'
import { guestRoute } from './guest.ts'
import { type Arrival, anywhere, Walk } from './walk.ts'
import { endResource, familyOfPacket, nameOf, portResource } from './words.ts'
import type { PortFacts, World } from './world.ts'

/** What became of one attempt. */
export interface Outcome {
  verdict: 'reaches' | 'stopped' | 'leaves'
  packet: Packet
  hops: Hop[]
}

/** Nova's number for a machine that runs. */
const running = 1

/** Follows one packet there, and its answer back. */
export async function follow(
  world: World,
  { from, to }: { from: End; to: End },
  attempt: Attempt,
  protocol: Packet['protocol'],
): Promise<Outcome> {
  const there = new Walk(world, 'there')
  let packet: Packet = {
    protocol,
    port: protocol === 'icmp' ? null : attempt.port,
    source: from.address,
    destination: attempt.destination,
  }
  const ended = (verdict: Outcome['verdict'], ...more: Hop[]): Outcome => ({
    verdict,
    packet,
    hops: [...there.hops, ...more],
  })

  let sender: PortFacts | null = null
  let place = attempt.place
  if (!place) {
    const family = familyOfPacket(packet)
    const route = guestRoute(from.ports, packet.destination, family, from.address ?? undefined)
    const title = `Sent by ${from.name}`
    if (!route.found) {
      there.stop(title, route.reason, route.remedy, route.resource)
      return ended('stopped')
    }
    sender = route.port
    packet = { ...packet, source: from.address ?? route.from.ipAddress }
    if (sender.allocations.some(({ ipAddress }) => ipAddress === packet.destination)) {
      there.pass(title, 'This is its own address: nothing leaves it.', endResource(sender))
      return ended('reaches')
    }
    if (!works(there, sender, title)) return ended('stopped')
    there.pass(title, route.reason, endResource(sender))
    if (!there.add(sourceHop(sender, packet.source!, 'there'))) return ended('stopped')
    if (!there.add(await filterHop(world, sender, { direction: 'egress', packet, answer: false }, 'there')))
      return ended('stopped')
    place = { networkId: sender.networkId, nexthop: route.nexthop }
  } else {
    const name = await world.networkName(place.networkId)
    there.pass(from.name, `It comes by the network ${name}, for ${place.nexthop}.`, {
      noun: 'network',
      id: place.networkId,
      name,
      networkId: null,
    })
  }

  const routers = there.hops.length
  const arrival = await there.go(place, packet)
  if (arrival.outcome === 'leaves' && arrival.outside && attempt.home !== null) {
    there.stop(
      to.name,
      `${attempt.destination} is on the network ${attempt.home}, to which no router on this way leads.`,
      'Add an interface on its subnet to the router.',
      to.ports[0] ? endResource(to.ports[0]) : null,
    )
    return ended('stopped')
  }
  if (arrival.outcome !== 'arrived') return ended(arrival.outcome)
  if (!arrival.port) return ended('reaches')
  if (there.hops.length === routers && sender)
    there.pass(`Network ${sender.network.name}`, 'Both are on this network.', {
      noun: 'network',
      id: sender.networkId,
      name: await world.networkName(sender.networkId),
      networkId: null,
    })
  const receiver = arrival.port
  const title = `Received by ${nameOf(receiver)}`
  if (!works(there, receiver, title)) return ended('stopped')
  const asked = { direction: 'ingress', packet: arrival.packet, answer: false } as const
  if (!there.add(await filterHop(world, receiver, asked, 'there'))) return ended('stopped')
  there.pass(title, arrivalWords(arrival), endResource(receiver))
  const back = await answer(world, { sender, receiver, arrival })
  return ended(back.at(-1)!.verdict === 'stops' ? 'stopped' : 'reaches', ...back)
}

const arrivalWords = ({ packet }: Arrival): string =>
  packet.protocol === 'icmp'
    ? `It gets the ping${packet.source ? ` from ${packet.source}` : ''}. Whether it answers is up to it.`
    : `It gets ${packet.protocol.toUpperCase()} for port ${packet.port}${packet.source ? ` from ${packet.source}` : ''}. Whether a program listens there is up to it.`

/** Notes why a port passes nothing, if so. */
function works(walk: Walk, port: PortFacts, title: string): boolean {
  if (port.instance && port.instance.powerState !== running)
    walk.stop(title, `${port.instance.name} is not running.`, 'Start it.', endResource(port))
  else if (!port.adminStateUp)
    walk.stop(title, 'The port is switched off.', 'Switch it on.', portResource(port))
  else if (!port.network.adminStateUp)
    walk.stop(title, `The network ${port.network.name} is switched off.`, 'Switch it on.', {
      noun: 'network',
      id: port.networkId,
      name: port.network.name,
      networkId: null,
    })
  else if (port.status !== 'ACTIVE')
    walk.stop(
      title,
      `The port is not wired on a host (${port.status}).`,
      port.instance ? 'Look at the state of the instance.' : 'Attach it to an instance that runs.',
      portResource(port),
    )
  else return true
  return false
}

/** Follows the answer. @returns one hop when it gets back, else what it met */
async function answer(
  world: World,
  { sender, receiver, arrival }: { sender: PortFacts | null; receiver: PortFacts; arrival: Arrival },
): Promise<Hop[]> {
  const walk = new Walk(world, 'back', arrival.translations)
  const [asker, own] = [arrival.packet.source, arrival.packet.destination]
  const reply: Packet = { ...arrival.packet, source: own, destination: asker ?? anywhere }
  const ports = receiver.instance ? await world.portsOf(receiver.instance.id) : [receiver]
  const route = guestRoute(ports, asker, familyOf(own)!, own)
  const title = 'The answer'
  if (!route.found) {
    walk.stop(title, route.reason, route.remedy, route.resource)
    return walk.hops
  }
  walk.pass(title, route.reason, endResource(receiver))
  if (!walk.add(sourceHop(route.port, canonical(own), 'back'))) return walk.hops
  if (await remembersNothing(world, route.port)) {
    const asked = { direction: 'egress', packet: reply, answer: true } as const
    if (!walk.add(await filterHop(world, route.port, asked, 'back'))) return walk.hops
  }
  const end = await walk.go({ networkId: route.port.networkId, nexthop: route.nexthop }, reply)
  if (end.outcome === 'stopped') return walk.hops
  if (walk.left.length > 0 || (sender && end.port?.id !== sender.id)) {
    walk.stop(
      title,
      walk.left.length > 0
        ? 'The answer takes another way than the question, around the router that translated its addresses.'
        : 'The answer does not come back to where the question came from.',
      'Let the subnet of the receiver have the same router as its gateway.',
      endResource(receiver),
    )
    return walk.hops
  }
  if (sender && (await remembersNothing(world, sender))) {
    const asked = { direction: 'ingress', packet: { ...reply, source: own }, answer: true } as const
    if (!walk.add(await filterHop(world, sender, asked, 'back'))) return walk.hops
  }
  const words = 'It comes back the same way; connections that were let through are remembered.'
  return [
    {
      way: 'back',
      verdict: 'passes',
      title,
      reason: words,
      remedy: null,
      resource: endResource(receiver),
      missingRule: null,
    },
  ]
}
