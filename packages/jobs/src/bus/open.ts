import { type Db, newId } from '@nephos/db'
import type { Logger } from 'pino'
import type { CloudEvent } from '../catalogue/events.ts'
import { type ConsumeOptions, type Consumption, consume } from '../consume/consume.ts'
import { type EventHub, openHub } from '../events/hub.ts'
import { announceEvent, publishEvent } from '../events/publish.ts'
import { openRelay, type Relay } from '../outbox/relay.ts'
import { type AskHost, askOver } from '../requests/ask.ts'
import { type ServeOptions, serveRequests } from '../requests/serve.ts'
import { listenForCancel } from '../saga/cancel.ts'
import type { SagaTools } from '../saga/tools.ts'
import { type Bus, type BusStatus, connect } from './connect.ts'

/** Everything about messages that one process uses. `relay`, `ask` and `announce` are what core's Services want. */
export interface OpenBus {
  bus: Bus
  relay: Relay
  ask: AskHost
  announce: (event: CloudEvent) => void
  /** Sends an event and waits until it is stored. Rejects when NATS is down. */
  publish: (event: CloudEvent) => Promise<void>
  /** The process's one event subscription; opened at the first call. */
  hub: () => EventHub
  consume: (options: ConsumeOptions) => Consumption
  serve: (options: ServeOptions) => { stop: () => Promise<void> }
  /** What sagas need, for running one outside of {@link consume}. */
  tools: SagaTools
  /** Unique for this process and start: for leases. */
  owner: string
  status: () => BusStatus
  onStatus: Bus['onStatus']
  /** Stops everything opened here, in order: intake first, connection last. */
  close: () => Promise<void>
}

/** Options of {@link openBus}. */
export interface OpenBusOptions {
  url: string
  /** Name of the process: `worker-compute-host1`. */
  name: string
  db: Db
  log: Logger
  /** Name of the host, for workers that run on one. */
  host?: string
}

/** Opens the queue for this process. Returns at once; NATS may come up later, and go and come back. */
export function openBus({ url, name, db, log, host }: OpenBusOptions): OpenBus {
  const bus = connect(url, { name, log })
  const relay = openRelay({ db, bus, log })
  const owner = `${name}:${process.pid}:${newId()}`
  const stops: (() => Promise<void>)[] = []
  const announce = (event: CloudEvent) => announceEvent(bus, event)
  const publish = (event: CloudEvent) => publishEvent(bus, event)
  const cancellations = listenForCancel(bus)
  const tools: SagaTools = { db, log, owner, host, announce, publish, onCancel: cancellations.on }
  let hub: EventHub | undefined

  return {
    bus,
    relay,
    announce,
    publish,
    tools,
    owner,
    ask: askOver(bus, host),
    status: bus.status,
    onStatus: bus.onStatus,
    hub: () => {
      hub ??= openHub({ bus, log })
      return hub
    },
    consume: (options) => {
      const consumption = consume({ office: { db, bus, log, publish }, tools, log }, options)
      stops.push(consumption.stop)
      return consumption
    },
    serve: (options) => {
      const service = serveRequests(bus, log, options)
      stops.push(service.stop)
      return service
    },
    close: async () => {
      await Promise.all(stops.map((stop) => stop()))
      await cancellations.stop()
      await hub?.close()
      await relay.idle()
      await bus.close()
    },
  }
}
