import type { RouterInputs } from '#trpc/client.ts'

/** What of the network has tags. */
export type TaggedKind = RouterInputs['network']['tags']['list']['kind']

/** The kinds as people call them. */
export const kindWords: Record<TaggedKind, string> = {
  network: 'network',
  subnet: 'subnet',
  port: 'port',
  router: 'router',
  floatingIp: 'floating IP',
  securityGroup: 'security group',
}

/** How a URL names one thing of a kind. */
export const taggedName = (kind: TaggedKind, id: string): string => `${kind} ${id}`

/** The thing that a URL names; null when it names none. */
export function readTaggedName(text: string): { kind: TaggedKind; id: string } | null {
  const [kind = '', id = ''] = text.split(' ')
  return Object.hasOwn(kindWords, kind) && id ? { kind: kind as TaggedKind, id } : null
}

/** Whether a row has every tag that its list asks for. */
export const hasTags = (tags: readonly string[], wanted: unknown): boolean =>
  !Array.isArray(wanted) || wanted.every((tag) => tags.includes(tag))
