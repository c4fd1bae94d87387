import type { RouterInputs, RouterOutputs } from '#trpc/client.ts'

/** What is asked, as the server takes it. */
export type ReachabilityInput = RouterInputs['network']['reachability']['check']
/** What the server says. */
export type ReachabilityAnswer = RouterOutputs['network']['reachability']['check']
/** One thing on the way. */
export type Hop = ReachabilityAnswer['hops'][number]

export const protocols = ['tcp', 'udp', 'icmp'] as const
export type Protocol = (typeof protocols)[number]

/**
 * The question as it stands in the URL. An end is `outside`, `instance:<id>`, `port:<id>` or `address:<address>`;
 * null: not chosen yet.
 */
export interface Question {
  from: string | null
  to: string | null
  protocol: Protocol
  port: number | null
}

/** A question that nobody has filled in. */
export const emptyQuestion: Question = { from: null, to: null, protocol: 'tcp', port: 22 }

const split = (end: string): [kind: string, value: string] => {
  const at = end.indexOf(':')
  return at < 0 ? [end, ''] : [end.slice(0, at), end.slice(at + 1)]
}

/** The question for the server; null while something is missing. */
export function inputOf({ from, to, protocol, port }: Question): ReachabilityInput | null {
  const sender = from === null ? null : fromOf(split(from))
  const receiver = to === null ? null : toOf(split(to))
  if (!sender || !receiver) return null
  if (protocol === 'icmp') return { from: sender, to: receiver, protocol }
  if (port === null || !Number.isInteger(port) || port < 1 || port > 65_535) return null
  return { from: sender, to: receiver, protocol, port }
}

function fromOf([kind, value]: [string, string]): ReachabilityInput['from'] | null {
  if (kind === 'outside') return { kind, ...(value && { address: value }) }
  return (kind === 'instance' || kind === 'port') && value ? { kind, id: value } : null
}

function toOf([kind, value]: [string, string]): ReachabilityInput['to'] | null {
  if (!value) return null
  if (kind === 'address') return { kind, address: value }
  return kind === 'instance' || kind === 'port' ? { kind, id: value } : null
}

/** What is missing, as a sentence; null when it can be asked. */
export function missingOf(question: Question): string | null {
  if (inputOf(question)) return null
  if (question.from === null) return 'Choose who asks.'
  if (question.to === null) return 'Choose who is asked.'
  return 'Ports are numbers from 1 to 65535.'
}

/** An address as a person types one, or null: the server looks closer. */
export const typedAddress = (text: string): string | null =>
  /^(\d{1,3}(\.\d{1,3}){3}|[\da-f:.]*:[\da-f:.]+)$/i.test(text.trim()) ? text.trim() : null
