import type { RouterOutputs } from '#trpc/client.ts'

/** One line of the audit log. */
export type AuditRow = RouterOutputs['operation']['audit']['list']['items'][number]

const nouns: Record<string, string> = {
  keyPairs: 'key pair',
  images: 'image',
  networks: 'network',
  subnets: 'subnet',
  ports: 'port',
  tags: 'tags',
  rbacPolicies: 'sharing of a network',
  addressGroups: 'address group',
  instances: 'instance',
  flavors: 'flavor',
  hosts: 'host',
  projects: 'project',
  users: 'user',
  domains: 'domain',
  assignments: 'role',
  quotas: 'quotas',
  tokens: 'token',
  sessions: 'session',
  operations: 'operation',
  volumes: 'volume',
  snapshots: 'snapshot of a volume',
  types: 'volume type',
  qosSpecs: 'limits of volumes',
  transfers: 'transfer of a volume',
  backends: 'back end of volumes',
}

const phrases: Record<string, string> = {
  'identity.sessions.login': 'Sign in',
  'identity.sessions.logout': 'Sign out',
  'identity.sessions.switchProject': 'Change to project',
  'identity.sessions.revoke': 'End session',
  'identity.users.setPassword': 'Set password',
  'identity.users.changeOwnPassword': 'Change own password',
  'image.images.cancelUpload': 'Cancel upload',
}

/** What was done, in words: `compute.keyPairs.create` → "Create key pair". */
export function verbTitle(verb: string): string {
  const phrase = phrases[verb]
  if (phrase) return phrase
  const [, noun = '', action = verb] = verb.split('.')
  const words = action.replaceAll(/([A-Z])/g, ' $1').toLowerCase()
  const text = [words, nouns[noun] ?? noun].filter(Boolean).join(' ')
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** What can be filtered by, as the beginnings of verbs. */
export const verbFilters = [
  { value: 'compute.instances', label: 'Instances' },
  { value: 'compute.keyPairs', label: 'Key pairs' },
  { value: 'compute.flavors', label: 'Flavors' },
  { value: 'compute.hosts', label: 'Hosts' },
  { value: 'image.images', label: 'Images' },
  { value: 'network', label: 'Networks' },
  { value: 'volume', label: 'Volumes' },
  { value: 'identity.users', label: 'Users' },
  { value: 'identity.projects', label: 'Projects' },
  { value: 'identity.assignments', label: 'Roles' },
  { value: 'identity.quotas', label: 'Quotas' },
  { value: 'identity.tokens', label: 'Tokens' },
  { value: 'identity.sessions', label: 'Sessions' },
  { value: 'operation.operations', label: 'Operations' },
] as const

/** A day in the URL (`2026-11-23`) as the moment it begins or, for `end`, the next one begins; undefined when it is none. */
export function dayStart(text: string | null, end = false): Date | undefined {
  const parts = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text ?? '')
  if (!parts) return undefined
  const [year, month, day] = parts.slice(1).map(Number) as [number, number, number]
  const date = new Date(year, month - 1, day + (end ? 1 : 0))
  return Number.isNaN(date.getTime()) ? undefined : date
}
