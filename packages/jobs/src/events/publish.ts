import type { Bus } from '../bus/connect.ts'
import { type CloudEvent, eventSubject } from '../catalogue/events.ts'

/** Sends an event without waiting; it is lost when NATS is down. For progress, which the next event makes good. */
export function announceEvent(bus: Bus, event: CloudEvent): void {
  bus.now()?.nc.publish(eventSubject(event), JSON.stringify(event))
}

/** Sends an event and waits until the stream has it. Rejects when NATS is down. */
export async function publishEvent(bus: Bus, event: CloudEvent): Promise<void> {
  const link = bus.now()
  if (!link) throw new Error('NATS is down')
  await link.js.publish(eventSubject(event), JSON.stringify(event))
}
